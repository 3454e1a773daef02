"""OpenAI's chat completions: one request sent, and its response or error read.

Servers deviate from the API in many ways, so nothing in a response is taken for granted.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from benchsmith.core.retry import is_transient_status, retry_after
from benchsmith.models.address import Address
from benchsmith.models.choices import (
    ReportedError,
    finish_of,
    first,
    place,
    raise_reported,
    refusal_of,
    text_of,
)
from benchsmith.models.contract import EndpointLost, Message, Reply
from benchsmith.models.refused_settings import accepted
from benchsmith.net.bounded_clients import async_client, httpx_of
from benchsmith.net.response_limits import ResponseLimits, ResponseRefused

MAX_REPLY_CHARACTERS = 65_536
"""Of a longer reply the beginning and the end are kept."""
MAX_ERROR_CHARACTERS = 300
MAX_TOKENS = 1_000_000_000
"""Of one request; a server that states more, or less than none, would falsify the cost."""
FATAL_STATUSES = {401: "the key is not accepted", 402: "there is no credit left",
                  403: "access is forbidden", 404: "there is no such model or address"}  # fmt: skip
"""Statuses after which no other question is asked."""
MAX_CHANGES = 3
"""Settings that are changed for one endpoint; more would go round in circles."""
REDIRECTS = (301, 302, 303, 307, 308)


class TransientError(Exception):
    """A failure that a retry may cure."""

    def __init__(
        self, message: str, retry_after_s: float | None = None, *, holds_all: bool = False
    ) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.holds_all = holds_all
        """The server asked all requests to wait, not only this one."""


class PermanentError(Exception):
    """This question cannot be answered; another one may be."""


class Completions:
    """A connection to an endpoint on the running event loop."""

    def __init__(self, address: Address) -> None:
        import openai

        self._address = address
        self._settings: Mapping[str, Any] = address.settings
        self._changes = 0
        self._http_error = httpx_of(openai.DefaultAsyncHttpxClient, "AsyncClient").HTTPError
        limits = ResponseLimits(seconds=address.timeout_s)
        http = async_client(openai.DefaultAsyncHttpxClient, limits)
        self._client = openai.AsyncOpenAI(
            base_url=address.base_url,
            api_key=address.key or "none",
            max_retries=0,
            timeout=address.timeout_s,
            http_client=http,
        )

    async def close(self) -> None:
        """Close the connection."""
        await self._client.close()

    async def ask(self, messages: Sequence[Message]) -> Reply:
        """Send one request and return its reply.

        Raises TransientError, PermanentError or EndpointLost. The key is removed from all texts.
        """
        import openai

        settings = self._settings
        try:
            return self._shortened(await self._request(messages, settings))
        except ReportedError as error:
            raise TransientError(
                self._one_line(f"the provider reports an error: {error}")
            ) from None
        except openai.APIStatusError as error:
            if self._adapted(settings, error):
                return await self.ask(messages)
            if error.code == "content_filter":  # the endpoint refused before the model could
                return Reply(self._one_line(_message(error)), "refused")
            raise self._judged(error) from None
        except openai.APITimeoutError:
            raise TransientError(f"no response within {self._address.timeout_s:g} s") from None
        except ResponseRefused as error:
            raise PermanentError(str(error)) from None
        except openai.APIConnectionError as error:
            cause = error.__cause__ or error
            if isinstance(cause, ResponseRefused):
                raise PermanentError(str(cause)) from None
            raise TransientError(self._one_line(f"no connection: {cause}")) from None
        except self._http_error as error:  # a stream that is cut is not wrapped by openai
            raise TransientError(self._one_line(f"no connection: {error}")) from None
        except (openai.OpenAIError, ValueError, TypeError, AttributeError, LookupError,
                RecursionError) as error:  # fmt: skip
            why = f"a reply that is not a chat completion: {type(error).__name__}: {error}"
            raise TransientError(self._one_line(why)) from None

    def _adapted(self, sent: Mapping[str, Any], error: Any) -> bool:
        """Change the settings to those that an error asks for; return whether to ask again."""
        if sent is not self._settings:
            return True  # another request has changed them
        text = self._one_line(_message(error))
        found = accepted(sent, int(error.status_code), str(error.param or ""), text)
        if found is None or self._changes == MAX_CHANGES:
            return False
        self._settings, line = found
        self._changes += 1
        self._address.notice(f"{self._address}: {line}")
        return True

    async def _request(self, messages: Sequence[Message], settings: Mapping[str, Any]) -> Reply:
        create: Callable[..., Awaitable[Any]] = self._client.chat.completions.create
        body = dict(settings)
        request = {"model": self._address.model, "messages": list(messages)}
        if self._address.stream:
            body = {"stream_options": {"include_usage": True}, **body}
            return await _joined(await create(**request, stream=True, extra_body=body))
        response = await create(**request, extra_body=body)
        raise_reported(response)
        choice = first(response.choices)
        raise_reported(choice)
        refusal = refusal_of(choice.message)
        return Reply(
            refusal or text_of(choice.message.content),
            finish_of(choice.finish_reason, refused=bool(refusal)),
            *_usage(response.usage),
        )

    def _judged(self, error: Any) -> Exception:
        """Return the error for an HTTP status."""
        status, text = int(error.status_code), self._one_line(_message(error))
        if status in FATAL_STATUSES or error.code == "insufficient_quota":
            why = FATAL_STATUSES.get(status, FATAL_STATUSES[402])
            return EndpointLost(f"{self._address} refuses: {text} ({why})")
        if status in REDIRECTS:
            target = self._one_line(error.response.headers.get("location", "nowhere"))
            return PermanentError(f"{status}: redirects are not followed; it points to {target}")
        if is_transient_status(status):
            wait = retry_after(error.response.headers, time.time())
            return TransientError(text, wait, holds_all=status == 429 or wait is not None)
        return PermanentError(text)

    def _shortened(self, reply: Reply) -> Reply:
        text = reply.text.encode("utf-8", "replace").decode()  # JSON may hold half a surrogate pair
        if (more := len(text) - MAX_REPLY_CHARACTERS) > 0:
            half = MAX_REPLY_CHARACTERS // 2
            text = f"{text[:half]}\n[{more} characters left out]\n{text[-half:]}"
        return reply._replace(text=self._without_key(text))

    def _one_line(self, text: str) -> str:
        """Return a server's text for a message: one short line, no control characters, no key."""
        text = "".join(c if c.isprintable() else " " for c in self._without_key(text))
        return " ".join(text.split())[:MAX_ERROR_CHARACTERS]

    def _without_key(self, text: str) -> str:
        key = self._address.key
        return text.replace(key, "[key]") if len(key) > 4 else text


