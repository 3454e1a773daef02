"""Asking: every question once, whatever the endpoint and the machine do in between."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from io import BytesIO
from pathlib import Path
from typing import Any

import PIL.Image
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchsmith.cli.app import INCOMPLETE, OK
from benchsmith.documents.problems import DocumentError
from benchsmith.evaluate import answer_log as store
from benchsmith.evaluate import prompts, release_reader, request_settings, wording_files
from benchsmith.evaluate.answer_log import Run
from benchsmith.evaluate.chat_messages import Model
from benchsmith.evaluate.contract import Answer
from benchsmith.evaluate.cost import Prices
from benchsmith.evaluate.session import Session
from benchsmith.models.address import Address
from benchsmith.models.contract import EndpointLost
from tests.command import benchsmith
from tests.conftest import Project
from tests.endpoint import DROP, Reply, chat, scripted_server, streamed
from tests.endpoint import Endpoint as Server
from tests.paths import PYTHONPATH

KEY = "sk-secret-0123456789"
LIMIT = 12


def text_of(request: Any) -> str:
    content = request["messages"][-1]["content"]
    return str(content if isinstance(content, str) else content[-1]["text"])


def picture_of(request: Any) -> bytes:
    url = request["messages"][-1]["content"][0]["image_url"]["url"]
    return base64.b64decode(url.partition("base64,")[2])


class Truth:
    """Knows the release, so that a scripted model can be right when it shall."""

    def __init__(self, folder: Path) -> None:
        """Read it."""
        self.rows: dict[tuple[bytes, str, frozenset[str]], dict[str, Any]] = {}
        for path in sorted((folder / "data").glob("*.parquet")):
            for row in pq.read_table(path).to_pylist():
                which = (row["image"]["bytes"], row["question"], frozenset(row["options"]))
                self.rows[which] = row

    def asked(self, request: Any) -> tuple[dict[str, Any], list[str]]:
        """Return the row that is asked about, and its options as shown."""
        question = re.search(r"Question: (.*)\n", text_of(request))[1]  # type: ignore[index]
        shown = re.findall(r"^[A-Z]\. (.*)$", text_of(request), re.MULTILINE)
        return self.rows[picture_of(request), question, frozenset(shown)], shown

    def key(self, request: Any) -> str:
        """Return the right letters."""
        row, shown = self.asked(request)
        right = {row["options"]["ABCDEF".index(letter)] for letter in row["answer"].split(",")}
        return ",".join("ABCDEF"[i] for i, text in enumerate(shown) if text in right)


@pytest.fixture(scope="module")
def release(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a part of a built release: 30 cases of test and 10 of val."""
    folder = tmp_path_factory.mktemp("part") / "output/small/release"
    (folder / "data").mkdir(parents=True)
    (folder / "manifest.json").write_text('{"benchmark": "small"}')
    for split, count in (("test", 30), ("val", 10)):
        table = pq.read_table(sorted((built.release / "data").glob(f"{split}--*.parquet")))
        table = table.take(pc.sort_indices(table, [("id", "ascending")]))
        pq.write_table(table.slice(0, count), folder / f"data/{split}.parquet", row_group_size=8)
    return folder


@pytest.fixture(scope="module")
def truth(release: Path) -> Truth:
    return Truth(release)


