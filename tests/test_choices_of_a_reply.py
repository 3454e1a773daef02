"""An endpoint that sends several choices: the first one is the reply, in whatever order they come."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from benchsmith.models.completions import Completions, _joined
from tests.asking import address
from tests.endpoint import Reply, scripted_server

TWO = [(1, "B"), (0, "A")]


def asked(*choices: tuple[int | None, str]) -> str:
    """Return what is read of a response with these choices."""
    said: list[dict[str, Any]] = [
        {"index": index, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        for index, text in choices
    ]
    body = {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": said}
    body["usage"] = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}

    async def once(base: Any) -> str:
        client = Completions(address(base))
        try:
            return (await client.ask([{"role": "user", "content": "?"}])).text
        finally:
            await client.close()

    with (
        scripted_server(lambda request: Reply(200, json.dumps(body).encode())) as server,
        ThreadPoolExecutor(1) as alone,
    ):
        return alone.submit(asyncio.run, once(server)).result()


@pytest.mark.parametrize(
    ("choices", "read"),
    [(TWO, "A"), (TWO[::-1], "A"), ([(3, "C")], "C"), ([(None, "A"), (None, "B")], "A")],
)
def test_the_first_choice_of_a_response(
    choices: Sequence[tuple[int | None, str]], read: str
) -> None:
    assert asked(*choices) == read


def part(index: int, text: str | None, finish: str | None = None) -> SimpleNamespace:
    delta = SimpleNamespace(content=text)
    return SimpleNamespace(index=index, delta=delta, finish_reason=finish)


@pytest.mark.parametrize("together", [True, False])
def test_the_first_choice_of_a_stream(together: bool) -> None:
    parts = [part(1, "The B"), part(0, "The "), part(1, "!"), part(0, "A"), part(1, None, "length"), part(0, None, "stop")]  # fmt: skip

    async def chunks() -> AsyncIterator[SimpleNamespace]:
        for choices in [parts] if together else [[one] for one in parts]:
            yield SimpleNamespace(usage=None, choices=choices)

    with ThreadPoolExecutor(1) as alone:
        reply = alone.submit(asyncio.run, _joined(chunks())).result()
    assert (reply.text, reply.finish) == ("The A", "stop")
