"""The append-only log: one writer, whole lines, and nothing lost that was appended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.tables.append_log import AppendLog, json_object
from tests.paths import PYTHONPATH

VALUES = st.dictionaries(st.text(max_size=5), st.text(max_size=20) | st.integers(), max_size=3)


def values_of(path: Path) -> list[object]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


@given(st.lists(VALUES, min_size=1, max_size=6), st.data())
def test_a_cut_loses_the_line_it_cut_and_no_other(
    tmp_path_factory: pytest.TempPathFactory, values: list[dict[str, object]], data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("log") / "deep/x.jsonl"
    with AppendLog(path) as log:
        assert log.empty
        log.append(*values)
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:cut])
    kept = whole[:cut].count(b"\n")
    ended = json_object(whole[:cut].split(b"\n")[-1]) is not None  # only its line end was cut off
    with AppendLog(path) as log:
        log.append({"after": 1})
    assert values_of(path) == [*values[: kept + ended], {"after": 1}]


def test_there_is_one_writer(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    with AppendLog(path), pytest.raises(BlockingIOError), AppendLog(path):
        pass
    with AppendLog(path) as log:
        assert log.empty


def test_what_was_appended_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    code = (
        "import sys; from pathlib import Path; from benchsmith.tables.append_log import AppendLog\n"
        "with AppendLog(Path(sys.argv[1]), sync_s=1000) as log:\n"
        "    for n in range(10**9):\n"
        "        log.append({'n': n}); print(n, flush=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": PYTHONPATH},
    ) as child:
        assert child.stdout is not None
        seen = [int(child.stdout.readline()) for _ in range(50)]
        child.send_signal(signal.SIGKILL)
    with AppendLog(path) as log:
        assert not log.empty
    assert values_of(path)[: len(seen)] == [{"n": n} for n in seen]
