"""Present, absent, unknown: only a label that was looked for and is absent is a wrong option."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import PIL.Image
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchsmith.core.absent_labels import Searched
from benchsmith.core.contracts import Annotations, DataFault, Fault
from benchsmith.core.model import Choice, Label, Neighbour, Question, Rejection
from benchsmith.documents.labels import Masks, RtStruct, Sheet
from benchsmith.stages.absent_marks import searched_by_entry
from tests.rows import FINDING, choices, few, normalised
from tests.searched_pictures import DRAWS, FREE, Small, asked, chosen, offered, small
from tests.test_ingest import run

__all__ = ["small"]


def test_an_entry_that_cannot_be_read_makes_its_labels_unknown() -> None:
    """Of one that names its labels these, else any; of one about whole pictures none of a region."""
    file = {"file": "{key}.png", "exhaustive": True}
    spleen = Masks(kind="masks", label="spleen", **file)
    liver = Masks(kind="masks", label="liver", **file)
    free = RtStruct(kind="rtstruct", file="rt.dcm")
    sheet = Sheet(kind="sheet", file="s.csv", key="id", labels=("finding",))
    read = Annotations(looked_for=frozenset({"spleen"}))
    lost = DataFault("file-missing", "liver.png", "is not there")
    assert searched_by_entry([spleen, liver, sheet], [read, lost, lost])[0] == Searched(
        labels=("spleen",), unknown=("liver",)
    )
    both, other = searched_by_entry([spleen, free], [read, lost])
    assert both == Searched(labels=("spleen",), unknown=("*",))
    assert other == Searched(unknown=("*",)), "it is not exhaustive"
    nameless = Annotations(faults=[Fault("class-unknown", "rt.dcm ROI 3", "has no name")])
    assert not searched_by_entry([free], [nameless])[0].knows_absence


def test_what_was_looked_for_is_named_by_labels(small: Small) -> None:
    """One side alone leaves the organ open; a word that nobody mapped may be any label."""

    def named(labels: str, unknown: str = "", beside: str = "") -> Searched:
        neighbours = tuple(
            Neighbour(name=n, in_region=0.0, in_box=0.0, share=0.1) for n in beside.split()
        )
        searched = Searched(labels=tuple(labels.split()), unknown=tuple(unknown.split()))
        finding = replace(FINDING, searched=searched, neighbours=neighbours)
        (found,) = normalised([finding], small[1].lexicon)
        assert isinstance(found, Label)
        return found.searched

    assert named("hepar kidney_left") == Searched(labels=("liver",))
    assert named("kidney_left kidney_right") == Searched(labels=("kidney",))
    assert named("*", "kidney_left") == Searched(labels=("*",), unknown=("kidney",))
    assert named("*", "Lebr") == Searched(labels=("*",), unknown=("*",))
    assert named("*", beside="Lebr hepar") == Searched(labels=("*",), unknown=("*",))
    assert named("*", beside="hepar") == Searched(labels=("*",))


def test_labels_of_another_samples_entry_were_not_looked_for(small: Small) -> None:
    """Where the files do not list what was looked for, it is what the entry states anywhere."""
    some = choices(small[1].lexicon, dict.fromkeys(FREE, 4))
    apart = [replace(c, entry=int(c.label in ("liver", "spleen"))) for c in some]
    for draw in DRAWS:
        rows = asked(small, apart, options=few(draw=draw, unmirrored="keep"))
        pairs = {
            frozenset(q.option_labels)
            for q in rows
            if isinstance(q, Question) and q.view == "image"
        }
        assert pairs == {frozenset({"liver", "spleen"}), frozenset({"kidney", "gallbladder"})}


def test_a_label_of_a_whole_picture_may_be_unknown(small: Small, tmp_path: Path) -> None:
    """A cell that the recipe does not name is of its own column; an uncertain one names its label."""
    (tmp_path / "data").mkdir()
    y, x = np.indices((30, 30))
    for n in range(4):
        picture = ((x * (3 + n) + y * 5) % 251).astype(np.uint8)
        PIL.Image.fromarray(picture).save(tmp_path / f"data/{n}.png")
    rows = ["id,organ,side", "0,L;odd,A", "1,L,odd", "2,S,A", "3,K,B"]
    (tmp_path / "data/s.csv").write_text("\n".join(rows))
    recipe = '  - images: "{key}.png"\n    modality: ct\n    labels:\n      - {kind: sheet, '
    recipe += 'file: s.csv, key: id, labels: [organ, side], delimiter: ";", '
    recipe += "values: {L: liver, S: spleen, K: kidney, A: first, B: second}}\n"
    findings, _, _ = run(tmp_path, recipe)
    rows_asked = asked(small, chosen(findings, small[1]), options=few(draw="uniform"))
    assert offered(rows_asked, "0")[False] == set(), "it may show anything"
    assert offered(rows_asked, "1")[False] == {"spleen", "kidney"}
    assert any(
        isinstance(r, Rejection) and r.reason == "absence-unknown" and "/0#" in r.subject
        for r in rows_asked
    )


@st.composite
def states(draw: st.DrawFn) -> list[tuple[str, Searched, frozenset[str]]]:
    """Key, what was looked for, and other labels shown, of some pictures."""
    some = st.frozensets(st.sampled_from(FREE), max_size=2)
    looked = st.one_of(st.just(frozenset({"*"})), st.frozensets(st.sampled_from(FREE), max_size=4))
    odd = st.sampled_from([frozenset[str](), frozenset[str](), frozenset({"*"})])
    one = st.tuples(st.sampled_from(FREE), looked, some, odd, some)
    return [
        (
            key,
            Searched(labels=tuple(sorted(labels)), unknown=tuple(sorted(unknown | anything))),
            beside - {key},
        )
        for key, labels, unknown, anything, beside in draw(st.lists(one, min_size=8, max_size=24))
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pool=states(), draw=st.sampled_from(DRAWS), same=st.sampled_from(["marked", "all"]))
def test_every_wrong_option_was_looked_for_and_is_absent(
    small: Small, pool: list[tuple[str, Searched, frozenset[str]]], draw: str, same: str
) -> None:
    templates = {c.label: c for c in choices(small[1].lexicon, dict.fromkeys(FREE, 1))}
    by_id = {c.id: c for c in _choices(pool, templates)}
    options = few(draw=draw, unmirrored="keep", same=same)
    related = small[1].lexicon.labels.related
    for q in asked(small, list(by_id.values()), options=options, views=("image", "mask")):
        if not isinstance(q, Question):
            continue
        choice = by_id[q.target]
        true = {choice.label, *(n.name for n in choice.neighbours)}
        for place, label in enumerate(q.option_labels):
            if place in q.answers:
                assert label in true
            elif q.view == "image":
                assert label not in true
                assert choice.searched.is_absent(label, related)
            else:
                assert not choice.searched.may_show(label, related)


def _choices(
    pool: Sequence[tuple[str, Searched, frozenset[str]]], templates: dict[str, Choice]
) -> Iterator[Choice]:
    for n, (key, searched, beside) in enumerate(pool):
        neighbours = tuple(
            Neighbour(name=o, in_region=0.0, in_box=0.0, share=0.1) for o in sorted(beside)
        )
        sample = f"abdomen/{n}"
        yield replace(
            templates[key],
            id=f"{sample}#{key}",
            sample=sample,
            patient=sample,
            searched=searched,
            neighbours=neighbours,
        )
