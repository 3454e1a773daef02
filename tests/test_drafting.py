"""Drafting with a model: real HTTP, faults of every kind, and nothing paid for is lost."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchsmith.core.random_order import rank
from benchsmith.documents.problems import DocumentError
from benchsmith.models.address import Address
from benchsmith.models.contract import Question
from benchsmith.models.endpoint import replies
from benchsmith.models.paid_answers import Answers, read
from tests import world
from tests.conftest import PROJECT, Project
from tests.endpoint import DROP, Reply, chat, scripted_server, streamed
from tests.paths import PYTHONPATH

KEY = "sk-very-secret-0123456789"
PLACES = ("scan", "view", "slice", "plane")
VERBS = ("see", "find", "report", "name", "recognise", "expect", "note", "identify")


def stems(request: Any, mark: str = "box") -> list[str]:
    """Return as many sound stems as a prompt asks for, other ones for other prompts."""
    text = request["messages"][0]["content"]
    count = int(re.search(r"Write (\d+) different", text)[1])  # type: ignore[index]
    n = rank(0, text)
    words = [f"{VERBS[n >> 3 * i & 7]}{n >> i & 7}".replace("0", "") for i in range(count)]
    return [
        f"Which organ would reader {chr(97 + (n >> i) % 26) * 3} {w} for the {mark} "
        f"of the <modality> {PLACES[i % 4]} {n % 9973}{i}?"
        for i, w in enumerate(words)
    ]  # fmt: skip


def sound(request: Any) -> Reply:
    return chat(json.dumps({"questions": stems(request)}), asked=1000, told=200)


@pytest.fixture
def home(tmp_path: Path) -> Project:
    """Return a project with a prompt, and mapped labels of one modality."""
    folder = tmp_path / "project"
    world.documents(folder)
    prompt = "question_pools/prompts/draft-questions.txt"
    world.put(folder / prompt, (PROJECT / prompt).read_text("utf-8"))
    return Project(folder)


def words(base_url: str, *more: str) -> list[str]:
    return ["draft", "questions", "--task", "organ-recognition-abdomen", "--modality", "ct",
            "--granularity", "box", "--candidates", "2", "--model", "toy/model",
            "--base-url", base_url, "--yes", *more]  # fmt: skip


def drafted(home: Project) -> str:
    path = home.folder / "question_pools/drafts/organ-recognition-abdomen.en.toy-model.yaml"
    return path.read_text("utf-8")


def answers_of(home: Project) -> list[dict[str, Any]]:
    return read(home.folder / "question_pools/drafts/answers/toy-model.jsonl")


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


def test_what_stays_unanswered_is_said_and_asked_again(home: Project) -> None:
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


@pytest.mark.parametrize("status", [401, 404])
def test_an_endpoint_that_refuses_stops_the_run_and_the_key_is_never_told(
    home: Project, status: int
) -> None:
    """Even one that sends the key back."""
    body = {"error": {"message": f"wrong key {KEY}"}}
    with scripted_server(lambda r: Reply(status, body)) as server:
        said = home.run(*words(server.base_url, "--concurrency", "1"), code=4, OPENAI_API_KEY=KEY)
        assert len(server.requests) == 1
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert f"refuses: {status}" in said and "Traceback" not in said
    assert KEY not in said


def test_the_key_is_in_no_file_and_in_no_line(home: Project) -> None:
    def echo(request: Any) -> Reply:
        return chat(json.dumps({"questions": [*stems(request)[:1], f"Which organ, {KEY}, is in the box of <modality>?"]}))  # fmt: skip

    with scripted_server(echo) as server:
        said = home.run(
            *words(server.base_url), process=True, OPENAI_API_KEY=KEY, OPENAI_LOG="debug"
        )
    assert all(r.headers["authorization"] == f"Bearer {KEY}" for r in server.requests)
    assert KEY not in said
    files = [p for p in home.folder.rglob("*") if p.is_file()]
    assert len(answers_of(home)) == 4
    assert not [p for p in files if KEY.encode() in p.read_bytes()]
    assert "[key]" in drafted(home)


def test_it_stops_before_it_costs_too_much(home: Project) -> None:
    with scripted_server(sound) as server:
        more = ("--price-in", "1000", "--price-out", "0", "--concurrency", "1", "--max-cost", "2.5")
        said = home.run(*words(server.base_url, *more), code=6)
        # a thousand tokens in cost 1; the third prompt's estimate still fits, the fourth's does not
        assert len(server.requests) == len(answers_of(home)) < 4
        assert "stopped at the limit of --max-cost" in said
        spent = sum(r["tokens_in"] for r in answers_of(home)) * 1000 / 1e6
        assert spent <= 2.5 + 1
        home.run(*words(server.base_url))
        assert len(server.requests) == 4
    said = home.run(*words("http://127.0.0.1:9", "--max-cost", "1"), code=2)
    assert "--max-cost needs --price-in and --price-out" in said


def test_nothing_is_asked_without_a_yes(home: Project) -> None:
    with scripted_server(sound) as server:
        given = [w for w in words(server.base_url) if w != "--yes"]
        done = subprocess.run(
            [sys.executable, "-m", "benchsmith", *given],
            cwd=home.folder, env={**os.environ, "PYTHONPATH": PYTHONPATH},
            input="n\n", capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert "no prompt was sent" in done.stdout and not server.requests


def test_a_killed_run_loses_nothing_that_it_wrote_down(home: Project) -> None:
    more = ["--modality", "mri", "--modality", "dermoscopy", "--granularity", "mask",
            "--granularity", "image", "--granularity", "contour"]  # fmt: skip

    def slow(request: Any) -> Reply:
        reply = sound(request)
        return Reply(200, reply.body, wait=0.15)

    with scripted_server(slow) as server:
        given = words(server.base_url, *more, "--concurrency", "2")
        run = subprocess.Popen(
            [sys.executable, "-m", "benchsmith", *given],
            cwd=home.folder, env={**os.environ, "PYTHONPATH": PYTHONPATH},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        path = home.folder / "question_pools/drafts/answers/toy-model.jsonl"
        end = time.monotonic() + 60
        while time.monotonic() < end and not (
            path.exists() and path.read_bytes().count(b"\n") >= 5
        ):
            time.sleep(0.02)
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        kept = {row["prompt"] for row in answers_of(home)}
        assert len(kept) >= 5
        before = len(server.requests)
        with path.open("ab") as file:
            file.write(b'{"digest": "torn", "ans')  # what a power cut leaves of a line
        home.run(*given)
        asked = [r.body["messages"][0]["content"] for r in server.requests]
    assert not kept & set(asked[before:])
    assert max(Counter(asked).values()) <= 2  # only what was under way when it was killed
    rows = answers_of(home)
    assert {row["prompt"] for row in rows} == set(asked) and len(rows) == len(set(asked))
    assert "torn" not in path.read_text("utf-8")


def test_two_runs_do_not_write_one_file_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with Answers(path), pytest.raises(BlockingIOError, match="another run"), Answers(path):
        pass


def test_a_line_that_is_no_answer_is_named(tmp_path: Path) -> None:
    path = world.put(tmp_path / "a.jsonl", '{"digest": "a"}\nnonsense\n{"digest": "b"}\n')
    with pytest.raises(DocumentError, match=r"a\.jsonl:2: is not an answer"), Answers(path):
        pass


def accepted(home: Project) -> tuple[str, str, str]:
    """Draft, and return a draft's id, stem and file."""
    with scripted_server(sound) as server:
        home.run(*words(server.base_url))
    found = re.search(r'- id: "(\w+)"[^"]*stem: "([^"]+)"', drafted(home))
    assert found
    return found[1], found[2], "question_pools/drafts/organ-recognition-abdomen.en.toy-model.yaml"


