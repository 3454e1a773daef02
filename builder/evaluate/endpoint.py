"""Any server that speaks OpenAI's chat completions, asked many questions at a time.

What passes (429, 408, 409, 5xx, time-outs, lost connections, replies that are no chat completion) is
tried again after a wait that doubles; a server's Retry-After holds everybody back. What does not pass
ends the run at once (a wrong key, an unknown model) or is that question's fault (a picture that is
refused).
"""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any, NamedTuple

from builder.apart import loop_apart
from builder.chance import SPAN, rank
from builder.evaluate.answering import Answer, Ask, EndpointLost

LONGEST_WAIT = 60.0
"""Seconds that a wait can double up to."""
LONGEST_ORDERED = 900.0
"""Seconds of a Retry-After that are obeyed; one that asks for more ends the run."""
LONGEST_REPLY = 65_536
"""Characters of a reply that are kept: its beginning and its end."""
LOST_AFTER = 3
"""Times the concurrency: so many faults without one answer, and the endpoint is given up."""
HOPELESS = {401: "the key is not accepted", 402: "there is no credit left",
            403: "it is forbidden", 404: "there is no such model or address"}  # fmt: skip
PASSING = {408, 409, 425, 429}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where and how to ask."""

    model: str
    base_url: str
    key: str
    """Never logged and never stored."""
    settings: Mapping[str, Any]
    concurrency: int = 16
    tries: int = 8
    timeout_s: float = 120.0
    first_wait_s: float = 1.0
    stream: bool = False


class Said(NamedTuple):
    """One reply of the endpoint."""

    text: str
    finish: str
    asked: int
    told: int


class _Again(Exception):
    """Worth another try, after so many seconds if the server says so."""

    def __init__(self, why: str, wait_s: float | None = None, *, everybody: bool = False) -> None:
        super().__init__(why)
        self.wait_s = wait_s
        self.everybody = everybody


class _Never(Exception):
    """This question cannot be asked here."""


class Endpoint:
    """Asks an endpoint. See :class:`builder.evaluate.answering.Answerer`."""

    def __init__(self, address: Address) -> None:
        self._at = address
        self._not_before = 0.0
        self._client: Any = None

    def answers(self, asks: Iterable[Ask]) -> Iterator[Answer]:
        """Ask, as many at a time as the concurrency, and yield answers as they come."""
        queue = iter(asks)
        pending: set[asyncio.Task[Answer]] = set()
        faults = 0
        with loop_apart() as run:
            self._client = _client(self._at)
            while True:
                more = list(islice(queue, self._at.concurrency - len(pending)))
                if not pending and not more:
                    break
                done, pending = run(self._first(pending, more))
                for task in sorted(done, key=lambda t: t.exception() is not None):
                    answer = task.result()  # those that have one first, so that none is lost
                    faults = faults + 1 if answer.fault else 0
                    yield answer
                    if faults >= LOST_AFTER * self._at.concurrency:
                        raise EndpointLost(f"{faults} questions in a row: {answer.fault}")
            run(self._client.close())

    async def _first(self, pending: set[asyncio.Task[Answer]], more: Iterable[Ask]) -> Any:
        """Begin with some more, and wait until one has ended."""
        begun = {asyncio.create_task(self._answer(ask)) for ask in more}
        return await asyncio.wait(pending | begun, return_when=asyncio.FIRST_COMPLETED)

    async def _answer(self, ask: Ask) -> Answer:
        start = time.monotonic()
        blank = Answer(case=ask.item.id, shift=ask.shift, content=ask.item.content, text="")
        fault = ""
        for attempt in range(self._at.tries):
            await self._gate()
            try:
                said = await self._said(ask)
            except _Again as again:
                fault = str(again)
                if attempt + 1 < self._at.tries:
                    await self._wait(again, ask, attempt)
                continue
            except _Never as never:
                fault = str(never)
                break
            seconds = round(time.monotonic() - start, 3)
            return replace(blank, **said._asdict(), seconds=seconds)
        return replace(blank, fault=fault)

    async def _gate(self) -> None:
        """Wait until nobody is held back any more; the end may move while one waits."""
        if (left := self._not_before - time.monotonic()) > 0:
            await asyncio.sleep(left)
            await self._gate()

    async def _wait(self, again: _Again, ask: Ask, attempt: int) -> None:
        """Wait before the next try: as ordered, or twice as long each time, less up to a half."""
        if again.wait_s is not None and again.wait_s > LONGEST_ORDERED:
            raise EndpointLost(f"{again}; it asks to wait {again.wait_s:.0f} s")
        jitter = rank(0, "wait", ask.item.id, str(ask.shift), str(attempt)) / SPAN
        wait = min(self._at.first_wait_s * 2**attempt, LONGEST_WAIT) * (1 - jitter / 2)
        wait = wait if again.wait_s is None else max(again.wait_s, 0.0) + wait * jitter / 8
        if again.everybody:
            self._not_before = max(self._not_before, time.monotonic() + wait)
        else:
            await asyncio.sleep(wait)

    async def _said(self, ask: Ask) -> Said:
        """Ask once. Raises _Again, _Never or EndpointLost; the key is in none of their words."""
        import openai

        try:
            return self._cleaned(await self._request(ask))
        except openai.APIStatusError as error:
            if error.code == "content_filter":  # an endpoint that refuses before the model does
                return Said(self._hidden(_message(error)), "refused", 0, 0)
            raise self._judged(error) from None
        except openai.APITimeoutError:
            raise _Again(f"no answer within {self._at.timeout_s:g} s") from None
        except openai.APIConnectionError as error:
            cause = error.__cause__ or error
            raise _Again(self._hidden(f"no connection: {cause}")) from None
        except (openai.OpenAIError, ValueError, TypeError, AttributeError, LookupError) as error:
            why = f"a reply that is no chat completion: {type(error).__name__}: {error}"
            raise _Again(self._hidden(why)) from None

    async def _request(self, ask: Ask) -> Said:
        create: Callable[..., Awaitable[Any]] = self._client.chat.completions.create
        body = dict(self._at.settings)
        if self._at.stream:
            more = {"stream_options": {"include_usage": True}, **body}
            return await _gathered(
                await create(
                    model=self._at.model, messages=messages(ask), stream=True, extra_body=more
                )
            )
        reply = await create(model=self._at.model, messages=messages(ask), extra_body=body)
        choice = reply.choices[0]
        refusal = getattr(choice.message, "refusal", None)
        return Said(
            _text(refusal or choice.message.content),
            _finish(choice.finish_reason, refused=bool(refusal)),
            *_usage(reply.usage),
        )

    def _judged(self, error: Any) -> Exception:
        """Say what a status means."""
        status, words = int(error.status_code), self._hidden(_message(error))
        if status in HOPELESS:
            return EndpointLost(f"{HOPELESS[status]}: {words}")
        if status in PASSING or status >= 500:
            wait = retry_after(error.response.headers, time.time())
            return _Again(words, wait, everybody=status == 429 or wait is not None)
        return _Never(words)

    def _cleaned(self, said: Said) -> Said:
        text = said.text.encode("utf-8", "replace").decode()
        if (more := len(text) - LONGEST_REPLY) > 0:
            half = LONGEST_REPLY // 2
            text = f"{text[:half]}\n[{more} characters left out]\n{text[-half:]}"
        return said._replace(text=self._hidden(text, whole=True))

    def _hidden(self, text: str, *, whole: bool = False) -> str:
        """Take the key out of what a server says, whatever it says; and all but the first line."""
        if len(self._at.key) > 5:
            text = text.replace(self._at.key, "[key]")
        return text if whole else " ".join(text.split())[:300]


def messages(ask: Ask) -> list[dict[str, Any]]:
    """Return a question as chat messages: the picture first, as a data URL, then the text."""
    parts: list[dict[str, Any]] = []
    if ask.picture:
        kind = "jpeg" if ask.picture.startswith(b"\xff\xd8") else "png"
        url = f"data:image/{kind};base64,{base64.b64encode(ask.picture).decode()}"
        parts.append({"type": "image_url", "image_url": {"url": url}})
    parts.append({"type": "text", "text": ask.text})
    first = [{"role": "system", "content": ask.system}] if ask.system else []
    return [*first, {"role": "user", "content": parts if ask.picture else ask.text}]


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds that a server asks to wait, as a number or as a date (RFC 9110, 10.2.3).

    >>> retry_after({"retry-after": "7"}, 0.0)
    7.0
    """
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        said = headers.get(name)
        if said is None:
            continue
        try:
            return float(said) / unit
        except ValueError:
            try:
                return max(parsedate_to_datetime(said).timestamp() - now, 0.0)
            except ValueError:
                continue
    return None


