"""Every rule of a stem finds the stem that breaks it, by file and line, and only that one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.documents import library
from benchsmith.documents.problems import Problem, Problems
from benchsmith.documents.stem_likeness import Placed, monotonous, repeated
from benchsmith.text.languages import LANGUAGES
from benchsmith.text.normal_form import normal
from tests import world

TASK = "question_pools/tasks/organ-recognition-abdomen.yaml"
ZH_TASK = TASK.replace(".yaml", ".zh.yaml")
GOOD = "Looking into the box of this <modality> picture, which organ do you see?"


def problems_of(folder: Path) -> list[Problem]:
    found = Problems(folder)
    library.collect(folder, found)
    return found.found


def plant(folder: Path, file: str, view: str, stem: str, block: str = "stems") -> int:
    """Put a stem at the head of a list; return its line. A list that is not there is made."""
    path = folder / file
    lines = path.read_text("utf-8").splitlines()
    if f"{block}:" not in lines:
        lines += [f"{block}:", f"  {view}:"]
    at = lines.index(f"  {view}:", lines.index(f"{block}:")) + 1
    lines.insert(at, f"    - '{stem}'")
    world.put(path, "\n".join(lines) + "\n")
    return at + 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a project in English and Chinese without a problem."""
    folder = tmp_path / "project"
    world.documents(folder)
    world.chinese(folder)
    assert problems_of(folder) == []
    return folder


@pytest.mark.parametrize(
    ("stem", "what"),
    [
        ("Which organ lies inside the box on this picture?", "must contain <modality> exactly once"),
        ("On <modality> or <modality>, which organ is in the box?", "must contain <modality> exactly once"),
        ("Which <place> organ is in the box on this <modality> picture?", "contains '<place>'"),
        ("Which {place} organ is in the box on this <modality> picture?", "contains '{'"),
        ("Name the organ that the box on this <modality> picture holds.", "question mark"),
        ("Which organ is this? Is it in the box on the <modality> scan?", "more than one question"),
        (" Which organ is in the box on this <modality> picture?", "has leading"),
        ("Which organ is in the box on this \u200b<modality> picture?", "an unprintable character"),
        ("Which organ, 器官, is in the box on this <modality> picture?", "contains letters that are not English: '器官'"),
        ("Which organ, \u0430s seen in the box of this <modality> picture?", "letters that are not English"),
        ("Organ in <modality> box?", "has 13 characters"),
        ("Which organ, " + "of those offered, " * 9 + "fills the box of this <modality> picture?", "characters without"),
        ("Which organ fills the box on a <modality> picture?", "which does not fit"),
        ("What can be seen in the box on this <modality> picture?", "none of the task's cues"),
        ("Which organ can be seen on this <modality> picture?", "none of the cues for the granularity box"),
        ("Which organ is obviously in the box on this <modality> picture?", "gives a hint ('obviously')"),
        ("Which organ except one is in the box on this <modality> picture?", "leads towards or away"),
        ("Which organ of the benchmark is in the box on this <modality> picture?", "refers to the test"),
        ("Name all that apply: which organ is in the box on this <modality> picture?", "asks for several answers"),
        ("Which organ, stomach or other, is in the box on this <modality> picture?", "names the label 'stomach'"),
        ("Which organ, or Lien, is in the box on this <modality> picture?", "names the label 'lien'"),
        ("Which of the LIVERS is the organ in the box on this <modality> picture?", "names the label 'liver'"),
    ],
)  # fmt: skip
def test_a_stem_that_breaks_a_rule_is_found_by_its_line(folder: Path, stem: str, what: str) -> None:
    line = plant(folder, TASK, "box", stem)
    found = problems_of(folder)
    assert {(p.file, p.line) for p in found} == {(TASK, line)}
    assert any(what in p.what for p in found), found


def test_a_stem_that_keeps_the_rules_is_no_problem(folder: Path) -> None:
    plant(folder, TASK, "box", GOOD)
    plant(folder, TASK, "box", "Which organs are in the box of the <modality> slice?", "several")
    assert problems_of(folder) == []


def test_a_stem_that_says_again_what_another_says_is_found(folder: Path) -> None:
    plant(folder, TASK, "box", GOOD.replace("do you see", "can you see"))
    first = plant(folder, TASK, "box", GOOD)
    (problem,) = problems_of(folder)
    assert (problem.file, problem.line) == (TASK, first + 1)
    assert problem.what.startswith(f"nearly repeats line {first}: ")