def test_an_accepted_stem_stands_in_its_pool_signed(home: Project) -> None:
    id_, stem, file = accepted(home)
    path = home.folder / "question_pools/tasks/organ-recognition-abdomen.yaml"
    before = path.read_text("utf-8").splitlines()
    said = home.run("draft", "accept", file, "--stem", id_, "--sign", "me")
    after = path.read_text("utf-8").splitlines()
    line = next(i for i, text in enumerate(after, 1) if stem in text)
    assert f"organ-recognition-abdomen.yaml:{line}, signed by me" in said
    assert after[: line - 1] + after[line:] == before
    table = (home.folder / "question_pools/accepted.tsv").read_text("utf-8")
    assert table.splitlines()[1].split("\t") == [
        "organ-recognition-abdomen", "en", "box", "one", stem, "toy/model", "me"]  # fmt: skip
    home.run("check")
    again = home.run("draft", "accept", file, "--stem", id_, "--sign", "me", code=2)
    assert f"repeats question_pools/tasks/organ-recognition-abdomen.yaml:{line}" in again
    with scripted_server(sound) as server:
        home.run(*words(server.base_url))
    assert f'"{id_}"' not in drafted(home)
    path.write_text("\n".join(before) + "\n")
    assert "question_pools/accepted.tsv:2: the task has no such stem" in home.run("check", code=2)


def test_only_a_curator_accepts_and_only_what_is_there(home: Project) -> None:
    id_, _, file = accepted(home)
    path = home.folder / "question_pools/tasks/organ-recognition-abdomen.yaml"
    before = path.read_bytes()
    said = home.run("draft", "accept", file, "--stem", id_, "--sign", "mee", code=2)
    assert "there is no curator 'mee'; did you mean me?" in said
    said = home.run("draft", "accept", file, "--stem", id_[:-1] + "x", "--sign", "me", code=2)
    assert f"did you mean {id_}" in said
    said = home.run(
        "draft", "accept", file.replace("toy", "toi"), "--stem", id_, "--sign", "me", code=2
    )
    assert "the file is missing; did you mean" in said
    said = home.run(
        "draft", "accept", "benchmarks/small.yaml", "--stem", id_, "--sign", "me", code=2
    )
    assert "is not a document of drafts" in said
    assert path.read_bytes() == before


def test_a_prompt_that_lacks_a_part_is_a_problem(home: Project) -> None:
    path = home.folder / "question_pools/prompts/draft-questions.txt"
    world.put(path, path.read_text("utf-8").replace("$task_cues", "$task_clues"))
    said = home.run(*words("http://127.0.0.1:9"), code=2)
    assert "draft-questions.txt:1: unknown placeholder $task_clues" in said
    assert "draft-questions.txt:1: lacks the placeholder $task_cues" in said


@pytest.mark.parametrize(
    ("option", "value"), [("--task", "bonne"), ("--modality", "cct"), ("--language", "zz")]
)
def test_unknown_names_are_told_before_anything_is_asked(
    home: Project, option: str, value: str
) -> None:
    said = home.run(*words("http://127.0.0.1:9", option, value), code=2)
    assert f"there is no {option[2:]} {value!r}" in said


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
