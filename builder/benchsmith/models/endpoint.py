"""Any server that speaks OpenAI's chat completions, asked many questions at a time.

What passes (429, 408, 409, 5xx, time-outs, lost connections, replies that are no chat completion) is
tried again after a wait that doubles; a server's Retry-After holds everybody back. What does not pass
ends the run at once (a wrong key, an unknown model) or is that question's fault (a picture that is
refused). The key goes nowhere but to the endpoint: it is taken out of all that a server says.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any, Generic, NamedTuple, TypeVar

from benchsmith.core.chance import RANK_SPAN, rank
from benchsmith.core.errors import EnvironmentFailed
from benchsmith.models.event_loop import loop_apart

KEY = "OPENAI_API_KEY"
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
Message = Mapping[str, Any]
T = TypeVar("T")


class EndpointLost(EnvironmentFailed):
    """Nothing more can be asked; what was answered is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where and how to ask."""

    model: str
    base_url: str
    key: str = field(default="", repr=False)
    """Never logged and never stored."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What is sent beside the messages: temperature and so on."""
    concurrency: int = 16
    tries: int = 8
    timeout_s: float = 120.0
    first_wait_s: float = 0.5
    stream: bool = False

    def __str__(self) -> str:
        """Name the model and where it is."""
        return f"{self.model} at {self.base_url}"


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """What is asked, and whatever it is about."""

    about: T
    name: str
    """Decides its waits, and nothing else."""
    messages: Sequence[Message]


class Reply(NamedTuple):
    """What came back for one question."""

    text: str
    finish: str = "stop"
    """Why it ended: ``stop``, ``length``, ``refused`` (the model's, or the endpoint's filter)."""
    asked: int = 0
    """Tokens of the question, as the endpoint counts them; 0 where it does not say."""
    told: int = 0
    seconds: float = 0.0
    fault: str = ""
    """Why there is no answer."""


def key_of(variable: str = KEY) -> str:
    """Return the key that an environment variable holds; empty where it is not set."""
    return os.environ.get(variable, "")


def replies(at: Address, questions: Iterable[Question[T]]) -> Iterator[tuple[T, Reply]]:
    """Ask, as many at a time as the concurrency, and yield replies as they come.

    Questions are taken as places become free, so that they may end early. Every one gets a reply, or
    one with a fault. Raises EndpointLost, once what was under way is yielded.
    """
    queue, client = iter(questions), _Client(at)
    pending: set[asyncio.Task[tuple[T, Reply]]] = set()
    faults = 0
    with loop_apart() as run:
        run(client.open())
        try:
            while True:
                free = 0 if client.lost else at.concurrency - len(pending)
                more = list(islice(queue, free))
                if not pending and not more:
                    break
                done, pending = run(_first(client, pending, more))
                for task in done:
                    about, reply = task.result()
                    if client.lost and reply.fault:
                        continue
                    faults = faults + 1 if reply.fault else 0
                    yield about, reply
                    if faults >= LOST_AFTER * at.concurrency:
                        run(client.lose(f"{faults} questions in a row: {reply.fault}"))
        finally:
            run(client.close())
    if client.lost:
        raise EndpointLost(client.lost)


async def _first(
    client: _Client,
    pending: set[asyncio.Task[tuple[T, Reply]]],
    more: Iterable[Question[T]],
) -> Any:
    """Begin with some more, and wait until one has ended."""

    async def ask(question: Question[T]) -> tuple[T, Reply]:
        return question.about, await client.reply(question.name, question.messages)

    begun = {asyncio.create_task(ask(question)) for question in more}
    return await asyncio.wait(pending | begun, return_when=asyncio.FIRST_COMPLETED)


def wait_s(first_s: float, attempt: int, name: str) -> float:
    """Return the wait before the next try: twice as long each time, less up to a half by rank.

    >>> 0.5 <= wait_s(0.5, 1, "a") <= 1.0, wait_s(0.5, 40, "a") <= LONGEST_WAIT
    (True, True)
    """
    return float(min(first_s * 2**attempt, LONGEST_WAIT) * (1 - _jitter(attempt, name) / 2))


def _jitter(attempt: int, name: str) -> float:
    return rank(0, "wait", name, str(attempt)) / RANK_SPAN


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


class _Again(Exception):
    """Worth another try, after so many seconds if the server says so."""

    def __init__(self, why: str, wait_s: float | None = None, *, everybody: bool = False) -> None:
        super().__init__(why)
        self.wait_s = wait_s
        self.everybody = everybody


class _Never(Exception):
    """This question cannot be asked here."""