def command(*words: str, code: int = 0, **env: str) -> str:
    """Run `benchsmith` with a key for an endpoint; return all it printed."""
    return benchsmith(*words, code=code, **{"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "", **env})


def evaluate(
    release: Path, server: Server, output: Path, *words: str, code: int | None = None
) -> str:
    """Ask the scripted model; whatever a limit leaves out is said by the exit code."""
    if code is None:
        code = INCOMPLETE if "--limit" in words or "--max-cost" in words else OK
    asked = ("evaluate", str(release), "--model", "scripted", "--base-url", server.base_url)
    return command(*asked, "--yes", "--output", str(output), *words, code=code)


def scores(release: Path, output: Path) -> str:
    return command("scores", str(release), "--output", str(output))


def files(output: Path) -> dict[str, bytes]:
    """Return the score tables' bytes."""
    return {p.name: p.read_bytes() for p in sorted((output / "small/scores").iterdir())}


def test_the_whole_way(release: Path, truth: Truth, tmp_path: Path) -> None:
    """A model that is always right scores 100; asked again it is asked nothing."""
    with scripted_server(lambda request: chat(truth.key(request))) as server:
        said = evaluate(release, server, tmp_path)
        count = len(server.requests)
        assert f"{count} questions to ask" in said and f"{count} answers" in said
        again = evaluate(release, server, tmp_path)
        assert len(server.requests) == count
        assert f"{count} of {count} questions are answered" in again
    board = scores(release, tmp_path)
    assert re.search(r"scripted +100\.00", board) and "too few people to compare" in board
    rows = pq.read_table(tmp_path / "small/scores/scores.parquet").to_pylist()
    assert {r["micro"] for r in rows} == {1.0} and {r["corrected"] for r in rows} == {1.0}
    assert {r["answers"] for r in rows} >= {"one"}
    overall = {(r["split"], r["answers"]): r["n"] for r in rows if r["axis"] == "overall"}
    published = Counter(
        (row["split"], row["answers"])
        for path in (release / "data").glob("*.parquet")
        for row in pq.read_table(path, columns=["split", "answers"]).to_pylist()
    )
    assert published.items() <= overall.items()


def test_it_works_where_an_event_loop_runs_already(
    release: Path, truth: Truth, tmp_path: Path
) -> None:
    """As in a notebook."""

    async def cell() -> str:
        return evaluate(release, server, tmp_path)

    with scripted_server(lambda request: chat(truth.key(request))) as server:
        with ThreadPoolExecutor(1) as notebook:
            said = notebook.submit(asyncio.run, cell()).result()
        assert f"{len(server.requests)} answers" in said


def test_what_is_sent(release: Path, truth: Truth, tmp_path: Path) -> None:
    with scripted_server(lambda request: chat("A")) as server:
        evaluate(release, server, tmp_path, "--limit", "3", "--set", "temperature=0.5", "--set", "max_tokens=null",
                 "--set", "max_completion_tokens=99")  # fmt: skip
    assert len(server.requests) == 3
    request = server.requests[0]
    assert request.headers["authorization"] == f"Bearer {KEY}"
    body = request.body
    assert body["temperature"] == 0.5 and body["max_completion_tokens"] == 99
    assert "max_tokens" not in body and body["model"] == "scripted"
    assert text_of(body).startswith("Question: ") and "\nOptions:\nA. " in text_of(body)
    assert PIL.Image.open(BytesIO(picture_of(body))).format == "PNG"
    assert truth.key(body)  # the picture is the question's own


def test_the_key_is_nowhere(release: Path, tmp_path: Path) -> None:
    """A server that says the key back, as an answer and as an error, gets it into no file and no line."""
    script = iter([Reply(400, {"error": {"message": f"bad {KEY}"}}), *[chat(f"A {KEY}")] * 9])
    with scripted_server(lambda request: next(script)) as server:
        said = evaluate(release, server, tmp_path, "--limit", "4", "--concurrency", "1", code=4)
    with scripted_server(
        lambda request: Reply(401, {"error": {"message": f"wrong {KEY}"}})
    ) as server:
        said += evaluate(release, server, tmp_path, "--limit", "9", "--concurrency", "1", code=4)
    assert "[key]" in said and KEY not in said
    kept = [p.read_text() for p in tmp_path.rglob("*") if p.is_file()]
    assert kept and not any(KEY in text for text in kept)


def faulty(truth: Truth, fail: Callable[[int], Reply | None]) -> Callable[[Any], Reply]:
    """Answer rightly but where `fail` says otherwise, by the number of the request."""
    count = iter(range(10**6))
    return lambda request: fail(next(count)) or chat(truth.key(request))


FAULTS: dict[str, list[Reply]] = {
    "429": [Reply(429, {"error": {"message": "slow"}}, {"Retry-After": "0"})],
    "429 until a date": [Reply(429, {}, {"Retry-After": formatdate(time.time() - 9, usegmt=True)})],
    "500": [Reply(500, b"<html>oops</html>"), Reply(503, {"detail": "busy"}, {"Retry-After": "0.01"})],
    "junk": [Reply(200, b"{junk"), Reply(200, b"<html>"), Reply(200, []), Reply(200, {"choices": []})],
    "null": [Reply(200, {"choices": None, "error": {"message": "x"}}), Reply(200, b"null"), Reply(200, "x")],
    "dropped": [Reply(DROP)],
    "late": [Reply(200, chat("A").body, wait=9)],
}  # fmt: skip


def session(release: Path, output: Path, limit: int = LIMIT, *, circular: bool = False) -> Session:
    read = release_reader.read(release)
    prompt = prompts.read()
    of = Run(model="m", kind="model", prompt=prompt.name, prompt_digest=prompt.digest)
    return Session(read, read.some("all", limit), of, prompt, output, circular)


def address(server: Server, **more: Any) -> Address:
    values: dict[str, Any] = {"model": "m", "base_url": server.base_url, "key": "", "settings": {},
                              "first_wait_s": 0.01, "timeout_s": 2.0}  # fmt: skip
    return Address(**{**values, **more})


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


def test_circular_asks_each_option_first(release: Path, truth: Truth, tmp_path: Path) -> None:
    with scripted_server(lambda request: chat(truth.key(request))) as server:
        evaluate(release, server, tmp_path, "--limit", "5", "--circular")
    first: dict[str, set[str]] = {}
    for request in server.requests:
        row, shown = truth.asked(request.body)
        first.setdefault(row["id"], set()).add(shown[0])
    assert len(first) == 5
    options = {row["id"]: set(row["options"]) for row in truth.rows.values()}
    assert all(seen == options[id_] for id_, seen in first.items())
    scores(release, tmp_path)
    rows = pq.read_table(tmp_path / "small/scores/circular.parquet").to_pylist()
    assert all(r["circular"] == r["steady"] == 1.0 for r in rows)


def test_without_a_picture_none_is_sent_and_the_run_is_another(
    release: Path, tmp_path: Path
) -> None:
    with scripted_server(lambda request: chat("A")) as server:
        evaluate(release, server, tmp_path, "--limit", "2")
        evaluate(release, server, tmp_path, "--limit", "2", "--no-picture")
    assert len(server.requests) == 4
    assert isinstance(server.requests[3].body["messages"][-1]["content"], str)
    board = scores(release, tmp_path)
    assert "scripted, no picture" in board


def test_nothing_is_spent_beyond_the_limit(release: Path, truth: Truth, tmp_path: Path) -> None:
    """A thousand tokens a question at 1 a thousand: five of them, and what is under way, for 5."""
    with scripted_server(lambda request: chat(truth.key(request), asked=1000, told=0)) as server:
        said = evaluate(
            release, server, tmp_path, "--price-in", "1000", "--max-cost", "5", "--concurrency", "2"
        )
        assert len(server.requests) <= 5
        assert re.search(
            r"incomplete: --max-cost reached: \d\.00 spent, \d+ questions are left", said
        )
        evaluate(
            release, server, tmp_path, "--price-in", "1000", "--max-cost", "3", "--concurrency", "2"
        )
        assert len(server.requests) <= 8


def test_nothing_is_asked_that_nobody_agreed_to(release: Path, tmp_path: Path) -> None:
    with scripted_server(lambda request: chat("A")) as server:
        said = command("evaluate", str(release), "--model", "m", "--base-url", server.base_url,
                         "--output", str(tmp_path), code=130)  # fmt: skip
        assert "questions to ask" in said and "--yes" in said
    assert not server.requests


def test_killed_at_any_moment_it_ends_with_the_same_tables_and_asks_no_answered_question_again(
    release: Path, truth: Truth, tmp_path: Path
) -> None:
    """Kill -9, again and again; then the tables are byte for byte those of an undisturbed run."""
    calm, rough = tmp_path / "calm", tmp_path / "rough"

    def answers(request: Any) -> Reply:
        wrong = len(text_of(request)) % 3 == 0
        key = truth.key(request)
        return Reply(200, chat("It is hard to say." if wrong else key).body, wait=0.02)

    def sent(request: Any) -> str:
        return json.dumps(request.body, sort_keys=True)

    words = ["--limit", "40", "--concurrency", "3", "--yes"]
    with scripted_server(answers) as server:
        evaluate(release, server, calm, *words, code=OK)
        undisturbed, count = set(map(sent, server.requests)), len(server.requests)
    kills = 0
    with scripted_server(answers) as server:
        command = [sys.executable, "-m", "benchsmith", "evaluate", str(release), "--model", "scripted",
                   "--base-url", server.base_url, "--output", str(rough), *words]  # fmt: skip
        env = {**os.environ, "PYTHONPATH": PYTHONPATH, "OPENAI_API_KEY": KEY}
        for wanted in (5, 14, 23):
            child = subprocess.Popen(
                command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            while len(server.requests) < wanted and child.poll() is None:
                time.sleep(0.005)
            if child.poll() is None:
                child.send_signal(signal.SIGKILL)
                kills += 1
            child.wait()
            path = next(rough.rglob("*.jsonl"))
            with path.open("ab") as file:
                file.write(b'{"case": "torn')
        evaluate(release, server, rough, *words, code=OK)
        again = len(server.requests) - count
        assert set(map(sent, server.requests)) == undisturbed
    assert kills == 3
    # what was under way when a process was killed may be asked twice: three at a time
    assert again <= kills * 3
    for folder in (calm, rough):
        scores(release, folder)
    assert files(calm) == files(rough)


def test_two_processes_do_not_write_one_file(release: Path, tmp_path: Path) -> None:
    asked = session(release, tmp_path)
    with (
        store.appending(asked.path, asked.run),
        pytest.raises(DocumentError, match="another process"),
        store.appending(asked.path, asked.run),
    ):
        pass


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(
    st.lists(
        st.builds(Answer, case=TEXTS, shift=st.integers(0, 5), content=TEXTS, text=TEXTS),
        max_size=6,
    ),
    st.data(),
)
def test_a_file_cut_anywhere_holds_every_whole_line(
    answers: list[Answer], data: st.DataObject
) -> None:
    of = Run(model="m/x", kind="model", settings=(("temperature", 0), ("stop", None)))
    with tempfile.TemporaryDirectory() as folder:
        path = store.file_of(Path(folder), of)
        with store.appending(path, of) as file:
            file.keep(answers)
        whole = path.read_bytes()
        cut = data.draw(st.integers(0, len(whole)))
        path.write_bytes(whole[:cut])
        more = Answer(case="more", shift=0, content="c", text="A")
        with store.appending(path, of) as file:
            file.keep([more])
        kept = store.read(path)
        lines = whole[:cut].count(b"\n") + (whole[cut : cut + 1] == b"\n")
        assert kept.run == of and kept.spoilt == 0
        expected = {(a.case, a.shift, a.content): a for a in [*answers[: max(lines - 1, 0)], more]}
        assert kept.answers == expected


def test_a_fault_never_takes_an_answer_s_place(tmp_path: Path) -> None:
    of = Run(model="m", kind="model")
    good = Answer(case="c", shift=0, content="x", text="A")
    bad = Answer(case="c", shift=0, content="x", text="", fault="500")
    path = store.file_of(tmp_path, of)
    with store.appending(path, of) as file:
        file.keep([bad, good, bad])
    assert store.read(path).answers["c", 0, "x"] == good


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"case": "c"}\n')
    with pytest.raises(DocumentError, match="does not begin with its run"):
        store.read(path)


def test_spoilt_lines_are_counted_and_not_believed(tmp_path: Path) -> None:
    of = Run(model="m", kind="model")
    path = store.file_of(tmp_path, of)
    with store.appending(path, of) as file:
        file.keep([Answer(case="c", shift=0, content="x", text="A")])
    with path.open("ab") as raw:
        raw.write(
            b'{"case": 7, "shift": 0, "content": "x", "text": "B"}\n\xff\xfe\n[]\n{"case": "c"}\n'
        )
    kept = store.read(path)
    assert kept.spoilt == 4 and len(kept.answers) == 1


def test_an_answer_belongs_to_the_question_as_it_was(release: Path, tmp_path: Path) -> None:
    """Other options under the same id: the old answer does not count, and it is asked anew."""
    table = pq.read_table(release / "data/val.parquet")
    rows = table.to_pylist()
    rows[0]["options"] = [*rows[0]["options"][:-1], "something else"]
    (tmp_path / "other/data").mkdir(parents=True)
    pq.write_table(
        pa.Table.from_pylist(rows, schema=table.schema), tmp_path / "other/data/val.parquet"
    )
    (tmp_path / "other/manifest.json").write_text('{"benchmark": "small"}')
    with scripted_server(lambda request: chat("A")) as server:
        evaluate(release, server, tmp_path, "--split", "val")
        before = len(server.requests)
        other = command("evaluate", str(tmp_path / "other"), "--model", "scripted", "--base-url", server.base_url,
                          "--yes", "--output", str(tmp_path), OPENAI_API_KEY="x")  # fmt: skip
        assert "1 questions to ask" in other
        assert len(server.requests) == before + 1
    assert "1 answers belong to questions that changed or were removed" in scores(
        tmp_path / "other", tmp_path
    )


def test_a_judge_reads_what_the_rules_cannot_and_never_sees_the_key(
    release: Path, truth: Truth, tmp_path: Path
) -> None:
    asked: list[Any] = []

    def answers(request: Any) -> Reply:
        if request["model"] == "judge":
            asked.append(request)
            return chat("A" if "<reply>\nthe first one" in text_of(request) else "NONE")
        return chat(
            "the first one, I would say"
            if len(text_of(request)) % 2
            else "something in the abdomen"
        )

    with scripted_server(answers) as server:
        said = evaluate(release, server, tmp_path, "--limit", "8", "--judge-model", "judge")
        count = len(asked)
        assert count == 8 and "judge is asked about 8 unclear replies" in said
        evaluate(release, server, tmp_path, "--limit", "8", "--judge-model", "judge")
        assert len(asked) == count
    assert all("answer" not in text_of(r).lower().replace("answer the", "") for r in asked)
    assert all(isinstance(r["messages"][-1]["content"], str) for r in asked)
    scores(release, tmp_path)
    rows = pq.read_table(tmp_path / "small/scores/answers.parquet").to_pylist()
    read = [r for r in rows if r["reply"].startswith("the first")]
    assert read and all(r["read"] == "judged" and r["picked"] == [0] for r in read)
    assert {r["outcome"] for r in rows if not r["reply"].startswith("the first")} == {"unclear"}


# what a person does wrong


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("demoo", "--model", "m", "--base-url", "http://x/v1"), "there is no release 'demoo'"),
        (("small", "--model", "m"), "no endpoint is named"),
        (("small", "--model", "m", "--base-url", "localhost:8000"), "is not a URL"),
        (("small", "--model", "baseline:randm"), "did you mean random"),
        (("small", "--model", "baseline:random", "--split", "train"), "there is no split 'train'"),
        (
            ("small", "--model", "m", "--base-url", "http://x/v1", "--prompt", "zeroshot"),
            "zero-shot",
        ),
        (("small", "--model", "m", "--base-url", "http://x/v1", "--set", "api_key=1"), "secret"),
        (
            ("small", "--model", "m", "--base-url", "http://x/v1", "--set", "model=1"),
            "not a setting",
        ),
        (("small", "--model", "m", "--max-cost", "1"), "--price-in"),
        (("small",), "--model"),
        (("small", "--import", "x.jsonl"), "--as"),
        (("small", "--import", "x.jsonl", "--as", "m"), "the file is missing"),
        (("small", "--import", "x.doc", "--as", "m"), "must be one of .xlsx"),
    ],
)
def test_mistakes_are_said_in_one_line(release: Path, words: tuple[str, ...], hint: str) -> None:
    said = command("evaluate", *words, "--output", str(release.parents[1]), code=2)
    assert hint in said and "Traceback" not in said