def test_an_image_stem_speaks_of_no_mark(folder: Path) -> None:
    line = plant(folder, TASK, "image", "Which organ is shaded in this <modality> image?")
    (problem,) = problems_of(folder)
    assert (problem.file, problem.line) == (TASK, line)
    assert problem.what.startswith("asks about the whole image but mentions a mask")


def test_a_stem_for_several_answers_says_so(folder: Path) -> None:
    line = plant(folder, TASK, "box", GOOD, "several")
    (problem,) = problems_of(folder)
    assert (problem.file, problem.line) == (TASK, line)
    assert problem.what.startswith("does not state that several answers may be right")


def test_stems_that_all_begin_alike_are_found(folder: Path) -> None:
    for place in ("upper left corner", "midst", "second half"):
        plant(
            folder, TASK, "box", f"In the {place} of the box of this <modality> view, which organ?"
        )
    (problem,) = problems_of(folder)
    assert problem.file == TASK and "4 of 5 stems start with 'in'" in problem.what


@pytest.mark.parametrize(
    ("stem", "what"),
    [
        ("这张照片的方框里有什么器官？", "must contain <modality> exactly once"),
        ("这张<modality>照片的方框里有什么器官?", "question mark (？)"),
        ("这张<modality>照片的box方框里有什么器官？", "contains letters that are not Simplified Chinese: 'box'"),
        ("这张<modality>照片的方框内有什么？", "none of the task's cues"),
        ("这张<modality>照片里有什么器官？", "none of the cues for the granularity box"),
        ("这张<modality>照片的方框里明显是什么器官？", "gives a hint ('明显')"),
        ("数据集给<modality>照片的方框写了什么器官？", "refers to the test"),
        ("该<modality>照片方框里除外的器官是哪一个？", "leads towards or away"),
        ("该<modality>照片的方框里有哪些器官？", "asks for several answers"),
        ("该<modality>照片方框里靠近肝脏的器官是哪个？", "names the label '肝脏'"),
        ("该<modality>照片方框里的器官はどれ？", "letters that are not Simplified Chinese: 'はどれ'"),
        ("器官框？<modality>", "characters without"),
    ],
)  # fmt: skip
def test_the_rules_hold_in_chinese_without_blanks(folder: Path, stem: str, what: str) -> None:
    line = plant(folder, ZH_TASK, "box", stem)
    found = problems_of(folder)
    assert {(p.file, p.line) for p in found} == {(ZH_TASK, line)}
    assert any(what in p.what for p in found), found


def test_a_file_s_language_is_that_of_its_name(folder: Path) -> None:
    text = (folder / ZH_TASK).read_text("utf-8")
    world.put(folder / ZH_TASK, text.replace("language: zh", "language: en"))
    world.put(folder / TASK.replace(".yaml", ".xx.yaml"), text)
    assert [(p.file, p.line, p.what) for p in sorted(problems_of(folder))] == [
        (TASK.replace(".yaml", ".xx.yaml"), 1, "no names of labels in the language 'xx'"),
        (ZH_TASK, 2, "`language` is 'en', but the file's name has 'zh'"),
    ]


WORDS = ["which", "organ", "does", "this", "rectangle", "enclose", "on", "the", "picture"]
HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=12)


@given(HAN, HAN, HAN)
def test_a_chinese_name_is_found_anywhere(before: str, name: str, after: str) -> None:
    assert LANGUAGES["zh"].contains(normal(before + name + after), name)
    assert LANGUAGES["zh"].contains(normal(name), name)
    assert not LANGUAGES["zh"].contains(normal(before), before + name)


@given(st.permutations(WORDS))
def test_other_order_of_the_same_words_is_a_repetition(words: list[str]) -> None:
    stems = [
        Placed("Which organ does this rectangle enclose on the <modality> picture?", 4),
        Placed(" ".join(words) + ", <modality>?", 9),
    ]
    ((stem, what),) = repeated(stems, LANGUAGES["en"])
    assert stem.line == 9 and what.endswith("repeats line 4")


@given(st.integers(0, 12), st.integers(0, 12))
def test_more_than_half_is_too_many(same: int, other: int) -> None:
    stems = [Placed(f"Which organ {i}?", i) for i in range(same)]
    stems += [Placed(f"begin{i} with it?", i) for i in range(other)]
    said = monotonous(stems, LANGUAGES["en"])
    assert bool(said) == (same + other >= 4 and same * 2 > same + other)
