"""Drafting stems with a model over HTTP: prompts, answers, retries after faults, and languages."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

from benchsmith.core.random_order import rank
from benchsmith.models.address import Address
from benchsmith.models.contract import Question
from benchsmith.models.endpoint import replies
from tests import world
from tests.conftest import Project
from tests.endpoint import DROP, Reply, chat, scripted_server, streamed
from tests.stem_drafting import answers_of, drafted, home, sound, stems, words

__all__ = ["home"]


def test_prompts_are_asked_once_and_stems_come_out(home: Project) -> None:
    with scripted_server(sound) as server:
        said = home.run(*words(server.base_url, "--price-in", "2", "--price-out", "10"))
        # kidney, liver, spleen and stomach: what the recipe of a CT source spells out
        assert len(server.requests) == 4
        assert "4 to send: about" in said and "estimated" in said
        assert "4 answered: 4,000 input and 800 output tokens, 0.0160" in said
        again = home.run(*words(server.base_url))
        assert len(server.requests) == 4 and "4 prompts, 4 of them already answered" in again
    text = drafted(home)
    labels = set(re.findall(r'label: "([^"]+)"', text))
    assert labels == {"kidney", "liver", "spleen", "stomach"}
    prompt = server.requests[0].body["messages"][0]["content"]
    assert (
        "Organ Recognition - Abdomen" in prompt and "box, rectangle" in prompt and "$" not in prompt
    )
    assert {r.body["model"] for r in server.requests} == {"toy/model"}


def test_a_run_writes_the_same_drafts_whatever_the_order_of_answers(home: Project) -> None:
    def late(request: Any) -> Reply:
        reply = sound(request)
        wait = rank(int(time.time() * 1e6), "wait") % 100 / 500
        return Reply(reply.status, reply.body, reply.headers, wait)

    with scripted_server(late) as server:
        home.run(*words(server.base_url, "--concurrency", "4"))
        first = drafted(home)
        answers = home.folder / "question_pools/drafts/answers/toy-model.jsonl"
        lines = answers.read_text("utf-8").splitlines()
        world.put(answers, "\n".join(reversed(lines)) + "\n")
        home.run(*words(server.base_url))
    assert drafted(home) == first


def test_answers_that_are_no_stems_are_kept_and_refused(home: Project) -> None:
    replies: list[Callable[[Any], Reply]] = [
        lambda r: chat("Sure! Here are some questions."),
        lambda r: chat(json.dumps({"questions": stems(r)[:1]})),
        lambda r: chat(json.dumps({"questions": ["Is the liver, an organ, in the box of <modality>?",
                                                 "Which \ud800 organ fills the box of the <modality> scan?"]})),
        lambda r: chat("```json\n" + json.dumps({"questions": stems(r)}) + "\n```"),
    ]  # fmt: skip
    script = iter(replies)
    with scripted_server(lambda r: next(script)(r)) as server:  # noqa: PLW0108 - one each time
        home.run(*words(server.base_url, "--concurrency", "1"))
        home.run(
            *words(server.base_url, "--concurrency", "1")
        )  # what was paid for is not asked again
        assert len(server.requests) == 4
    text = drafted(home)
    drafts, _, refused = text.partition("\nrefused:")
    assert drafts.count("- id:") == 2
    for why in ("is not JSON", "has 1 question instead of 2", "names the label 'liver'",
                "an unprintable character"):  # fmt: skip
        assert why in refused, why
    assert "Sure! Here are some questions." in refused


def test_faults_of_the_endpoint_are_waited_out(home: Project) -> None:
    """Too many requests, a failure, a dropped line, silence, junk and a stream: then answers."""
    fine = None
    script = iter([
        Reply(429, {"error": {"message": "slow down"}}, {"Retry-After": "2"}), Reply(500, b"oops"), fine,
        Reply(DROP), Reply(200, {"choices": []}), fine,
        Reply(200, b'{"choices": [{"mess'), streamed("Which ", "organ", finish=None), fine,
        Reply(200, {}, wait=30), fine,
    ])  # fmt: skip
    came: list[float] = []

    def answers(request: Any) -> Reply:
        came.append(time.monotonic())
        return next(script) or sound(request)

    with scripted_server(answers) as server:
        home.run(*words(server.base_url, "--concurrency", "1", "--timeout", "1.5"))
    assert len(server.requests) == 11
    assert came[1] - came[0] >= 2  # it waited as long as it was told to
    assert len(answers_of(home)) == 4


def test_what_stays_unanswered_is_reported_and_asked_again(home: Project) -> None:
    def answers(request: Any) -> Reply:
        if "spleen" in request["messages"][0]["content"]:
            return Reply(400, {"error": {"message": "this one is against the rules"}})
        return sound(request)

    with scripted_server(answers) as server:
        said = home.run(*words(server.base_url), code=4)
        assert "1 of 4 prompts have no answer; run it again" in said
        assert "spleen: 400: " in said and "against the rules" in said and "Traceback" not in said
        assert len(answers_of(home)) == 3
    with scripted_server(sound) as server:
        home.run(*words(server.base_url))
        assert len(server.requests) == 1


def test_stems_are_drafted_in_chinese(home: Project) -> None:
    world.chinese(home.folder)

    def answers(request: Any) -> Reply:
        text = request["messages"][0]["content"]
        assert "Simplified Chinese" in text and "肝脏" in text + "肝脏"
        n = rank(0, text) % 9973
        return chat(json.dumps({"questions": [f"第{n}号<modality>照片的方框里应当写上什么器官？", f"肝脏{n}在<modality>照片方框里吗器官？"]}))  # fmt: skip

    with scripted_server(answers) as server:
        home.run(*words(server.base_url, "--language", "zh", "--labels", "1"))
        assert (
            "organ"
            not in server.requests[0]
            .body["messages"][0]["content"]
            .split("Task of")[1]
            .split("\n")[0]
        )
    text = (
        home.folder / "question_pools/drafts/organ-recognition-abdomen.zh.toy-model.yaml"
    ).read_text("utf-8")
    drafts, _, refused = text.partition("\nrefused:")
    assert "应当写上什么器官" in drafts and "names the label '肝脏'" in refused


def test_answers_arrive_whatever_the_number_at_a_time() -> None:
    """As many at a time as asked for, and never more."""
    under_way, most = 0, 0

    def answers(request: Any) -> Reply:
        return Reply(200, chat(request["messages"][0]["content"]).body, wait=0.05)

    def questions() -> Any:
        nonlocal under_way, most
        for i in range(12):
            under_way += 1
            most = max(most, under_way)
            yield Question(i, f"{i}", [{"role": "user", "content": f"q{i}"}])

    got: dict[int, str] = {}
    with scripted_server(answers) as server:
        at = Address(model="m", base_url=server.base_url, concurrency=3)
        for id_, reply in replies(at, questions()):
            under_way -= 1
            got[id_] = reply.text
    assert sorted(got.values()) == sorted(f"q{i}" for i in range(12))
    assert most == 3