def test_what_is_no_release_is_said(release: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    assert "is not a release: it has no data/*.parquet" in command("scores", str(tmp_path), code=2)
    pq.write_table(pa.table({"id": ["a"]}), tmp_path / "data/x.parquet")
    assert "has no column image, question" in command("scores", str(tmp_path), code=2)
    (tmp_path / "data/x.parquet").write_bytes(b"PAR1 no PAR1")
    assert "cannot be read" in command("scores", str(tmp_path), code=2)
    assert "there are no answers to score" in command(
        "scores", "small", "--output", str(release.parents[1]), code=2
    )


def test_a_release_that_knows_less_is_read_too(
    release: Path, built: Project, tmp_path: Path
) -> None:
    """Without groups the provenance's patients stand in, and without those the targets, and it says so."""
    (tmp_path / "old/data").mkdir(parents=True)
    table = pq.read_table(release / "data/test.parquet").drop_columns(
        ["group", "answers", "mirror"]
    )
    pq.write_table(table, tmp_path / "old/data/test.parquet")
    new, old = release_reader.read(release), release_reader.read(tmp_path / "old")
    by_id = {item.id: item for item in new.items}
    assert (new.grouped_by, old.grouped_by) == ("group", "target")
    assert all(item.several == by_id[item.id].several for item in old.items)
    command(
        "evaluate", str(tmp_path / "old"), "--model", "baseline:random", "--output", str(tmp_path)
    )
    assert "the release has no patients: intervals are clustered by target" in scores(
        tmp_path / "old", tmp_path
    )
    (tmp_path / "old/provenance.parquet").write_bytes(
        (built.release / "provenance.parquet").read_bytes()
    )
    patients = release_reader.read(tmp_path / "old")
    assert patients.grouped_by == "patient"
    assert 1 < len({i.group for i in patients.items}) < len({i.target for i in patients.items})


def test_sex_and_age_are_scored_where_the_release_knows_them(release: Path, tmp_path: Path) -> None:
    (tmp_path / "more/data").mkdir(parents=True)
    table = pq.read_table(release / "data/test.parquet")
    sex = pa.array([["F", "M", None][i % 3] for i in range(len(table))], pa.string())
    pq.write_table(table.append_column("sex", sex), tmp_path / "more/data/test.parquet")
    command(
        "evaluate", str(tmp_path / "more"), "--model", "baseline:random", "--output", str(tmp_path)
    )
    scores(tmp_path / "more", tmp_path)
    rows = pq.read_table(tmp_path / "more/scores/scores.parquet").to_pylist()
    seen = {r["branch"]: r["n"] for r in rows if r["axis"] == "sex" and r["answers"] == "one"}
    assert set(seen) == {"F", "M"} and sum(seen.values()) < len(table)


def test_a_prompt_of_one_s_own(release: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "system: Be brief.\none: |\n  <question>\n  <options>\nseveral: <question> <options>\noption: <letter>) <text>\n"
    )
    with scripted_server(lambda request: chat("A")) as server:
        evaluate(release, server, tmp_path, "--limit", "1", "--prompt", str(path))
    first, second = server.requests[0].body["messages"]
    assert first == {"role": "system", "content": "Be brief."}
    assert re.search(r"\?\nA\) ", second["content"][-1]["text"])
    path.write_text("one: <question>\nseveral: <question> <options>\nonee: x\n")
    said = command(
        "evaluate",
        str(release),
        "--model",
        "m",
        "--base-url",
        "http://x/v1",
        "--prompt",
        str(path),
        code=2,
    )
    assert "unknown key `onee`" in said and "has no <options>" in said


@given(st.text(), st.lists(st.text(), min_size=2, max_size=6))
def test_nothing_in_a_question_is_a_placeholder(question: str, options: list[str]) -> None:
    text = prompts.read().ask(question, options, several=False)
    lines = "\n".join(f"{'ABCDEF'[i]}. {o}" for i, o in enumerate(options))
    assert f"Question: {question}\nOptions:\n{lines}\nPlease" in text


@pytest.mark.parametrize(
    "name", [p.stem for p in (wording_files.SHIPPED / "prompts").glob("*.yaml")]
)
def test_shipped_prompts_are_sound(name: str) -> None:
    for several in (False, True):
        assert "A. one\nB. two" in prompts.read(name).ask("Q?", ["one", "two"], several=several)


def test_a_budget_counts_what_is_under_way(release: Path, tmp_path: Path) -> None:
    """Sixteen at a time, each of 1, for 4: no more than four are ever begun."""
    with scripted_server(lambda request: chat("A", asked=1_000_000, told=0)) as server:
        asked = session(release, tmp_path)
        todo = asked.todo(asked.known())
        outcome = asked.ask(
            Model(address(server)), todo, prices=Prices(1, 1), max_cost=4, expected=1
        )
    assert len(server.requests) == outcome.answered == 4
    assert outcome.stopped and outcome.cost == 4


def test_settings_make_another_run() -> None:
    one = Run(model="m", kind="model", settings=(("temperature", 0),))
    other = Run(model="m", kind="model", settings=(("temperature", 1),))
    assert store.file_of(Path("x"), one) != store.file_of(Path("x"), other)


def test_model_names_make_folders_that_stay_inside(tmp_path: Path) -> None:
    for name in ("../../etc/passwd", "a/b", "..", ".", "", "a" * 300, "C:\\x", "a\x00b"):
        path = store.file_of(tmp_path, Run(model=name, kind="model")).resolve()
        assert path.is_relative_to(tmp_path.resolve()) and path.parent != tmp_path.resolve()


def test_settings_are_read_as_json_or_words() -> None:
    assert request_settings.settings(["a=1", "b=true", "c=low", 'd={"e": 2}', "temperature=null"]) == {
        "max_tokens": 1024, "a": 1, "b": True, "c": "low", "d": {"e": 2},
    }  # fmt: skip
