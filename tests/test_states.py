"""Present, absent, unknown: only a label that was looked for and is absent is a wrong option."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchsmith.core.absent_labels import Searched
from benchsmith.core.contracts import Annotations, DataFault, Fault
from benchsmith.core.model import Choice, Finding, Label, Neighbour, Question, Rejection, Target
from benchsmith.core.reasons import REASONS
from benchsmith.documents.benchmark import Benchmark, Prominence
from benchsmith.documents.labels import Masks, RtStruct, Sheet
from benchsmith.documents.library import Library, read_benchmark
from benchsmith.plugins import EXPORTS
from benchsmith.stages.absent_marks import searched_by_entry
from benchsmith.stages.ask import ask
from benchsmith.stages.normalise import normalise
from benchsmith.stages.normaliser import Normaliser
from benchsmith.stages.tag import tag
from benchsmith.tables import record_tables
from tests import world
from tests.rows import FINDING, choices, few, normalised
from tests.test_contours import CLOSED, Contour, ring, rtstruct
from tests.test_formats import write_dicom
from tests.test_ingest import run

FREE = ("gallbladder", "kidney", "liver", "spleen")
"""Organs of which each may stand beside each other."""
SHOWN = {
    **dict.fromkeys(("p0", "p1"), ("kidney", "spleen")),
    **dict.fromkeys(("p2", "p3", "p4"), ("gallbladder", "liver")),
    "p5": ("kidney", "gallbladder"),
    "p6": ("spleen", "liver"),
}
"""The organs that each image shows."""
ABSENT = ("p0", "p1")
"""Images that do not show a liver."""
ENTRY = "    labels: [{kind: %s, exhaustive: true}]\n"
DRAWS = ("uniform", "matched", "mirrored")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Benchmark, Library]:
    folder = world.write(tmp_path_factory.mktemp("states") / "project")
    return read_benchmark(folder, "small", frozenset(EXPORTS))


Small = tuple[Benchmark, Library]


def chosen(findings: Sequence[Finding], library: Library) -> list[Choice]:
    """Return all findings as choices of the test split."""
    kept, _ = normalise(record_tables.to_table(findings, Finding), Normaliser(library.lexicon))
    placed, _ = tag(kept, library.lexicon)
    return [
        Choice(**{f: getattr(t, f) for f in Target.__dataclass_fields__}, split="test")
        for t in record_tables.from_table(placed, Target)
    ]


def asked(small: Small, some: Sequence[Choice], **changed: object) -> list[Question | Rejection]:
    striking = Prominence(min_contrast=0)  # the pictures are noise
    wanted = {"answers": ("one", "several"), "prominence": striking, **changed}
    benchmark = small[0].model_copy(update=wanted)
    return list(ask(some, benchmark, small[1].lexicon, small[1].pools))


def offered(rows: Sequence[Question | Rejection], *samples: str) -> dict[bool, set[str]]:
    """Return the wrong options of the unmarked pictures of some samples; of several answers: True."""
    found: dict[bool, set[str]] = {False: set(), True: set()}
    for q in rows:
        if isinstance(q, Question) and (q.view, q.sample.split("/")[1] in samples) == (
            "image",
            True,
        ):
            right = {q.option_labels[i] for i in q.answers}
            found[q.several] |= set(q.option_labels) - right
    return found


def pictures(folder: Path) -> str:
    """Write pictures of two or three organs each, and a mask for every organ, empty or not."""
    y, x = np.indices((40, 40))
    for number, (key, organs) in enumerate(SHOWN.items()):
        picture = ((x * (3 + number) + y * 5) % 251).astype(np.uint8)
        (folder / "data/images").mkdir(parents=True, exist_ok=True)
        PIL.Image.fromarray(picture).save(folder / f"data/images/{key}.png")
        for place, organ in enumerate(FREE):
            mask = np.zeros((40, 40), np.uint8)
            if organ in organs:
                mask[4:14, 2 + 9 * place : 9 + 9 * place] = 255
            (folder / f"data/masks/{organ}").mkdir(parents=True, exist_ok=True)
            PIL.Image.fromarray(mask).save(folder / f"data/masks/{organ}/{key}.png")
    samples = '  - images: "images/{key}.png"\n    modality: ct\n'
    return samples + ENTRY % 'masks, file: "masks/{label}/{key}.png"'


def in_alpha(path: Path) -> None:
    """Draw the mask in the alpha channel and something else in the colours."""
    mask = np.zeros((40, 40, 4), np.uint8)
    mask[4:14, 20:28, 3] = 255
    mask[20:24, 20:28, :3] = 255
    PIL.Image.fromarray(mask).save(path)


def two_valued(path: Path) -> None:
    """Draw the mask in two greys; the recipe has no threshold."""
    mask = np.zeros((40, 40), np.uint8)
    mask[4:14, 20:28], mask[5:8, 21:24] = 200, 100
    PIL.Image.fromarray(mask).save(path)


LOST: dict[str, Callable[[Path], None]] = {
    "missing": Path.unlink,
    "alpha": in_alpha,
    "two values": two_valued,
    "broken": lambda path: path.write_bytes(path.read_bytes()[:40]) and None,
}


@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize("lost", ["", *LOST])
def test_a_mask_that_is_lost_is_no_wrong_option(
    tmp_path: Path, small: Small, lost: str, draw: str
) -> None:
    recipe = pictures(tmp_path)
    for key in ABSENT:
        if lost:
            LOST[lost](tmp_path / f"data/masks/liver/{key}.png")
    findings, _, _ = run(tmp_path, recipe)
    rows = asked(small, chosen(findings, small[1]), options=few(draw=draw, unmirrored="keep"))
    one, several = offered(rows, *ABSENT).values()
    assert ("liver" in one, "liver" in several) == (not lost, not lost)
    assert "gallbladder" in one, "the other organs are asked about as before"


def series(folder: Path, key: str, rois: dict[str, list[Contour]]) -> None:
    """Write a series of its own content, and a structure set beside it."""
    place = folder / "data" / key
    place.mkdir(parents=True)
    values = (np.arange(16 * 14 * 9).reshape(16, 14, 9) * (3 + int(key[1:]))) % 797
    write_dicom(place, values, np.diag([2.0, 2.0, 3.0, 1.0]))
    rtstruct(place / "rt.dcm", rois)


def organ(place: int, kind: str = CLOSED) -> list[Contour]:
    """Return contours of three slices, beside those of other organs."""
    x = 1 + 7 * place
    return [(kind, ring(x, 5, x + 6, 15, 3 * z)) for z in (3, 4, 5)]


LIVERS: dict[str, list[Contour] | None] = {
    "": None,  # it is not in the structure set: an exhaustive source has no liver to mark
    "open": organ(2, "OPEN_PLANAR"),
    "points": organ(2, "POINT"),
    "smaller than a voxel": [(CLOSED, ring(15.2, 5.2, 15.4, 5.4, 9))],
    "outside": [(CLOSED, ring(205, 5, 217, 15, 9))],
    "no contour": [],
}


@pytest.mark.parametrize("lost", LIVERS)
def test_a_contour_that_is_not_read_is_no_wrong_option(
    tmp_path: Path, small: Small, lost: str
) -> None:
    places = {name: organ(n) for n, name in enumerate(FREE)}
    liver = LIVERS[lost]
    more = {} if liver is None else {"liver": liver}
    for key, shown in SHOWN.items():
        rois = {name: places[name] for name in shown}
        series(tmp_path, key, rois | (more if key in ABSENT else {}))
    recipe = '  - images: "{key}/series/"\n    modality: ct\n'
    recipe += ENTRY % 'rtstruct, file: "{key}/rt.dcm", identity: ignore'
    findings, rejected, _ = run(tmp_path, recipe, axes=("axial",), per_label=1)
    rows = asked(small, chosen(findings, small[1]), options=few(unmirrored="keep"))
    one, several = offered(rows, *ABSENT).values()
    assert ("liver" in one, "liver" in several) == (not lost, not lost)
    assert "gallbladder" in one
    faults = {r.reason for r in rejected if REASONS[r.reason].fault}
    assert bool(faults) == (lost not in ("", "no contour")), (
        "`tolerate` sees what is not understood"
    )


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
