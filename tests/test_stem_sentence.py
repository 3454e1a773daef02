"""The sentence of a stem: each rule finds what breaks it, leaves its neighbours, and all stems keep it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml as plain_yaml

from benchsmith.documents import pools
from benchsmith.documents.pools import Rules
from benchsmith.documents.problems import Problems
from benchsmith.documents.stem_sentence import readability
from benchsmith.documents.stems import TaskWords, Wording
from tests.conftest import PROJECT

TASKS = PROJECT / "question_pools/tasks"


@pytest.fixture(scope="module")
def rules() -> dict[str, Rules]:
    """Return the shipped rules of both languages, without names of labels."""
    problems = Problems(PROJECT)
    found = pools.collect_rules(PROJECT / "question_pools", {"en": [], "zh": []}, problems)
    assert not problems.found
    return found


def faults(rules: Rules, stem: str, view: str = "box", **words: object) -> list[str]:
    cues = ("organ",) if rules.language.spaced else ("器官",)
    return list(rules.checker(TaskWords(cues, **words)).faults(stem, view))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stem", "what"),
    [
        ("Can you name the organ in the box on this <modality> image?", "yes/no question ('can')"),
        ("Is the organ in the box on this <modality> image one of those listed?", "yes/no question ('is')"),
        ("In this <modality> image, does the box hold an organ from the list?", "yes/no question ('does')"),
        ("If the box on this <modality> image had a title, which organ might it name?", "riddle or a condition ('if')"),
        ("Which organ would the caption of the box on this <modality> image name?", "riddle or a condition ('would the')"),
        ("For a student who sees this <modality> image, which organ is in the box?", "condition ('student')"),
        ("Which organ forms the main part of the box on this <modality> image?", "claims more than is known ('main'"),
        ("Which organ is the only one in the box on this <modality> image?", "claims more than is known ('the only')"),
        ("The box on this <modality> image holds an organ; which is it?", "';' within the sentence"),
        ("A box lies on this <modality> image: which organ does it hold?", "':' within the sentence"),
        ('Which organ is the "target" in the box on this <modality> image?', "'\"' within the sentence"),
        ("In this <modality> image, in the box, on the line, which organ is seen?", "3 commas"),
        ("The box on this <modality> image shows which organ?", "'which' inside the sentence"),
        ("In the box of this <modality> image lies what organ?", "'what' inside the sentence"),
        ("Which organ is in the box on this <modality> image, and what is its name?", "asks twice ('which' and 'what')"),
        ("Name the organ in the box on this <modality> image?", "no question word"),
        ("Looking at the small area that somebody has put into the box on this <modality> image, which organ is it?", "words before the question"),
        ("Which organ is in the box that was put on this <modality> image so that a reader may see in it, at once, what"[:-6] + " it is?", "more than 24"),
        ("Which anatomically characteristic abdominal organ constituent predominates inside this <modality> box?", "readability index"),
    ],
)  # fmt: skip
def test_a_sentence_that_breaks_a_rule_is_explained(
    rules: dict[str, Rules], stem: str, what: str
) -> None:
    assert any(what in said for said in faults(rules["en"], stem)), faults(rules["en"], stem)


@pytest.mark.parametrize(
    "stem",
    [
        "Which organ lies inside the box on this <modality> image?",
        "To which organ does the boxed area of this <modality> image belong?",
        "In this <modality> image, around which organ has a box been drawn?",
        "Of the organs listed, which is in the box on this <modality> image?",
        "Judging by shape, position and neighbours, which organ is in the box on this <modality> image?",
        "How would you name the organ in the box on this <modality> image?",
        "Which organ can be seen in the box on this <modality> image?",  # no polar can
        "Which organ with a well-defined margin is in the box on this <modality> image?",  # no dash
    ],
)
def test_a_direct_question_is_no_fault(rules: dict[str, Rules], stem: str) -> None:
    assert faults(rules["en"], stem) == []


@pytest.mark.parametrize(
    ("stem", "what"),
    [
        ("这幅<modality>图像的方框内是不是一个器官？", "yes/no question ('是不是')"),
        ("这幅<modality>图像方框内的器官能看到吗？", "yes/no question ('吗')"),
        ("如果为<modality>图像的方框命名，应写哪个器官？", "condition ('如果')"),
        ("放射科医师在<modality>图像的方框内会看到哪个器官？", "condition ('医师')"),
        ("<modality>图像方框内的区域主要属于哪个器官？", "claims more than is known ('主要')"),
        ("<modality>图像上有方框：其中是哪个器官？", "':' within the sentence"),
        ("在<modality>图像上，方框之内，是哪个器官？", "2 commas"),
        ("<modality>图像的方框内是哪个器官，它叫什么？", "asks twice"),
        ("请说出<modality>图像方框内的器官名称？", "no question word"),
    ],
)
def test_the_sentence_has_rules_in_chinese(rules: dict[str, Rules], stem: str, what: str) -> None:
    assert any(what in said for said in faults(rules["zh"], stem)), faults(rules["zh"], stem)
    assert faults(rules["zh"], "下列器官中，哪一个位于<modality>图像的方框里？") == []


def test_the_words_may_be_written_in_any_case(rules: dict[str, Rules]) -> None:
    loud = {name: tuple(w.upper() for w in words) for name, words in rules["en"].wording}
    shouted = replace(rules["en"], wording=Wording(**loud))
    for stem, n in (
        ("Can you name the organ in the box on this <modality> image?", 1),
        ("To which organ does the box on this <modality> image belong?", 0),
    ):
        assert len(faults(shouted, stem)) == n, faults(shouted, stem)


def test_a_task_may_ask_for_yes_or_no_and_bans_words_of_its_own(rules: dict[str, Rules]) -> None:
    polar = "Is the organ in the box on this <modality> image well seen?"
    assert faults(rules["en"], polar, yes_no=True) == []
    stem = "Which organ of soft tissue is in the box on this <modality> image?"
    (said,) = faults(rules["en"], stem, avoid=("tissue",))
    assert said == "uses a word that does not suit the task ('tissue')"


def test_a_stem_about_one_of_many_things_in_view_refers_to_the_choices(
    rules: dict[str, Rules],
) -> None:
    """A lone "which organ does the image show" would claim that it shows only one."""
    told = "asks for one of many things in view; ask which of these is seen"
    for language, bare, fitting in (
        ("en", "Which organ does this <modality> image show?", "Which of these organs"),
        ("zh", "这幅<modality>图像中可以看到哪一个器官？", "下列哪一个"),
    ):
        of = rules[language]
        assert faults(of, bare, "image", many_in_view=True) == [told]
        assert faults(of, bare, "image") == []
        chosen = bare.replace("Which organ", fitting).replace("哪一个", fitting)
        assert faults(of, chosen, "image", many_in_view=True) == []
    boxed = "Which organ lies inside the box on this <modality> image?"
    assert faults(rules["en"], boxed, many_in_view=True) == []


def test_a_task_with_a_noun_wants_its_placeholder_once(rules: dict[str, Rules]) -> None:
    good = "How many <object> are in the box on this <modality> image?"
    assert faults(rules["en"], good, noun="object") == []
    for stem in (
        good.replace("<object>", "organs"),
        good.replace("many <object>", "many <object> of <object>"),
        good.replace("<object>", "<attribute>"),
    ):
        said = faults(rules["en"], stem, noun="object")
        assert "must contain <object> exactly once" in said, stem
    assert any("'<object>', which is not a known" in said for said in faults(rules["en"], good))
    article = "What is a <object> in the box on this <modality> image?"
    assert any("fit every <object>" in said for said in faults(rules["en"], article, noun="object"))


def test_the_index_is_that_of_its_definition() -> None:
    """LIX is words per sentence plus the percentage of words with more than six letters."""
    text = "which organ or structure lies within the bounding box on this image"
    words = text.split()
    long_words = sum(len(word) > 6 for word in words)
    assert long_words == 2  # structure, bounding
    assert readability(text) == pytest.approx(12 + 100 * 2 / 12)
    assert readability(text, ["organ or structure"]) == pytest.approx(12 + 100 / 12)


def written(language: str) -> Iterator[tuple[Path, str]]:
    """Yield the stems of a language as a reader of YAML finds them."""
    for path in sorted(TASKS.glob("*.yaml")):
        if path.name.endswith(".zh.yaml") == (language == "zh"):
            file = plain_yaml.safe_load(path.read_text("utf-8"))
            for block in ("stems", "several"):
                for stems in file.get(block, {}).values():
                    yield from ((path, stem) for stem in stems)


def longest(file: str, column: int) -> str:
    """Return the entry of most words in a column of a table of the lexicon."""
    rows = (PROJECT / "lexicon" / file).read_text("utf-8").splitlines()[1:]
    return max((row.split("\t")[column] for row in rows), key=lambda name: len(name.split()))


def test_every_english_stem_is_one_short_question_when_it_is_filled() -> None:
    modality, noun = longest("tree/modality.tsv", 2), longest("nouns.tsv", 3)
    assert len(modality.split()) >= 4, modality
    stems = list(written("en"))
    assert len(stems) == 1234
    for path, stem in stems:
        said = re.sub("<(attribute|object)>", noun, stem).replace("<modality>", modality)
        words = said.rstrip("?").split()
        assert len(words) < 25, (path.name, said)
        assert not re.search(r"[;:.!]", said) and said.count("?") == 1, (path.name, said)
        head = said.split(", ")[-1].lower().split()
        asks = head[1] if head[0] in ("to", "around", "over") else head[0]
        assert asks in ("which", "what", "how"), (path.name, said)


def test_every_chinese_stem_asks_once_and_directly() -> None:
    stems = list(written("zh"))
    assert len(stems) == 448
    for path, stem in stems:
        assert len(re.findall("哪|什么|多少|(?<!哪)几个|何种", stem)) == 1, (path.name, stem)
        assert not re.search("吗|是否|如果|若|医师|主要", stem), (path.name, stem)
        assert stem.count("，") <= 1, (path.name, stem)


def test_the_checkers_of_all_tasks_share_the_names_of_labels(rules: dict[str, Rules]) -> None:
    """A lexicon of a hundred thousand labels was sorted by words once for each of 46 files of stems."""
    named = replace(rules["en"], names=("bone", "liver", "tibia"))
    one, other = (named.checker(TaskWords((cue,))) for cue in ("bone", "organ"))
    assert one._names is other._names  # noqa: SLF001
    stem = "Which bone does the box on this <modality> image show, the tibia or the bones of the liver?"
    assert one.named(stem) == ["liver", "tibia"], "the task asks for a bone"
    assert other.named(stem) == ["bone", "liver", "tibia"]
