"""What an endpoint does wrong: it is asked again, given up, or its answer is counted as none."""

from __future__ import annotations

import time
from collections import Counter
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from benchsmith.evaluate.chat_messages import Model
from benchsmith.models.contract import EndpointLost
from tests.asking import LIMIT, Truth, address, evaluate, faulty, release, scores, session, truth
from tests.endpoint import DROP, Reply, chat, scripted_server, streamed

__all__ = ["release", "truth"]


FAULTS: dict[str, list[Reply]] = {
    "429": [Reply(429, {"error": {"message": "slow"}}, {"Retry-After": "0"})],
    "429 until a date": [Reply(429, {}, {"Retry-After": formatdate(time.time() - 9, usegmt=True)})],
    "500": [Reply(500, b"<html>oops</html>"), Reply(503, {"detail": "busy"}, {"Retry-After": "0.01"})],
    "junk": [Reply(200, b"{junk"), Reply(200, b"<html>"), Reply(200, []), Reply(200, {"choices": []})],
    "null": [Reply(200, {"choices": None, "error": {"message": "x"}}), Reply(200, b"null"), Reply(200, "x")],
    "dropped": [Reply(DROP)],
    "late": [Reply(200, chat("A").body, wait=9)],
}  # fmt: skip


@pytest.mark.parametrize("kind", FAULTS)
def test_what_passes_is_tried_again(release: Path, truth: Truth, tmp_path: Path, kind: str) -> None:
    replies = FAULTS[kind]
    fail = lambda n: replies[n % len(replies)] if n < 2 * len(replies) else None  # noqa: E731
    with scripted_server(faulty(truth, fail)) as server:
        asked = session(release, tmp_path)
        outcome = asked.ask(Model(address(server, concurrency=4)), asked.todo(asked.known()))
    assert outcome.answered == LIMIT and not outcome.faults
    assert len(server.requests) == LIMIT + 2 * len(replies)


def test_a_retry_after_holds_everybody_back(release: Path, truth: Truth, tmp_path: Path) -> None:
    """Nothing is asked in the second that a server wants for itself."""
    came: list[float] = []

    def answers(request: Any) -> Reply:
        came.append(time.monotonic())
        slow = Reply(429, {}, {"Retry-After": "1"})
        return slow if len(came) == 1 else chat(truth.key(request))

    with scripted_server(answers) as server:
        asked = session(release, tmp_path)
        asked.ask(Model(address(server, concurrency=1)), asked.todo(asked.known()))
    assert came[1] - came[0] >= 1.0


@pytest.mark.parametrize("status", [401, 402, 403, 404])
def test_what_is_hopeless_ends_the_run_at_once(release: Path, tmp_path: Path, status: int) -> None:
    with scripted_server(lambda request: Reply(status, {"error": {"message": "no"}})) as server:
        asked = session(release, tmp_path)
        with pytest.raises(EndpointLost, match="no"):
            asked.ask(Model(address(server, concurrency=2)), asked.todo(asked.known()))
    assert len(server.requests) <= 4


def test_an_endpoint_that_is_gone_is_given_up(release: Path, tmp_path: Path) -> None:
    with scripted_server(lambda request: Reply(500, {})) as server:
        asked = session(release, tmp_path, 40)
        with pytest.raises(EndpointLost, match="in a row"):
            asked.ask(Model(address(server, concurrency=2, tries=2)), asked.todo(asked.known()))
    assert len(server.requests) <= 2 * (3 * 2 + 2)


def test_a_wait_that_is_too_long_ends_the_run(release: Path, tmp_path: Path) -> None:
    with scripted_server(lambda request: Reply(429, {}, {"Retry-After": "86400"})) as server:
        asked = session(release, tmp_path)
        with pytest.raises(EndpointLost, match="86400"):
            asked.ask(Model(address(server)), asked.todo(asked.known()))


def test_a_question_that_cannot_be_asked_is_that_question_s_fault(
    release: Path, truth: Truth, tmp_path: Path
) -> None:
    """It is counted, it counts as wrong, and the next run asks it again; the others are not."""
    refused = Reply(400, {"error": {"message": "picture too large"}})
    with scripted_server(faulty(truth, lambda n: refused if n == 3 else None)) as server:
        said = evaluate(release, server, tmp_path, "--limit", "6", "--concurrency", "1", code=4)
        assert "1 x 400: picture too large" in said and "5 answers" in said
        board = scores(release, tmp_path)
        assert "1 questions have no answer and count as wrong" in board
        assert "of 6 questions are answered" in evaluate(release, server, tmp_path, "--limit", "6")
    assert len(server.requests) == 7
    outcomes = (
        pq.read_table(tmp_path / "small/scores/answers.parquet").column("outcome").to_pylist()
    )
    assert Counter(outcomes) == {"right": 5, "fault": 1}


def test_a_filter_s_refusal_is_an_answer(release: Path, tmp_path: Path) -> None:
    filtered = Reply(400, {"error": {"message": "filtered", "code": "content_filter"}})
    stopped = chat("", finish="content_filter")
    script = iter([filtered, stopped, chat("I'm sorry, I can't."), chat("A")])
    with scripted_server(lambda request: next(script)) as server:
        evaluate(release, server, tmp_path, "--limit", "4", "--concurrency", "1")
    scores(release, tmp_path)
    rows = pq.read_table(tmp_path / "small/scores/answers.parquet").to_pylist()
    assert Counter(r["outcome"] for r in rows)["refused"] == 3


def test_an_answer_that_was_cut_short_is_no_answer(release: Path, tmp_path: Path) -> None:
    with scripted_server(lambda request: chat("Let me see, the", finish="length")) as server:
        evaluate(release, server, tmp_path, "--limit", "2")
    scores(release, tmp_path)
    rows = pq.read_table(tmp_path / "small/scores/answers.parquet").to_pylist()
    assert [r["outcome"] for r in rows] == ["cut", "cut"]


def test_streamed_answers_are_put_together_and_one_that_breaks_off_is_asked_again(
    release: Path, truth: Truth, tmp_path: Path
) -> None:
    count = iter(range(999))

    def answers(request: Any) -> Reply:
        assert request["stream"] is True
        if next(count) == 0:
            return streamed("The ans", finish=None)
        return streamed("The answer", " is ", truth.key(request))

    with scripted_server(answers) as server:
        evaluate(release, server, tmp_path, "--limit", "5", "--stream", "--concurrency", "1")
    assert len(server.requests) == 6
    assert " 100.00 " in scores(release, tmp_path)
