"""Contradictions in the lexicon: each is an error, and all of them come at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchsmith.documents import lexicon
from benchsmith.documents.problems import Problems
from tests import world
from tests.conftest import Project

Spoil = Callable[[Path], object]


def add(name: str, *rows: str) -> Spoil:
    """Return what appends rows to a table."""

    def spoil(lex: Path) -> None:
        path = lex / name
        text = path.read_text() if path.is_file() else ""
        path.write_text(text + "".join(r.replace(";", "\t") + "\n" for r in rows))

    return spoil


CONFLICTS: dict[str, tuple[Spoil, str]] = {
    "one synonym for two labels": (
        add("tree/label.tsv", "wart;;wart;mole;;"),
        "tree/label.tsv:25: 'mole' also names 'nevus' on line 19; a name may belong to one term only",
    ),
    "a synonym that is another's name": (
        add("tree/label.tsv", "wart;;wart;Spleen;;"),
        "tree/label.tsv:25: 'Spleen' also names 'spleen'",
    ),
    "a cycle of parents": (
        add("tree/label.tsv", "x;y;x;;;", "y;z;y;;;", "z;x;z;;;"),
        "tree/label.tsv:26: 'y' is its own ancestor",
    ),
    "an unsigned mapping": (
        add("mappings/abdomen.tsv", "wart;exact;liver;;"),
        "mappings/abdomen.tsv:4: is not signed; put a curator from lexicon/curators.tsv",
    ),
    "an unsigned placement": (
        add("placements.tsv", "liver;ct;bone;dermatology;"),
        "placements.tsv:22: is not signed",
    ),
    "an unsigned abbreviation": (
        add("abbreviations.tsv", "S;spleen;*;*;;"),
        "abbreviations.tsv:3: is not signed",
    ),
    "an unsigned pair": (add("confusables.tsv", "rib;liver;both long;"), "confusables.tsv:3: is not"),
    "an abbreviation with two meanings in one modality": (
        add("abbreviations.tsv", "lk;liver;*;ct | mri;me;"),
        "abbreviations.tsv:3: 'lk' has another meaning at lexicon/abbreviations.tsv:2; narrow",
    ),
    "an abbreviation with two meanings below one modality": (
        lambda lex: (
            add("tree/modality.tsv", "ct-angiography;ct;CT angiography;;;")(lex),
            add("abbreviations.tsv", "LK;liver;*;ct-angiography;me;")(lex),
        ),
        "abbreviations.tsv:3: 'LK' has another meaning at lexicon/abbreviations.tsv:2",
    ),
    "a word mapped and dropped": (
        add("mappings/abdomen.tsv", "t12;drop;;me;no bone"),
        "mappings/abdomen.tsv:4: 't12' is already mapped at lexicon/mappings/abdomen.tsv:2",
    ),
    "a word mapped to two labels": (
        add("mappings/abdomen.tsv", "Rib_7;exact;liver;me;"),
        "mappings/abdomen.tsv:4: 'Rib_7' is already mapped at lexicon/mappings/abdomen.tsv:3",
    ),
    "an unknown curator": (
        add("mappings/abdomen.tsv", "wart;exact;liver;mee;"),
        "mappings/abdomen.tsv:4: unknown curator 'mee'; did you mean me?",
    ),
    "one of several curators unknown": (
        add("placements.tsv", "liver;ct;bone;dermatology;me | you"),
        "placements.tsv:22: unknown curator 'you'",
    ),
    "a curator twice": (add("curators.tsv", "me;Another;"), "curators.tsv:3: 'me' is also on line 2"),
    "a curator whose id is a list": (
        add("curators.tsv", "a | b;Two;"), "curators.tsv:3: 'a | b' is not a valid id"),
    "two placements": (
        add("placements.tsv", "liver;*;bone;dermatology;me"),
        "placements.tsv:22: ('liver', '*') already has a placement at lexicon/placements.tsv:",
    ),
}  # fmt: skip


def problems_of(folder: Path) -> list[str]:
    problems = Problems(folder)
    lexicon.collect(folder / "lexicon", problems)
    return [str(p) for p in problems.found]


@pytest.mark.parametrize("name", CONFLICTS)
def test_a_conflict_is_an_error_with_its_line(tmp_path: Path, name: str) -> None:
    world.documents(tmp_path)
    assert problems_of(tmp_path) == []
    spoil, what = CONFLICTS[name]
    spoil(tmp_path / "lexicon")
    assert any(p.startswith(f"lexicon/{what}") for p in problems_of(tmp_path)), problems_of(
        tmp_path
    )


def test_meanings_that_never_meet_are_no_conflict(tmp_path: Path) -> None:
    world.documents(tmp_path)
    lex = tmp_path / "lexicon"
    add("tree/modality.tsv", "ct-angiography;ct;CT angiography;;;")(lex)
    add("abbreviations.tsv", "LK;liver;*;mri;me;", "SP;spleen;abdomen;ct;me;",
        "SP;stomach;skin;ct;me;", "SP;spleen;*;mri;me;", "SP;Spleen;*;mri;me;")(lex)  # fmt: skip
    assert problems_of(tmp_path) == []


def test_all_conflicts_come_at_once(project: Project) -> None:
    """One check names each of them, sorted by file and line; nothing hides behind another."""
    wanted = [
        "one synonym for two labels", "a cycle of parents", "an unsigned mapping",
        "an abbreviation with two meanings in one modality", "a word mapped and dropped",
        "one of several curators unknown",
    ]  # fmt: skip
    for name in wanted:
        CONFLICTS[name][0](project.folder / "lexicon")
    said = project.run("check", code=2)
    for part in (
        "label.tsv:25: 'mole' also names", "label.tsv:27: 'y' is its own ancestor",
        "abdomen.tsv:4: is not signed", "abbreviations.tsv:3: 'lk' has another meaning",
        "abdomen.tsv:5: 't12' is already mapped", "placements.tsv:22: unknown curator 'you'",
    ):  # fmt: skip
        assert part in said, said
    assert "Traceback" not in said
