"""The file of a model's answers: whole lines, one writer, and no answer under another question."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchsmith.cli.app import OK
from benchsmith.documents.problems import DocumentError
from benchsmith.evaluate import answer_log as store
from benchsmith.evaluate.answer_log import Run
from benchsmith.evaluate.contract import Answer
from tests.asking import (
    KEY,
    Truth,
    command,
    evaluate,
    files,
    release,
    scores,
    session,
    text_of,
    truth,
)
from tests.endpoint import Reply, chat, scripted_server
from tests.paths import PYTHONPATH

__all__ = ["release", "truth"]


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
    for folder in (calm, rough):  # a session that was killed did not end
        (path,) = folder.rglob("answers/*/*.jsonl")
        assert len(store.read(path).sessions) == 1


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
    with pytest.raises(DocumentError, match="does not start with the description of its run"):
        store.read(path)


def test_damaged_lines_are_counted_and_not_believed(tmp_path: Path) -> None:
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
    """Other options under the same id: the old answer does not count, and the question is asked again."""
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
