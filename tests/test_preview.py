"""The preview of a source shows what its recipe reads, and what would be left out."""

from __future__ import annotations

import base64
import io
import json
import re
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from benchsmith import plugins
from benchsmith.documents import lexicon, recipe
from benchsmith.documents.problems import Problems
from benchsmith.pipeline.source_files import find_files
from benchsmith.preview.read_source import read_source
from benchsmith.tables.file_digests import Digests
from tests.conftest import Project

RECIPE = """title: Eyes
version: "1"
homepage: https://example.org
licence: ""  # decide: which one?
citation: none
labels_are: manual
verified: false
data: {path: data}
samples:
  - images: "{name}.png"
    modality: ct
    labels:
      - kind: masks
        file: "{label}/{name}.png"
"""


@pytest.fixture
def eyes(project: Project) -> Project:
    """Return a project with an undecided source of three pictures; the last has no mask."""
    data = project.folder / "raw_sources/eyes/data"
    for label in ("liver", "left kidney"):
        (data / label).mkdir(parents=True)
    grey = np.arange(120 * 80, dtype=np.uint32).reshape(80, 120) % 251
    for n in (1, 2, 3):
        PIL.Image.fromarray(grey.astype(np.uint8)).save(data / f"e{n}.png")
    mask = np.zeros((80, 120), np.uint8)
    mask[10:30, 50:90] = 1
    PIL.Image.fromarray(mask).save(data / "liver/e1.png")
    PIL.Image.fromarray(mask[::-1]).save(data / "left kidney/e2.png")
    (data.parent / "recipe.yaml").write_text(RECIPE)
    return project


def test_places_counts_and_sides_are_those_of_the_files(eyes: Project) -> None:
    said = json.loads(eyes.run("preview", "eyes", "--json"))
    boxes = {
        (picture["file"], f["word"], f["side"], tuple(f["box"]))
        for picture in said["read"]
        for f in picture["findings"]
    }
    assert boxes == {
        ("e1.png", "liver", "", (50, 10, 90, 30)),
        ("e2.png", "left kidney", "left", (50, 50, 90, 70)),
    }
    assert said["labels"] == {"liver": 1, "left kidney": 1}
    assert said["sides"] == {"left": 1}
    assert (said["undecided"], said["patients"]) == (1, 3)
    assert [(r["reason"], r["count"]) for r in said["left_out"]] == [("file-missing", 1)]
    assert "eyes/e3" in said["left_out"][0]["cases"][0]


def test_the_text_says_what_would_be_left_out(eyes: Project) -> None:
    said = eyes.run("preview", "eyes")
    assert "eyes: 3 pictures of 3 patients, 3 read" in said
    assert "region  liver  x 50 to 90, y 10 to 30  8.3% of the picture" in said
    assert "sides in the words: left 1" in said
    assert re.search(r"1 file-missing\n +eyes/e3", said)


