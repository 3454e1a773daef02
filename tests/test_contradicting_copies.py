"""Pictures with the same pixels and different labels: neither label is asked, and both are reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from benchsmith.core.model import Finding, Label, Rejection, Sample
from benchsmith.core.reasons import REASONS
from benchsmith.documents.library import Library
from benchsmith.imaging.pixel_digest import pixel_digest
from benchsmith.stages.contradicting_copies import REASON, Disputes, copied, disputes
from benchsmith.stages.normalise import normalise
from benchsmith.stages.normaliser import Normaliser
from benchsmith.tables import record_tables
from tests.shipped_documents import shipped_library
from tests.test_ingest import run

GREY = (np.indices((40, 50)).prod(axis=0) % 251).astype(np.uint8)
TABLE = """  - images: "{key}.*"
    modality: ct
    labels: [{kind: sheet, file: s.csv, key: id, KEYS}]
"""
ONE = TABLE.replace("KEYS", "labels: [dx]")
SEVERAL = TABLE.replace("KEYS", "one_hot: [liver, spleen, stomach]")


@pytest.fixture(scope="module")
def library() -> Library:
    return shipped_library()


def save(folder: Path, name: str, pixels: np.ndarray = GREY, **how: Any) -> None:
    (folder / "data").mkdir(exist_ok=True)
    PIL.Image.fromarray(pixels).save(folder / "data" / name, **how)


def read_copies(
    folder: Path, library: Library, samples: str, table: str
) -> tuple[dict[str, set[str]], dict[str, set[str]], list[Rejection]]:
    """Return the labels and the unknown labels of each picture, and what is left out."""
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data/s.csv").write_text(table)
    findings, _, found = run(folder, samples)
    rows = record_tables.to_table(findings, Finding)
    normaliser = Normaliser(library.lexicon)
    pictures = record_tables.to_table(found, Sample)
    copies = copied(pictures)
    what = disputes(copies, rows, normaliser, pictures) if copies else Disputes()
    kept, lost = normalise(rows, normaliser, {REASON: what})
    labels: dict[str, set[str]] = {}
    unknown: dict[str, set[str]] = {}
    for row in record_tables.from_table(kept, Label):
        key = row.sample.partition("/")[2]
        labels.setdefault(key, set()).add(row.label)
        unknown.setdefault(key, set()).update(row.searched.unknown)
    return labels, unknown, record_tables.from_table(lost, Rejection)


def test_copies_with_other_labels_are_not_asked(tmp_path: Path, library: Library) -> None:
    """Byte-equal, and re-encoded without loss; c is another picture."""
    save(tmp_path, "a.png")
    (tmp_path / "data/b.png").write_bytes((tmp_path / "data/a.png").read_bytes())
    save(tmp_path, "c.png", GREY[::-1])
    save(tmp_path, "d.bmp")
    table = "id,dx\na,liver\nb,spleen\nc,stomach\nd,spleen\n"
    labels, _, lost = read_copies(tmp_path, library, ONE, table)
    assert labels == {"c": {"stomach"}}
    assert {(r.subject.partition("/")[2], r.reason) for r in lost} == {
        (f"{name}#dx:{label}", "labels-contradict")
        for name, label in (("a", "liver"), ("b", "spleen"), ("d", "spleen"))
    }
    source = tmp_path.name
    assert lost[0].detail == (
        f"{source}/a and {source}/b have the same pixels, and in 'dx' one is 'liver', the other 'spleen'"
    )
    assert REASONS["labels-contradict"].fault


@pytest.mark.parametrize("words", [("liver", "liver"), ("liver", "Liver"), ("liver", "hepar")])
def test_copies_with_one_label_are_asked(
    tmp_path: Path, library: Library, words: tuple[str, str]
) -> None:
    """Another word for the same label is no contradiction, if the lexicon knows it."""
    save(tmp_path, "a.png")
    save(tmp_path, "b.png", compress_level=0)
    table = f"id,dx\na,{words[0]}\nb,{words[1]}\n"
    known = Normaliser(library.lexicon).resolve(words[1], "x", "ct").label == "liver"
    labels, _, lost = read_copies(tmp_path, library, ONE, table)
    assert labels == ({"a": {"liver"}, "b": {"liver"}} if known else {"a": {"liver"}})
    assert known or {r.reason for r in lost} == {"unmapped-label"}


def test_only_what_copies_differ_in_is_disputed(tmp_path: Path, library: Library) -> None:
    """Both show the liver; the spleen of a is not in b, and b does not know of the stomach."""
    save(tmp_path, "a.png")
    save(tmp_path, "b.tif")
    save(tmp_path, "c.png", GREY[:, ::-1])
    table = "id,liver,spleen,stomach\na,1,1,0\nb,1,0,-1\nc,0,1,1\n"
    labels, unknown, lost = read_copies(tmp_path, library, SEVERAL, table)
    assert labels == {"a": {"liver"}, "b": {"liver"}, "c": {"spleen", "stomach"}}
    assert unknown == {"a": {"spleen"}, "b": {"spleen", "stomach"}, "c": set()}
    assert [r.subject.partition("#")[2] for r in lost] == ["finding:spleen"]


def test_a_label_that_a_copy_does_not_know_is_not_disputed(
    tmp_path: Path, library: Library
) -> None:
    save(tmp_path, "a.png")
    save(tmp_path, "b.tif")
    table = "id,liver,spleen,stomach\na,1,1,0\nb,1,-1,0\n"
    labels, unknown, lost = read_copies(tmp_path, library, SEVERAL, table)
    assert (labels, lost) == ({"a": {"liver", "spleen"}, "b": {"liver"}}, [])
    assert unknown["b"] == {"spleen"}


@pytest.mark.parametrize(
    ("one", "other", "asked"),
    [
        ("pneumonia", "bacterial pneumonia", True),
        ("bacterial pneumonia", "pneumonia", True),
        ("pneumonia", "COVID-19 pneumonia", True),
        ("viral pneumonia", "bacterial pneumonia", False),
        ("COVID-19 pneumonia", "bacterial pneumonia", False),
        ("pneumonia", "pulmonary edema", False),
    ],
)
def test_a_label_and_one_below_it_do_not_contradict(
    tmp_path: Path, library: Library, one: str, other: str, asked: bool
) -> None:
    save(tmp_path, "a.png")
    save(tmp_path, "b.tif")
    save(tmp_path, "c.png", GREY[:, ::-1])
    table = f"id,dx\na,{one}\nb,{other}\nc,stomach\n"
    labels, unknown, lost = read_copies(tmp_path, library, ONE, table)
    assert set(labels) == ({"a", "b", "c"} if asked else {"c"})
    assert {r.reason for r in lost} == (set() if asked else {"labels-contradict"})
    if asked:
        assert unknown == {"a": labels["b"], "b": labels["a"], "c": set()}


def test_a_label_above_does_not_stand_for_one_that_is_listed_beside_it(
    tmp_path: Path, library: Library
) -> None:
    """a has both columns, and b denies the second. That d has only the lower one is no contradiction."""
    columns = ["pneumonia", "bacterial pneumonia", "pulmonary edema"]
    samples = TABLE.replace("KEYS", f"one_hot: [{', '.join(columns)}]")
    save(tmp_path, "a.png")
    save(tmp_path, "b.tif")
    table = f"id,{','.join(columns)}\na,1,1,0\nb,1,0,0\n"
    labels, _, lost = read_copies(tmp_path, library, samples, table)
    assert labels == {"a": {"pneumonia"}, "b": {"pneumonia"}}
    assert [r.subject.partition("#")[2] for r in lost] == ["finding:bacterial pneumonia"]
    table = f"id,{','.join(columns)}\na,1,1,0\nb,0,1,0\n"
    labels, _, lost = read_copies(tmp_path, library, samples, table)
    assert labels == {"a": {"pneumonia", "bacterial-pneumonia"}, "b": {"bacterial-pneumonia"}}
    assert not lost


@pytest.mark.parametrize(
    ("row", "asked"),
    [
        ("0,0,0", []),
        (",0,", []),  # a cell without a mark beside marked ones is a 0
        (",,", ["liver", "spleen"]),  # nobody filled in this row
        ("-1,0,0", ["liver"]),  # the spleen is denied; of the liver nothing is known
        ("0,-1,0", ["spleen"]),
        ("-1,-1,0", ["liver", "spleen"]),
        ("-1,-1,-1", ["liver", "spleen"]),
    ],
)
def test_a_row_of_zeros_denies_what_it_lists(
    tmp_path: Path, library: Library, row: str, asked: list[str]
) -> None:
    """a and b have the same pixels. In its own list b has no label, so that it is no finding itself."""
    save(tmp_path, "a.png")
    save(tmp_path, "b.tif")
    save(tmp_path, "c.png", GREY[:, ::-1])
    table = f"id,liver,spleen,stomach\na,1,1,0\nb,{row}\nc,0,0,0\n"
    labels, _, lost = read_copies(tmp_path, library, SEVERAL, table)
    assert labels == ({"a": set(asked)} if asked else {})
    gone = sorted({"liver", "spleen"} - set(asked))
    assert [r.reason for r in lost] == ["labels-contradict"] * len(gone)
    name = tmp_path.name
    assert [r.detail for r in lost] == [
        f"{name}/a and {name}/b have the same pixels, and in 'finding' one is {raw!r}, the other none of "
        "its labels"
        for raw in gone
    ]


def test_a_row_of_zeros_denies_what_is_below_its_labels(tmp_path: Path, library: Library) -> None:
    """No pneumonia is no viral pneumonia; no viral pneumonia may be another pneumonia."""
    samples = "".join(
        TABLE.replace("{key}.*", f"{n}.*")
        .replace("    modality", f"    key: {n}\n    modality")
        .replace("KEYS", f"one_hot: [{column}]")
        for n, column in (("a", "pneumonia"), ("b", "viral pneumonia"))
    )
    save(tmp_path, "a.png")
    save(tmp_path, "b.tif")
    for row, asked in (("a,0,\nb,,1", {}), ("a,1,\nb,,0", {"a": {"pneumonia"}})):
        table = f"id,pneumonia,viral pneumonia\n{row}\n"
        labels, _, lost = read_copies(tmp_path, library, samples, table)
        assert labels == asked
        assert len(lost) == (not asked)


def test_two_entries_over_one_file(tmp_path: Path, library: Library) -> None:
    """In one list they contradict each other; in two lists both are true of the picture."""
    save(tmp_path, "a.png")
    entry = '  - images: "{n}.png"\n    key: "KEY-{n}"\n    modality: ct\n    labels: [{kind: constant, label: LABEL, group: GROUP}]\n'

    def two(group: str) -> str:
        one = entry.replace("KEY", "x").replace("LABEL", "liver").replace("GROUP", "organ")
        return one + entry.replace("KEY", "y").replace("LABEL", "spleen").replace("GROUP", group)

    labels, _, lost = read_copies(tmp_path, library, two("organ"), "id\n")
    assert (labels, [r.reason for r in lost]) == ({}, ["labels-contradict"] * 2)
    labels, unknown, lost = read_copies(tmp_path, library, two("other"), "id\n")
    assert (labels, lost) == ({"x-a": {"liver"}, "y-a": {"spleen"}}, [])
    assert unknown == {"x-a": {"spleen"}, "y-a": {"liver"}}


@pytest.mark.parametrize("ending", ["png", "tif", "bmp", "webp"])
def test_pixels_have_one_digest_in_every_file(tmp_path: Path, ending: str) -> None:
    save(tmp_path, f"a.{ending}", **({"lossless": True} if ending == "webp" else {}))
    colours = PIL.Image.open(tmp_path / f"data/a.{ending}").convert("RGB")
    assert pixel_digest(np.asarray(colours)[None]) == pixel_digest(GREY[None])
    assert pixel_digest(GREY[None]) != pixel_digest(GREY[None, ::-1])
    assert pixel_digest(GREY[None]) != pixel_digest(GREY[None] + np.int16(256))
