"""Words with which replies are read are written in one alphabet: a letter of another one matches nothing."""

from __future__ import annotations

import ast
import re
import unicodedata
from pathlib import Path

import pytest

from benchsmith import replies
from benchsmith.evaluate.extract import extract

MODULES = sorted(Path(replies.__file__).parent.glob("*.py"))
ROWS_OF_LETTERS = {"АВЕКМНОРСТХΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "أابجدهБГД", "АВСABCD"}  # noqa: RUF001
"""Letters of several alphabets that stand for one another."""


def _alphabets(word: str) -> set[str]:
    """Return the alphabets of a word's letters; Han and what is written beside it are one."""
    east = {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL"}
    names = {unicodedata.name(c).split()[0] for c in word if unicodedata.category(c)[0] == "L"}
    return {"east" if name in east else name for name in names}


def _words(module: Path) -> set[str]:
    """Return the words of a module's texts, without ranges of letters in brackets and escapes."""
    texts = [
        node.value
        for node in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    bare = [re.sub(r"\\.", " ", re.sub(r"\[[^]]*\w-\w[^]]*\]", " ", text)) for text in texts]
    return {word for text in bare for word in re.findall(r"[^\W\d_]+", text)}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_no_word_mixes_alphabets(module: Path) -> None:
    mixed = {word for word in _words(module) if len(_alphabets(word)) > 1}
    assert mixed <= ROWS_OF_LETTERS


def test_a_mixed_word_is_found(tmp_path: Path) -> None:
    module = tmp_path / "words.py"
    module.write_text('WHY = "why|\u0932\u0645\u0627\u0630\u0627"\n', "utf-8")
    assert [len(_alphabets(word)) for word in sorted(_words(module))] == [1, 2]


@pytest.mark.parametrize(
    ("why", "answer"),
    [
        ("Why the answer", "B"),
        ("لماذا الإجابة", "B"),
        ("Warum die Antwort", "B"),
        ("为什么答案", "B"),
    ],
)
def test_a_heading_that_asks_why_introduces_no_answer(why: str, answer: str) -> None:
    found = extract(f"{answer}\n{why}:\nA", ["liver", "spleen", "kidney"])
    assert found.picked == (1,)