class _Client:
    """One connection to an endpoint, on one event loop."""

    def __init__(self, at: Address) -> None:
        self._at = at
        self._not_before = 0.0
        self._client: Any = None
        self._ended = asyncio.Event()
        self.lost = ""
        """Why nothing more can be asked."""

    async def open(self) -> None:
        import openai

        self._client = openai.AsyncOpenAI(
            base_url=self._at.base_url,
            api_key=self._at.key or "none",
            max_retries=0,
            timeout=self._at.timeout_s,
        )

    async def close(self) -> None:
        await self._client.close()

    async def lose(self, why: str) -> None:
        """Give the endpoint up; who waits for another try does not wait on."""
        self.lost = self.lost or why
        self._ended.set()

    async def reply(self, name: str, messages: Sequence[Message]) -> Reply:
        """Ask one question until it is answered, or hopeless, or all tries are used."""
        start = time.monotonic()
        fault = ""
        for attempt in range(self._at.tries):
            await self._gate()
            if self.lost:
                break
            try:
                said = await self._said(messages)
            except _Again as again:
                fault = str(again)
                if attempt + 1 < self._at.tries:
                    await self._wait(again, name, attempt)
                continue
            except _Never as never:
                fault = str(never)
                break
            except EndpointLost as lost:
                await self.lose(str(lost))
                break
            return said._replace(seconds=round(time.monotonic() - start, 3))
        return Reply("", fault=fault or self.lost)

    async def _gate(self) -> None:
        """Wait until nobody is held back any more; the end may move while one waits."""
        if not self.lost and (left := self._not_before - time.monotonic()) > 0:
            await self._pause(left)
            await self._gate()

    async def _pause(self, seconds: float) -> None:
        """Wait so long, or until nothing more can be asked."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), seconds)

    async def _wait(self, again: _Again, name: str, attempt: int) -> None:
        """Wait before the next try, as ordered or longer each time."""
        if again.wait_s is not None and again.wait_s > LONGEST_ORDERED:
            await self.lose(f"{again}; it asks to wait {again.wait_s:.0f} s")
            return
        wait = wait_s(self._at.first_wait_s, attempt, name)
        if again.wait_s is not None:
            wait = max(again.wait_s, 0.0) + wait * _jitter(attempt, name) / 8
        if again.everybody:
            self._not_before = max(self._not_before, time.monotonic() + wait)
        else:
            await self._pause(wait)

    async def _said(self, messages: Sequence[Message]) -> Reply:
        """Ask once. Raises _Again, _Never or EndpointLost; the key is in none of their words."""
        import openai

        try:
            return self._cleaned(await self._request(messages))
        except openai.APIStatusError as error:
            if error.code == "content_filter":  # an endpoint that refuses before the model does
                return Reply(self._hidden(_message(error)), "refused")
            raise self._judged(error) from None
        except openai.APITimeoutError:
            raise _Again(f"no answer within {self._at.timeout_s:g} s") from None
        except openai.APIConnectionError as error:
            cause = error.__cause__ or error
            raise _Again(self._hidden(f"no connection: {cause}")) from None
        except (openai.OpenAIError, ValueError, TypeError, AttributeError, LookupError) as error:
            why = f"a reply that is no chat completion: {type(error).__name__}: {error}"
            raise _Again(self._hidden(why)) from None

    async def _request(self, messages: Sequence[Message]) -> Reply:
        create: Callable[..., Awaitable[Any]] = self._client.chat.completions.create
        body = dict(self._at.settings)
        if self._at.stream:
            more = {"stream_options": {"include_usage": True}, **body}
            return await _gathered(
                await create(
                    model=self._at.model, messages=list(messages), stream=True, extra_body=more
                )
            )
        reply = await create(model=self._at.model, messages=list(messages), extra_body=body)
        choice = reply.choices[0]
        refusal = getattr(choice.message, "refusal", None)
        return Reply(
            _text(refusal or choice.message.content),
            _finish(choice.finish_reason, refused=bool(refusal)),
            *_usage(reply.usage),
        )

    def _judged(self, error: Any) -> Exception:
        """Say what a status means."""
        status, words = int(error.status_code), self._hidden(_message(error))
        if status in HOPELESS or error.code == "insufficient_quota":
            why = HOPELESS.get(status, HOPELESS[402])
            return EndpointLost(f"{self._at} refuses: {words} ({why})")
        if status in PASSING or status >= 500:
            wait = retry_after(error.response.headers, time.time())
            return _Again(words, wait, everybody=status == 429 or wait is not None)
        return _Never(words)

    def _cleaned(self, said: Reply) -> Reply:
        text = said.text.encode("utf-8", "replace").decode()  # JSON may hold half a character
        if (more := len(text) - LONGEST_REPLY) > 0:
            half = LONGEST_REPLY // 2
            text = f"{text[:half]}\n[{more} characters left out]\n{text[-half:]}"
        return said._replace(text=self._hidden(text, whole=True))

    def _hidden(self, text: str, *, whole: bool = False) -> str:
        """Take the key out of what a server says, whatever it says; and all but the first line."""
        if len(self._at.key) > 4:
            text = text.replace(self._at.key, "[key]")
        return text if whole else " ".join(text.split())[:300]


async def _gathered(stream: Any) -> Reply:
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
    return Reply("".join(text), _finish(finish, refused=refused), *_usage(usage))


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