def test_the_page_shows_the_mark_where_the_mask_is(eyes: Project, tmp_path: Path) -> None:
    page = tmp_path / "eyes.html"
    eyes.run("preview", "eyes", "--html", str(page))
    found = re.search(r'id="data">(.*?)</script>', page.read_text("utf-8"), re.DOTALL)
    assert found is not None
    read = json.loads(found[1])["read"]
    png = base64.b64decode(read[0]["findings"][0]["png"])
    drawn = np.asarray(PIL.Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
    colour = np.abs(drawn - drawn.mean(axis=2, keepdims=True)).max(axis=2) > 30
    rows, columns = np.nonzero(colour)
    scale = drawn.shape[1] / 120
    edges = (columns.min(), columns.max() + 1, rows.min(), rows.max() + 1)
    assert np.allclose(np.array(edges) / scale, (50, 90, 10, 30), atol=2)


def test_an_unknown_source_and_missing_files_are_reported(eyes: Project) -> None:
    assert "did you mean eyes?" in eyes.run("preview", "eyess", code=2)
    data = eyes.folder / "raw_sources/eyes/data"
    data.rename(data.parent / "elsewhere")
    assert "data is missing" in eyes.run("preview", "eyes", code=4)


def _write_twins(folder: Path, images: dict[str, int], files: dict[str, int], samples: str) -> None:
    """Write a source `twins`: pictures and masks of one square each, whose side is given."""
    for name, side in (images | files).items():
        path = folder / "raw_sources/twins/data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        mask = np.zeros((40, 50), np.uint8)
        mask[:side, :side] = 255
        if name in images:
            mask = (np.arange(2000).reshape(40, 50) * (side + 3) % 251).astype(np.uint8)
        PIL.Image.fromarray(mask).save(path)
    head = RECIPE.partition("samples:")[0].replace('""  # decide: which one?', "cc0-1.0")
    (folder / "raw_sources/twins/recipe.yaml").write_text(f"{head}samples:\n{samples}")


@pytest.mark.parametrize(
    ("file", "masks"),
    [
        ("m/{key}*.png", ("a_mask", "a1_mask")),
        ("m/*{key}*.png", ("xa", "xa1")),
        ("m/{key}*.png", ("a1",)),
        ("m/{key}{label}.png", ("a_lung", "a1_lung")),
    ],
)
@pytest.mark.parametrize("pictures", [1, 9])
def test_masks_of_two_pictures_are_refused_as_in_a_build(
    project: Project, file: str, masks: tuple[str, ...], pictures: int
) -> None:
    """`a` begins `a1`, whose masks would be read as those of `a`."""
    label = "" if "{label}" in file else ", label: lung"
    _write_twins(
        project.folder,
        {f"i/{key}.png": n for n, key in enumerate(("a", "a1", "b"))},
        {f"m/{name}.png": 4 + n for n, name in enumerate(("b", *masks))},
        f'  - images: "i/{{key}}.png"\n    modality: ct\n'
        f'    labels: [{{kind: masks, file: "{file}"{label}}}]\n',
    )
    words = lexicon.read(project.folder / "lexicon", frozenset(["twins"]))
    preview = read_source(project.folder, "twins", words, pictures, drawn=False)
    assert [p.file for p in preview.pictures] == ["i/b.png"]
    problems = Problems(project.folder)
    source = recipe.collect(project.folder / "raw_sources/twins", problems)
    assert source is not None, problems.found
    data = {"": project.folder / "raw_sources/twins/data"}
    built = find_files(source, data, plugins.readers(), Digests(project.folder / "digests"))
    assert [u.key for u in built.units] == ["b"]
    assert preview.listing == built.rejected
    assert {(r.subject, r.reason) for r in built.rejected} == {
        ("i/a.png", "key-twice"),
        ("i/a1.png", "key-twice"),
    }


def test_an_unknown_modality_is_reported_of_pictures_that_are_not_read(project: Project) -> None:
    _write_twins(
        project.folder,
        {f"i/{key}.png": n for n, key in enumerate("abc")},
        {},
        '  - images: "i/{key}.png"\n    modality: "column:how"\n'
        "    labels: [{kind: sheet, file: t.csv, key: id, labels: [what]}]\n",
    )
    table = "id,how,what\na,ct,lung\nb,foo,lung\nc,foo,lung\n"
    (project.folder / "raw_sources/twins/data/t.csv").write_text(table)
    words = lexicon.read(project.folder / "lexicon", frozenset(["twins"]))
    preview = read_source(project.folder, "twins", words, 1, drawn=False)
    assert [(r.subject, r.reason, r.detail) for r in preview.left_out] == [
        ("i/b.png", "unknown-modality", "'foo'"),
        ("i/c.png", "unknown-modality", "'foo'"),
    ]


IMAGE_LAYOUTS = {
    "one picture of a patient": (
        ("p/img.png",),
        "{patient}/img.png",
        "{patient}",
        "{patient}/*.png",
        (),
    ),
    "its label in the name": (
        ("p/i.png",),
        "{patient}/i.png",
        "{patient}",
        "{patient}/{label}.png",
        (),
    ),
    "two views": (
        ("p/u.png", "p/v.png"),
        "{patient}/{view=1}.png",
        "{patient}-{view}",
        "{patient}/*.png",
        (),
    ),
    "two entries": (("p/u.png",), "{patient}/u.png", "{patient}", "{patient}/*.png", ("p/v.png",)),
}


@pytest.mark.parametrize("layout", IMAGE_LAYOUTS)
def test_a_picture_is_not_read_as_a_mask(project: Project, layout: str) -> None:
    """Beside the pictures lies one mask of 6 x 6 pixels; a patient without a mask has none."""
    names, images, key, masks, others = IMAGE_LAYOUTS[layout]
    label = "" if "{label}" in masks else ", label: lung"
    alone = [name.replace("p/", "q/") for name in names]
    entry = (
        f'  - images: "{images}"\n    key: "{key}"\n    patient: "{{patient}}"\n    modality: ct\n'
        f'    labels: [{{kind: masks, file: "{masks}"{label}}}]\n'
    )
    other = entry.replace("u.png", "v.png").replace('key: "', 'key: "v-').replace("/*", "/lung*")
    _write_twins(
        project.folder,
        {name: n for n, name in enumerate([*names, *alone, *others])},
        {"p/lung.png": 6},
        entry + (other if others else ""),
    )
    words = lexicon.read(project.folder / "lexicon", frozenset(["twins"]))
    preview = read_source(project.folder, "twins", words, 20, drawn=False)
    read = [(p.file, s.finding.raw, s.finding.area_px) for p in preview.pictures for s in p.shown]
    assert sorted(read) == [(name, "lung", 36) for name in sorted([*names, *others])]
    assert {(r.reason, r.subject.partition(":")[0]) for r in preview.left_out} == {
        ("file-missing", f"twins/{'q' if '-' not in key else 'q-' + Path(name).stem}")
        for name in names
    }


def test_a_mask_that_an_image_pattern_matches_is_still_a_mask(project: Project) -> None:
    """`{key}.png` matches `a.png` and its mask `a_mask.png`, which is not a picture of its own."""
    _write_twins(
        project.folder,
        {"a.png": 1, "b.png": 2},
        {"a_mask.png": 5, "a_mask_1.png": 7},
        '  - images: "{key}.png"\n    modality: ct\n'
        '    labels: [{kind: masks, file: "{key}_mask*.png", label: lung}]\n',
    )
    words = lexicon.read(project.folder / "lexicon", frozenset(["twins"]))
    preview = read_source(project.folder, "twins", words, 20, drawn=False)
    found = [(p.file, s.finding.area_px) for p in preview.pictures for s in p.shown]
    assert sorted(found) == [("a.png", 25), ("a.png", 49)]


@pytest.mark.parametrize(
    ("kind", "file", "more"),
    [
        ("masks", "m/*.png", ", label: a_mask"),
        ("masks", "m/{label}.png", ""),
        ("volume", "m/*.png", ', names_file: "m/*.txt"'),
    ],
)
@pytest.mark.parametrize(("keys", "is_read"), [("a", True), ("ab", False)])
def test_a_pattern_without_a_placeholder_is_of_one_picture(
    project: Project, kind: str, file: str, more: str, keys: str, is_read: bool
) -> None:
    _write_twins(
        project.folder,
        {f"i/{key}.png": n for n, key in enumerate(keys)},
        {"m/a_mask.png": 6},
        '  - images: "i/{key}.png"\n    modality: ct\n'
        f'    labels: [{{kind: {kind}, file: "{file}"{more}}}]\n',
    )
    (project.folder / "raw_sources/twins/data/m/names.txt").write_text("255\ta_mask\n")
    words = lexicon.read(project.folder / "lexicon", frozenset(["twins"]))
    preview = read_source(project.folder, "twins", words, 1, drawn=False)
    assert [p.file for p in preview.pictures] == (["i/a.png"] if is_read else [])
    found = {r.subject: r.detail for r in preview.left_out if r.reason == "key-twice"}
    said = "m/a_mask.png is a label file of this and of {!r}: `" + file + "` has no placeholder"
    both = {"i/a.png": said.replace("{!r}", "'b'"), "i/b.png": said.replace("{!r}", "'a'")}
    assert {key: what.partition(" such")[0] for key, what in found.items()} == (
        {} if is_read else both
    )
    if is_read:
        shown = preview.pictures[0].shown
        assert [(s.finding.raw, s.finding.area_px) for s in shown] == [("a_mask", 36)]


def test_pictures_of_one_label_file_share_its_list_of_names(project: Project) -> None:
    """The names of the values are of all pictures, and `*` in their path is not a fault."""
    _write_twins(
        project.folder,
        {"i/a.png": 1, "i/b.png": 2},
        {"m/a.png": 6, "m/b.png": 7},
        '  - images: "i/{key}.png"\n    modality: ct\n'
        '    labels: [{kind: volume, file: "m/{key}.png", names_file: "m/*.txt"}]\n',
    )
    (project.folder / "raw_sources/twins/data/m/names.txt").write_text("255\tlung\n")
    words = lexicon.read(project.folder / "lexicon", frozenset(["twins"]))
    preview = read_source(project.folder, "twins", words, 9, drawn=False)
    found = [(p.file, s.finding.raw, s.finding.area_px) for p in preview.pictures for s in p.shown]
    assert found == [("i/a.png", "lung", 36), ("i/b.png", "lung", 49)]
