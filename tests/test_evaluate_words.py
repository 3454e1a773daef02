"""What the commands that ask and score say of mistakes, and the prompts and settings they take."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.evaluate import answer_log as store
from benchsmith.evaluate import prompts, request_settings, wording_files
from benchsmith.evaluate.answer_log import Run
from tests.asking import command, evaluate, release
from tests.endpoint import chat, scripted_server

__all__ = ["release"]


# what a person does wrong


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("demoo", "--model", "m", "--base-url", "http://x/v1"), "there is no release 'demoo'"),
        (("small", "--model", "m"), "no endpoint is given"),
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
def test_mistakes_are_reported_in_one_line(
    release: Path, words: tuple[str, ...], hint: str
) -> None:
    said = command("evaluate", *words, "--output", str(release.parents[1]), code=2)
    assert hint in said and "Traceback" not in said


def test_what_is_no_release_is_reported(release: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    assert "is not a release: it has no data/*.parquet" in command("scores", str(tmp_path), code=2)
    pq.write_table(pa.table({"id": ["a"]}), tmp_path / "data/x.parquet")
    assert "has no column image, question" in command("scores", str(tmp_path), code=2)
    (tmp_path / "data/x.parquet").write_bytes(b"PAR1 no PAR1")
    assert "cannot be read" in command("scores", str(tmp_path), code=2)
    assert "there are no answers to score" in command(
        "scores", "small", "--output", str(release.parents[1]), code=2
    )


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
