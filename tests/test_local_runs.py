"""Whole runs of a model of this machine: asked once, stopped, and asked on."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from benchsmith.evaluate import answer_log as store
from tests.asking import command, scores
from tests.local_models import found, process, release, snapshot, trained, with_torch, words_for
from tests.paths import PYTHONPATH

__all__ = ["release", "trained"]


@with_torch
def test_the_whole_way(trained: Path, release: Path, tmp_path: Path) -> None:
    """Right about every colour; asked again it is not even loaded; another model is another run."""
    told = command(*words_for(release, trained, tmp_path))
    assert "40 questions to ask" in told and "40 answers" in told
    board = scores(release, tmp_path)
    assert re.search(r"1 +local:tiny-vlm +100\.00", board)
    (path,) = store.files(tmp_path / "colours/answers")
    kept = store.read(path)
    assert dict(kept.run.settings)["revision"] == found(trained, tmp_path).revision
    assert str(trained) not in path.read_text()
    before = path.read_bytes()
    again = process(words_for(release, trained, tmp_path))
    assert "40 of 40 questions are answered" in again.stdout
    assert path.read_bytes() == before
    other = shutil.copytree(trained, tmp_path / "other/tiny-vlm")
    without = (other / "model.safetensors").read_bytes()
    (other / "model.safetensors").write_bytes(without[:-4] + b"\0\0\0\0")
    told = command(*words_for(release, other, tmp_path, "--limit", "3"), code=6)
    assert "0 of 3 questions are answered" in told
    assert len(store.files(tmp_path / "colours/answers")) == 2
    assert scores(release, tmp_path).count("local:tiny-vlm (prompt-") == 2


@with_torch
def test_a_panel_and_no_picture(trained: Path, release: Path, tmp_path: Path) -> None:
    command(*words_for(release, trained, tmp_path, "--limit", "4", "--panel", "readers"), code=6)
    command(*words_for(release, trained, tmp_path, "--limit", "4", "--no-picture"), code=6)
    board = scores(release, tmp_path)
    assert "local:tiny-vlm, panel readers" in board and "local:tiny-vlm, no picture" in board


@with_torch
def test_a_repository_is_read_offline_and_its_commit_kept(
    trained: Path, release: Path, tmp_path: Path
) -> None:
    commit = "89abcdef0123456789abcdef0123456789abcdef"
    shutil.copytree(trained, snapshot(tmp_path / "home", commit))
    offline = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "home")}
    done = process(words_for(release, "lab/tiny", tmp_path, "--limit", "4"), **offline)
    assert done.returncode == 6, done.stderr
    (path,) = store.files(tmp_path / "colours/answers")
    run = store.read(path).run
    assert run.model == "local:lab/tiny" and dict(run.settings)["revision"] == commit
    done = process(words_for(release, "lab/none", tmp_path), **offline)
    assert done.returncode == 4 and "is not on this machine" in done.stderr


@with_torch
def test_killed_at_any_moment_it_ends_with_the_same_tables_and_asks_nothing_twice(
    trained: Path, release: Path, tmp_path: Path
) -> None:
    calm, rough = tmp_path / "calm", tmp_path / "rough"
    assert process(words_for(release, trained, calm, "--batch", "3")).returncode == 0
    words = [
        sys.executable,
        "-m",
        "benchsmith",
        *words_for(release, trained, rough, "--batch", "3"),
    ]
    env = {**os.environ, "PYTHONPATH": PYTHONPATH, "OMP_NUM_THREADS": "1"}
    kills = 0
    for wanted in (4, 17, 29):
        child = subprocess.Popen(
            words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while child.poll() is None and lines(rough) <= wanted:
            time.sleep(0.002)
        if child.poll() is None:
            child.send_signal(signal.SIGKILL)
            kills += 1
        child.wait()
        with next(rough.rglob("*.jsonl")).open("ab") as file:
            file.write(b'{"case": "torn')
    assert kills == 3
    done = process(words[3:])
    assert done.returncode == 0 and "40 of 40" not in done.stdout
    (path,) = store.files(rough / "colours/answers")
    cases = [json.loads(line)["case"] for line in path.read_text().splitlines()[1:]]
    assert len(cases) == len(set(cases)) == 40, "an answer that was kept is not asked again"
    for folder in (calm, rough):
        scores(release, folder)
    assert tables(calm) == tables(rough)


def lines(output: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in store.files(output / "colours/answers"))


def tables(output: Path) -> dict[str, bytes]:
    """Return the score tables' bytes."""
    return {p.name: p.read_bytes() for p in sorted((output / "colours/scores").iterdir())}
