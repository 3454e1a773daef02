"""A model behind an OpenAI-compatible endpoint, asked many things at a time, and patiently.

The key comes from the environment (`OPENAI_API_KEY`) and goes nowhere but to the endpoint.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from builder.chance import SPAN, rank

KEY = "OPENAI_API_KEY"
LONGEST_WAIT_S = 600.0
"""A server that asks for more patience than this gets an earlier try."""
LONGEST_BACKOFF_S = 60.0
HOPELESS = (401, 403, 404)
"""Statuses that the next question would get as well: a wrong key, model or address."""
WORTH_A_RETRY = (408, 409, 425, 429)


class EndpointRefuses(ConnectionError):
    """The endpoint answers nothing at all: no use to go on."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said, and its usage as the endpoint counts it, in tokens."""

    text: str
    tokens_in: int
    tokens_out: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Why one question got no answer."""

    why: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model is, and how long to be patient with it."""

    model: str
    base_url: str
    timeout_s: float = 120.0
    attempts: int = 6
    first_wait_s: float = 0.5

    def __str__(self) -> str:
        """Name the model and where it is."""
        return f"{self.model} at {self.base_url}"


async def ask_all(
    endpoint: Endpoint,
    questions: Iterable[tuple[str, Sequence[Any]]],
    keep: Callable[[str, Answer | Unanswered], None],
    *,
    concurrency: int,
    **settings: Any,
) -> None:
    """Ask questions, each an id and its messages, so many at a time; `keep` gets each answer.

    `questions` is gone through one by one, as places become free, so that it may end early.
    `keep` is never called twice at a time. Raises EndpointRefuses, or what `keep`
    raises of the disk, once what is under way is kept.
    """
    from openai import AsyncOpenAI

    waiting, failures = iter(questions), list[OSError]()
    key = os.environ.get(KEY) or "none"
    async with AsyncOpenAI(
        api_key=key, base_url=endpoint.base_url, timeout=endpoint.timeout_s, max_retries=0
    ) as client:

        async def call(messages: Sequence[Any]) -> Answer:
            said = await client.chat.completions.create(
                model=endpoint.model, messages=list(messages), **settings
            )
            return _answer(said, key)

        async def work() -> None:
            for id_, messages in waiting:
                try:
                    keep(id_, await _patiently(endpoint, id_, lambda m=messages: call(m), key))  # type: ignore[misc]
                except OSError as failure:  # the endpoint refuses, or the disk does
                    failures.append(failure)
                if failures:
                    return

        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(work())
    if failures:
        raise failures[0]


async def _patiently(
    endpoint: Endpoint, id_: str, call: Callable[[], Awaitable[Answer]], key: str
) -> Answer | Unanswered:
    """Ask one question until it is answered, or hopeless, or patience is out."""
    import openai

    why = ""
    for attempt in range(1, endpoint.attempts + 1):
        wait = backoff_s(endpoint.first_wait_s, attempt, id_)
        try:
            return await call()
        except openai.APIStatusError as error:
            why = _without(key, f"{error.status_code}: {error.message}")
            if error.status_code in HOPELESS or error.code == "insufficient_quota":
                raise EndpointRefuses(f"{endpoint} refuses: {why}") from None
            if error.status_code < 500 and error.status_code not in WORTH_A_RETRY:
                return Unanswered(why)
            wait = max(wait, retry_after_s(error.response.headers.get("retry-after", "")))
        except openai.APITimeoutError:
            why = f"no answer within {endpoint.timeout_s:g} s"
        except openai.APIConnectionError as error:
            why = _without(key, f"{error} {error.__cause__ or ''}".strip())
        except (openai.APIError, ValueError) as error:  # an answer that is no chat completion
            why = _without(key, f"not an answer: {error}")
        if attempt < endpoint.attempts:
            await asyncio.sleep(min(wait, LONGEST_WAIT_S))
    return Unanswered(f"{why} ({endpoint.attempts} attempts)")


def _answer(said: Any, key: str) -> Answer:
    """Take text and usage out of a completion. Raises ValueError where it is none."""
    try:
        text = said.choices[0].message.content
        usage = said.usage
        tokens = (int(usage.prompt_tokens), int(usage.completion_tokens)) if usage else (0, 0)
    except (AttributeError, IndexError, TypeError, ValueError):
        raise ValueError("it has no message") from None
    if not isinstance(text, str):
        raise ValueError("its message has no text")  # noqa: TRY004 - a fault of data, not of a type
    sound = text.encode("utf-8", "replace").decode()  # JSON may hold half a character
    return Answer(_without(key, sound), *tokens)


def _without(key: str, text: str) -> str:
    """Take the key out of a text, should an endpoint send it back."""
    return text.replace(key, "[key]") if len(key) > 4 else text


def backoff_s(first_s: float, attempt: int, id_: str) -> float:
    """Return the wait before the next attempt: doubled each time, and up to half as much more.

    >>> 1.0 <= backoff_s(0.5, 2, "a") <= 1.5, backoff_s(0.5, 2, "a") == backoff_s(0.5, 2, "a")
    (True, True)
    """
    more = rank(attempt, "wait", id_) / SPAN / 2
    return float(min(first_s * 2 ** (attempt - 1), LONGEST_BACKOFF_S) * (1 + more))


def retry_after_s(header: str) -> float:
    """Return the seconds that a `Retry-After` header asks for: a number or a date; 0 for neither.

    >>> retry_after_s("1.5"), retry_after_s("soon"), retry_after_s("")
    (1.5, 0.0, 0.0)
    """
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return 0.0