def _client(at: Address) -> Any:
    import openai

    return openai.AsyncOpenAI(
        base_url=at.base_url, api_key=at.key or "none", max_retries=0, timeout=at.timeout_s
    )


async def _gathered(stream: Any) -> Said:
    """Put a streamed reply together. Raises ValueError for one that breaks off."""
    text, finish, usage, refused = [], None, None, False
    async for chunk in stream:
        usage = chunk.usage or usage
        for choice in chunk.choices[:1]:
            refusal = getattr(choice.delta, "refusal", None)
            refused = refused or bool(refusal)
            text.append(_text(choice.delta.content or refusal))
            finish = choice.finish_reason or finish
    if finish is None:
        raise ValueError("the stream broke off")
    return Said("".join(text), _finish(finish, refused=refused), *_usage(usage))


def _text(content: Any) -> str:
    """Return a message's text; some servers send parts."""
    if isinstance(content, list):
        return "".join(str(p.get("text", "")) for p in content if isinstance(p, dict))
    return "" if content is None else str(content)


def _finish(reason: Any, *, refused: bool) -> str:
    if refused or reason == "content_filter":
        return "refused"
    return "length" if reason == "length" else "stop"


def _usage(usage: Any) -> tuple[int, int]:
    return (int(usage.prompt_tokens or 0), int(usage.completion_tokens or 0)) if usage else (0, 0)


def _message(error: Any) -> str:
    body = error.body
    inner = body.get("message") or body.get("detail") if isinstance(body, dict) else None
    return f"{error.status_code}: {inner or error.message or 'no word why'}"