async def _joined(stream: Any) -> Reply:
    """Join the chunks of a streamed reply.

    Raises ValueError for a stream that breaks off, ReportedError for one that the provider broke off.
    """
    choices: dict[int, _Streamed] = {}
    usage = None
    broken: Exception | None = None
    async for chunk in stream:
        if broken is not None:
            continue  # a generator that is left half-read complains when it is thrown away
        try:
            raise_reported(chunk)
            usage = chunk.usage or usage
            for choice in chunk.choices:
                choices.setdefault(place(choice), _Streamed()).add(choice)
        except (AttributeError, LookupError, ReportedError, TypeError, ValueError) as error:
            broken = error
    if broken is not None:
        raise broken
    said = choices[min(choices)] if choices else _Streamed()
    if said.error is not None:
        raise said.error
    if said.finish is None:
        raise ValueError("the stream broke off")
    finish = finish_of(said.finish, refused=said.refused)
    return Reply("".join(said.text), finish, *_usage(usage))


class _Streamed:
    """What came of one choice."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.finish: Any = None
        self.refused = False
        self.error: ReportedError | None = None

    def add(self, choice: Any) -> None:
        try:
            raise_reported(choice)
        except ReportedError as error:  # it counts only if this choice is the one that is read
            self.error = error
        refusal = refusal_of(choice.delta)
        self.refused = self.refused or bool(refusal)
        self.text.append(text_of(choice.delta.content) or refusal)
        self.finish = choice.finish_reason or self.finish


def _usage(usage: Any) -> tuple[int, int]:
    return (_tokens(usage.prompt_tokens), _tokens(usage.completion_tokens)) if usage else (0, 0)


def _tokens(stated: Any) -> int:
    """Return a number of tokens; 0 if none is stated. Raises ValueError for an invalid number."""
    if not stated:
        return 0
    if not 0 <= stated <= MAX_TOKENS:  # also infinity and what is not a number
        raise ValueError("it reports a negative or infinite number of tokens")
    return int(stated)


def _message(error: Any) -> str:
    body = error.body
    inner = body.get("message") or body.get("detail") if isinstance(body, dict) else None
    return f"{error.status_code}: {inner or error.message or 'no reason given'}"
