"""Nouns of stems: read with their faults, found nearest first, and filled so that no option is ruled out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchsmith.core.model import Question, Rejection
from benchsmith.documents import library
from benchsmith.documents.benchmark import Benchmark, Options
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.lexicon_excerpt import excerpt, facts
from benchsmith.documents.library import Library, read_benchmark
from benchsmith.documents.pools import Pool, Stem, TaskWords, collect_rules
from benchsmith.documents.problems import Problems
from benchsmith.drafting import stem_prompts
from benchsmith.plugins import EXPORTS
from benchsmith.stages.ask import ask
from tests import world
from tests.conftest import PROJECT
from tests.rows import choices
from tests.shipped_documents import shipped_library

HEADER = "label;source;language;noun;reviewed_by;note"
ROWS = [
    "abdominal-organ;*;en;lobed thing;me;",
    "count;*;en;dots;me;",
    "count;cells;en;round cells;me;",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nouns") / "project"
    world.documents(folder)
    return folder


@pytest.fixture(scope="module")
def lexicon(folder: Path) -> Lexicon:
    world.table(folder / "lexicon/nouns.tsv", HEADER, ROWS)
    return library.read(folder).lexicon


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("lever;*;en;lobe;me;", "unknown label 'lever'"),
        ("liver;*;en;lobe;;", "is not signed"),
        ("liver;*;xx;lobe;me;", "unknown language 'xx'"),
        ("liver;*;en;肝叶;me;", "has letters of another language: '肝叶'"),
        ("liver;*;en;;me;", "'' is not a noun"),
        ("liver;*;en;<object>;me;", "'<object>' is not a noun"),
        ("count;*;en;spots;me;", "'count' already has a noun"),
        ("liver;*;en;part of the hepar;me;", "tells the answer 'hepar'"),
        ("bone;*;en;kind of ribs;me;", "tells the answer 'rib'"),
        ("count;nowhere;en;dots;me;", "there is no source 'nowhere'"),
    ],
)
def test_a_row_that_cannot_be_is_reported_by_its_line(folder: Path, row: str, what: str) -> None:
    world.table(folder / "lexicon/nouns.tsv", HEADER, [*ROWS, row])
    problems = Problems(folder)
    library.collect(folder, problems)
    (found,) = problems.found
    assert found.file == "lexicon/nouns.tsv" and what in found.what
    assert found.line == len(ROWS) + 2 or "source" in what


def test_the_name_of_an_ancestor_itself_is_no_answer(folder: Path) -> None:
    """`stain` may be the noun of all stains, but not that of a label that is itself asked about."""
    for row, told in (("bone;*;en;bone;me;", False), ("rib;*;en;rib;me;", True)):
        world.table(folder / "lexicon/nouns.tsv", HEADER, [*ROWS, row])
        problems = Problems(folder)
        library.collect(folder, problems)
        assert any("tells the answer" in p.what for p in problems.found) == told, row


@pytest.mark.parametrize(
    ("label", "source", "language", "noun"),
    [
        ("count-3", "organs", "en", "dots"),
        ("count-3", "cells", "en", "round cells"),
        ("liver", "cells", "en", "lobed thing"),
        ("count-3", "cells", "zh", ""),
        ("rib", "cells", "en", ""),
    ],
)
def test_the_nearest_noun_holds(
    lexicon: Lexicon, label: str, source: str, language: str, noun: str
) -> None:
    assert lexicon.noun(label, source, language) == noun


def test_only_the_nouns_of_its_labels_and_its_language_are_facts_of_a_build(
    lexicon: Lexicon,
) -> None:
    both = replace(lexicon, nouns={**lexicon.nouns, ("count", "*", "zh"): "点"})
    some = facts(excerpt(both, ["count-1"], ["ct"], [], []))
    rows = {place: noun for place, noun in some.items() if "nouns.tsv" in place}
    assert sorted(rows.values()) == ["dots", "round cells"]


@pytest.fixture(scope="module")
def counted(folder: Path, lexicon: Lexicon) -> tuple[Benchmark, Library]:
    """Return a project whose counting and bone stems want a noun."""
    world.table(folder / "lexicon/nouns.tsv", HEADER, ROWS)
    benchmark, found = read_benchmark(folder, "small", frozenset(EXPORTS))
    stem = Stem("How many <object> does this <modality> image show?", "counting.yaml:5")
    pool = Pool("counting", {"image": (stem,)}, {}, TaskWords(("how many",), noun="object"))
    return benchmark, replace(found, pools={**found.pools, "counting": pool})


def test_a_stem_says_what_is_counted_and_no_option_counts_another_thing(
    counted: tuple[Benchmark, Library],
) -> None:
    benchmark, project = counted
    benchmark = benchmark.model_copy(
        update={"options": Options(unmirrored="keep"), "views": ("image",)}
    )
    by_label = {(f"count-{n}", "*", "en"): "dots" if n < 4 else "round cells" for n in range(8)}
    rows = [
        replace(choice, id=f"c{i}", label=f"count-{i % 8}", task="counting")
        for i, choice in enumerate(choices(project.lexicon, {"liver": 32}))
    ]
    lexicon = replace(project.lexicon, nouns=by_label)
    found = ask(rows, benchmark, lexicon, project.pools)
    asked = [q for q in found if isinstance(q, Question)]
    assert len(asked) == 32
    assert {q.question.split(" CT ")[0] for q in asked} == {
        "How many dots does this",
        "How many round cells does this",
    }
    for q in asked:
        ours = {f"count-{n}" for n in (range(4, 8) if "round" in q.question else range(4))}
        assert set(q.option_labels) <= ours, q.question


def test_a_label_without_a_noun_is_left_out_and_reported(
    counted: tuple[Benchmark, Library],
) -> None:
    benchmark, project = counted
    bare = replace(project.lexicon, nouns={("count-1", "*", "en"): "dots"})
    base = choices(project.lexicon, {"liver": 8})
    rows = [
        replace(c, id=f"c{i}", label=f"count-{i % 4}", task="counting") for i, c in enumerate(base)
    ]
    found = list(ask(rows, benchmark, bare, project.pools))
    missing = [r for r in found if isinstance(r, Rejection) and r.reason == "no-noun"]
    assert {r.detail.split()[0] for r in missing} == {"count-0", "count-2", "count-3"}
    assert all(r.detail.endswith("for <object>") for r in missing)


def test_every_shipped_label_that_needs_a_noun_has_one() -> None:
    found = shipped_library()
    lexicon = found.lexicon
    placed = {n for (n, _), p in lexicon.placements.items() if p.task == "attribute-recognition"}
    assert len(placed) > 50
    assert sorted(n for n in placed if not lexicon.noun(n, "any", "en")) == []
    counting = {n for (n, _), place in lexicon.placements.items() if place.task == "counting"}
    for source, words in lexicon.mappings.items():
        for row in words.values():
            if row.label in counting:
                for language in ("en", "zh"):
                    assert lexicon.noun(row.label, source, language), (source, row.label)


def test_a_prompt_wants_the_placeholder_that_the_stems_want(
    folder: Path, counted: tuple[Benchmark, Library]
) -> None:
    problems = Problems(PROJECT)
    prompt = stem_prompts.template(PROJECT, problems)
    rules = collect_rules(folder / "question_pools", {"en": []}, problems)["en"]
    assert not problems.found
    for task, several, wanted in (
        ("counting", False, True),
        ("counting", True, False),
        ("bone", False, False),
    ):
        scope = stem_prompts.DraftScope((task,), ("mri",), ("image",), "en", 2, 5, several)
        texts = [p.text for p in stem_prompts.prompts(counted[1], rules, prompt, scope)]
        assert len(texts) == 2
        assert all(("<object> exactly once" in text) == wanted for text in texts), task
        assert all("<modality> exactly once" in text and "$" not in text for text in texts)
