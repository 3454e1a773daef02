"""The scripted server is what a real client takes for an endpoint."""

from __future__ import annotations

import openai
import pytest

from tests.endpoint import DROP, Reply, Request, chat, scripted_server, streamed

ASK = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}


def test_a_client_reads_the_answer_and_the_server_keeps_the_request() -> None:
    with scripted_server(lambda request: chat(request["model"], asked=7, told=3)) as server:
        client = openai.OpenAI(base_url=server.base_url, api_key="key", max_retries=0)
        answer = client.chat.completions.create(**ASK)
    assert answer.choices[0].message.content == "m"
    assert answer.usage.prompt_tokens == 7 and answer.usage.completion_tokens == 3
    asked: Request = server.requests[0]
    assert asked.path == "/v1/chat/completions" and asked.body["messages"] == ASK["messages"]
    assert asked.headers["authorization"] == "Bearer key"


def test_faults_reach_the_client_as_faults() -> None:
    script = iter([Reply(429, {"error": {"message": "slow"}}, {"Retry-After": "0"}), Reply(DROP),
                   Reply(200, b"{junk"), Reply(200, chat("x").body, wait=5)])  # fmt: skip
    with scripted_server(lambda request: next(script)) as server:
        client = openai.OpenAI(base_url=server.base_url, api_key="k", max_retries=0, timeout=0.3)
        for fault in (openai.RateLimitError, openai.APIConnectionError, ValueError, openai.APITimeoutError):  # fmt: skip
            with pytest.raises(fault):
                client.chat.completions.create(**ASK)
    assert len(server.requests) == 4


def test_a_streamed_answer_comes_in_pieces() -> None:
    with scripted_server(lambda request: streamed("a", "b")) as server:
        client = openai.OpenAI(base_url=server.base_url, api_key="k", max_retries=0)
        chunks = list(client.chat.completions.create(**ASK, stream=True))
    assert [c.choices[0].delta.content for c in chunks] == ["a", "b", None]
