"""Words whose label a person left open: they may mean any label, so that none is absent beside them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchsmith.core.absent_labels import ANY_LABEL
from benchsmith.core.reasons import REASONS
from benchsmith.documents import tsv
from benchsmith.documents.lexicon import MAPPING_COLUMNS
from benchsmith.documents.lexicon.word_mappings import Mapped
from benchsmith.documents.library import Library, read
from benchsmith.drafting import sign_mapping
from benchsmith.stages.normaliser import Normaliser
from benchsmith.stages.resolved_word import UNDECIDED
from tests.conftest import Project
from tests.merged_readers import photographs
from tests.paths import PROJECT
from tests.test_denied_findings import HOT, labelled

SOURCE = "set"
COLUMNS = ("No Finding", "Pneumonia", "Zyxoma", "Atelectasis")


@pytest.fixture(scope="module")
def library() -> Library:
    return read(PROJECT)


def signed(library: Library, relation: str) -> Library:
    """Return documents in which a row of the source's mapping has the word, with a relation."""
    rows = {SOURCE: {"zyxoma": Mapped(relation, "", "why", f"lexicon/mappings/{SOURCE}.tsv:2")}}
    return replace(library, lexicon=replace(library.lexicon, mappings=rows))


@pytest.mark.parametrize(("relation", "may_be_any"), [("drop", False), ("unknown", True)])
def test_what_a_word_without_a_label_says_of_others(
    tmp_path: Path, library: Library, relation: str, may_be_any: bool
) -> None:
    """A word that names nothing leaves the others absent; a finding without a label may be one of them."""
    photographs(tmp_path, "a", "b", "c")
    table = f"id,{','.join(COLUMNS)}\na,0,1,1,0\nb,0,1,0,0\nc,1,0,1,0\n"
    (tmp_path / "t.csv").write_text(table)
    ours = signed(library, relation)
    found, left = labelled(tmp_path, ours, {**HOT, "one_hot": COLUMNS})
    same = Normaliser(ours.lexicon).lineage
    for key, unsure in (("a", may_be_any), ("b", False)):
        searched = found[key]["pneumonia"].searched
        assert (ANY_LABEL in searched.unknown) == unsure
        related = lambda one, other: other in same(one)  # noqa: E731
        assert searched.is_absent("atelectasis", related) != unsure
    assert left == ({"c": {"No Finding"}} if may_be_any else {})
    assert set(found["c"]) == (set() if may_be_any else {"no-finding"})


def test_such_words_are_a_choice_and_no_fault(library: Library) -> None:
    found = Normaliser(signed(library, "unknown").lexicon).resolve("Zyxoma", SOURCE, "chest-x-ray")
    assert (found.label, found.reason) == ("", UNDECIDED)
    assert found.decided_at == f"lexicon/mappings/{SOURCE}.tsv:2"
    assert not REASONS[UNDECIDED].fault


def test_only_a_person_says_that_a_word_names_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lexicon/mappings/own.tsv"
    path.parent.mkdir(parents=True)
    blank = dict.fromkeys(MAPPING_COLUMNS, "") | {"relation": "exact"}
    near = {"label": "liver", "note": "draft: liver 100 (hepar); stated 2 times"}
    rows = [{"raw": word, **near} for word in ("taken", "left", "camera", "other")]
    tsv.write(path, MAPPING_COLUMNS, [blank | row for row in rows])
    chosen = {"taken": "spleen", "left": "", "camera": sign_mapping.DROP}
    done = sign_mapping.sign(tmp_path, "own", "ann", "none", chosen)
    assert done == (1, 2, 1)
    relations = [(r["relation"], r["label"]) for r in tsv.read(path, MAPPING_COLUMNS, tmp_path)]
    assert relations == [("exact", "spleen"), ("unknown", ""), ("drop", ""), ("unknown", "")]


@pytest.mark.parametrize("cells", ["unknown\tliver\tworld\twhy", "unknown\t\tworld\t"])
def test_an_open_row_has_a_note_and_no_label(project: Project, cells: str) -> None:
    path = project.folder / "lexicon/mappings/abdomen.tsv"
    path.write_text(path.read_text("utf-8") + f"zyxoma\t{cells}\n", "utf-8")
    said = project.run("check", code=2)
    assert "a `unknown` row needs an empty `label` and a `note` that gives the reason" in said
