"""Many questions to one endpoint at a time, through OpenAI's chat completions API.

Transient failures (429, 408, 409, 5xx, time-outs, lost connections, malformed replies) are retried
with waits that double; a server's Retry-After holds back every request. A wrong key or an unknown
model ends the run. Any other failure, such as a rejected picture, is that question's fault.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, TypeVar

from benchsmith.core.retry import RetryPolicy
from benchsmith.models.address import Address
from benchsmith.models.completions import Completions, PermanentError, TransientError
from benchsmith.models.contract import EndpointLost, Message, Question, Reply
from benchsmith.models.event_loop import background_loop

MAX_FAULTS_PER_SLOT = 3
"""So many faults in a row, times the concurrency, and the endpoint is given up."""
QUESTION_TIMEOUTS = 1.5
"""A question may take so many time-outs in all, not counting waits that the server asked for."""
T = TypeVar("T")


def replies(address: Address, questions: Iterable[Question[T]]) -> Iterator[tuple[T, Reply]]:
    """Ask questions concurrently and yield each reply, with its question's `about`, as it arrives.

    Questions are taken from the iterable only when a request can be sent, so the iterable may end
    early. Every question taken gets a reply, perhaps one with a fault. Raises EndpointLost, after
    the replies that had arrived.
    """
    queue, client = iter(questions), _Client(address)
    pending: set[asyncio.Task[tuple[T, Reply]]] = set()
    faults = 0
    with background_loop() as run:
        run(client.open())
        try:
            while True:
                free = 0 if client.lost else address.concurrency - len(pending)
                more = list(islice(queue, free))
                if not pending and not more:
                    break
                done, pending = run(_first_done(client, pending, more))
                for task in done:
                    about, reply = task.result()
                    if client.lost and reply.fault:
                        continue
                    faults = faults + 1 if reply.fault else 0
                    yield about, reply
                    if faults >= MAX_FAULTS_PER_SLOT * address.concurrency:
                        run(client.give_up(f"{faults} questions in a row: {reply.fault}"))
        finally:
            run(client.close())
    if client.lost:
        raise EndpointLost(client.lost)


async def _first_done(
    client: _Client,
    pending: set[asyncio.Task[tuple[T, Reply]]],
    more: Iterable[Question[T]],
) -> Any:
    """Start more questions and wait until at least one of all has ended."""

    async def ask(question: Question[T]) -> tuple[T, Reply]:
        return question.about, await client.reply(question.name, question.messages)

    started = {asyncio.create_task(ask(question)) for question in more}
    return await asyncio.wait(pending | started, return_when=asyncio.FIRST_COMPLETED)


class _Client:
    """Asks one endpoint with retries; lives on one event loop."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._policy = RetryPolicy(tries=address.tries, first_wait_s=address.first_wait_s)
        self._not_before = 0.0
        self._ended = asyncio.Event()
        self.lost = ""
        """Why no more questions are asked; empty while they are."""

    async def open(self) -> None:
        self._completions = Completions(self._address)

    async def close(self) -> None:
        await self._completions.close()

    async def give_up(self, why: str) -> None:
        """Stop asking; requests that wait for a retry end at once."""
        self.lost = self.lost or why
        self._ended.set()

    async def reply(self, name: str, messages: Sequence[Message]) -> Reply:
        """Ask one question until it is answered, fails permanently, or may not be retried."""
        start, fault = time.monotonic(), ""
        left_s = QUESTION_TIMEOUTS * self._address.timeout_s
        for attempt in range(self._address.tries):
            await self._wait_for_turn()
            if self.lost:
                break
            try:
                begun = time.monotonic()
                reply = await self._try(messages, min(self._address.timeout_s, left_s))
            except TransientError as error:
                fault = str(error)
                left_s -= time.monotonic() - begun
                if attempt + 1 < self._address.tries:
                    left_s -= await self._back_off(error, name, attempt, left_s)
                if left_s <= 0:
                    break
                continue
            except PermanentError as error:
                fault = str(error)
                break
            except EndpointLost as error:
                await self.give_up(str(error))
                break
            return reply._replace(seconds=round(time.monotonic() - start, 3))
        return Reply("", fault=fault or self.lost)

    async def _try(self, messages: Sequence[Message], seconds: float) -> Reply:
        try:
            async with asyncio.timeout(seconds):
                return await self._completions.ask(messages)
        except TimeoutError:
            raise TransientError(f"no response within {self._address.timeout_s:g} s") from None

    async def _wait_for_turn(self) -> None:
        """Wait until no Retry-After holds requests back; its end may move meanwhile."""
        while not self.lost and (wait := self._not_before - time.monotonic()) > 0:
            await self._sleep(wait)

    async def _sleep(self, seconds: float) -> None:
        """Sleep, or return at once when the endpoint is given up."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), seconds)

    async def _back_off(
        self, error: TransientError, name: str, attempt: int, left_s: float
    ) -> float:
        """Wait before the next try; return the seconds of the wait that count against the question."""
        asked = error.retry_after_s
        if asked is not None and asked > self._policy.longest_retry_after_s:
            await self.give_up(f"{error}; it asks to wait {asked:.0f} s")
            return 0.0
        wait = self._policy.wait_s(attempt, name, asked)
        if error.holds_all:
            self._not_before = max(self._not_before, time.monotonic() + wait)
            return 0.0
        if wait < left_s:
            await self._sleep(wait)
        return wait
