"""Answers that a provider breaks off, or sends in parts: none of them is taken for what a model said."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from benchsmith.models.completions import Completions, TransientError
from benchsmith.models.contract import Reply as Read
from tests.asking import address
from tests.endpoint import Endpoint, Reply, scripted_server

FAILED = {"code": 502, "message": "upstream lost"}
Part = dict[str, Any] | str


@pytest.fixture(scope="module")
def server() -> Iterator[Endpoint]:
    """A server that sends what it is asked to send."""
    with scripted_server(
        lambda request: Reply(200, request["messages"][0]["content"].encode())
    ) as one:
        yield one


def read(server: Endpoint, body: dict[str, Any]) -> Read:
    """Return what is read of a response."""

    async def once() -> Read:
        client = Completions(address(server))
        try:
            return await client.ask([{"role": "user", "content": json.dumps(body)}])
        finally:
            await client.close()

    with ThreadPoolExecutor(1) as alone:
        return alone.submit(asyncio.run, once()).result()


def response(content: str | list[Part] | None, finish: str = "stop", **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "message": message, "finish_reason": finish, **more}
    return {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (response("Answer: A", "error", error=FAILED), "502: upstream lost"),
        (response("", "error", error=FAILED), "502: upstream lost"),
        (response("Answer: A", error={"message": "upstream lost"}), "upstream lost"),
        (response("Answer: A") | {"error": FAILED}, "502: upstream lost"),
        (response("Answer: A", "error"), "ended with 'error'"),
        (response("Answer: A", "network_error"), "ended with 'network_error'"),
        (response("Answer: A", "insufficient_system_resource"), "insufficient_system_resource"),
        (response("Answer: A", "abort"), "ended with 'abort'"),
        (response("A") | {"choices": []}, "it has no choice"),
        (response("A") | {"choices": None}, "it has no choice"),
    ],
)
def test_a_failure_of_the_provider_is_no_answer(
    server: Endpoint, body: dict[str, Any], says: str
) -> None:
    with pytest.raises(TransientError, match=says):
        read(server, body)


@pytest.mark.parametrize(
    ("content", "finish", "want"),
    [
        ("A", "stop", ("A", "stop")),
        ("A", "eos", ("A", "stop")),
        ("The ans", "max_tokens", ("The ans", "length")),
        ("The ans", "model_length", ("The ans", "length")),
        ("", "sensitive", ("", "refused")),
        ([{"type": "text", "text": "A"}], "stop", ("A", "stop")),
        ([{"text": "The "}, "answer ", {"type": "output_text", "text": "is A"}], "stop", ("The answer is A", "stop")),
        ([{"type": "reasoning", "text": "Answer: B"}], "stop", ("", "stop")),
        ([{"type": "reasoning", "text": "B"}, {"type": "text", "text": "A"}], "stop", ("A", "stop")),
        ([{"type": "thinking", "thinking": "B", "text": "B"}, {"type": "text", "text": "A"}], "stop", ("A", "stop")),
        ([{"type": "refusal", "refusal": "I can't."}], "stop", ("I can't.", "refused")),
        ([{"type": "text", "text": None}], "stop", ("", "stop")),
    ],
)  # fmt: skip
def test_only_the_answer_of_a_message_is_read(
    server: Endpoint, content: str | list[Part], finish: str, want: tuple[str, str]
) -> None:
    found = read(server, response(content, finish))
    assert (found.text, found.finish) == want


@pytest.mark.parametrize(
    "last",
    [
        {"choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error", "error": FAILED}]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "error"}]},
        {"choices": [], "error": FAILED},
    ],
)  # fmt: skip
def test_a_failure_in_a_stream_is_no_answer(last: dict[str, Any]) -> None:
    first = {"choices": [{"index": 0, "delta": {"content": "Answer: A"}, "finish_reason": None}]}
    events = [{"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m", **e} for e in (first, last)]  # fmt: skip
    text = "".join(f"data: {json.dumps(e)}\n\n" for e in events) + "data: [DONE]\n\n"
    sent = Reply(body=text.encode(), headers={"Content-Type": "text/event-stream"})

    async def once(base: Endpoint) -> None:
        client = Completions(address(base, stream=True))
        try:
            await client.ask([{"role": "user", "content": "?"}])
        finally:
            await client.close()

    with (
        scripted_server(lambda request: sent) as server,
        ThreadPoolExecutor(1) as alone,
        pytest.raises(TransientError, match=r"upstream lost|ended with 'error'"),
    ):
        alone.submit(asyncio.run, once(server)).result()
