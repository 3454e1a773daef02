"""Labels of the whole picture that several entries of a recipe state."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from benchsmith import plugins
from benchsmith.documents import recipe
from benchsmith.documents.problems import Problems
from benchsmith.stages.usable_images import usable_images
from tests.test_ingest import HEAD, run

ENTRIES = """  - images: "images/{key}.png"
    modality: ct
    labels:
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two pictures; a has a liver by its mask, b an empty mask."""
    for number, name in enumerate("ab"):
        grey = (np.indices((60, 80)).prod(axis=0) * (number + 3) % 251).astype(np.uint8)
        mask = np.zeros((60, 80), np.uint8)
        mask[10:30, 20:50] = 255 * (name == "a")
        for folder, pixels in (("images", grey), ("masks", mask)):
            path = tmp_path / "data" / folder / f"{name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            PIL.Image.fromarray(pixels).save(path)
    (tmp_path / "data/t.csv").write_text("id,finding,liver,spleen\na,liver,1,0\nb,spleen,0,1\n")
    return tmp_path


@pytest.mark.parametrize(
    ("entries", "wanted"),
    [
        (
            ["{kind: sheet, file: t.csv, key: id, labels: [finding], one_hot: [liver, spleen]}"],
            {"a#finding:liver", "b#finding:spleen"},
        ),
        (
            [
                f'{{kind: masks, file: "masks/{{key}}.png", label: {label}, '
                "exhaustive: true, nothing: healthy}"
                for label in ("liver", "spleen")
            ],
            {"a#finding:liver", "a#finding:spleen", "b#finding:healthy"},
        ),
    ],
)
def test_a_label_that_is_stated_twice_is_one_label(
    source: Path, entries: list[str], wanted: set[str]
) -> None:
    found, _, _ = run(source, ENTRIES + "".join(f"      - {e}\n" for e in entries))
    ids = [f.id.partition("/")[2] for f in found if f.kind == "image"]
    assert sorted(ids) == sorted(wanted)


@pytest.mark.parametrize(
    "other",
    [
        "{kind: constant, label: pancreas}",
        "{kind: constant, label: pancreas, group: organ}",
        "{kind: sheet, file: t.csv, key: id, labels: [finding]}",
    ],
)
def test_what_another_entry_states_of_a_picture_is_no_wrong_option(
    source: Path, other: str
) -> None:
    """Picture a shows the stomach, the marked liver and what the other entry states."""
    entries = [
        "{kind: constant, label: stomach, group: list}",
        '{kind: masks, file: "masks/{key}.png", label: liver}',
        other,
    ]
    found, _, _ = run(source, ENTRIES + "".join(f"      - {e}\n" for e in entries))
    shown: dict[str, set[str]] = {}
    for one in found:
        shown.setdefault(one.sample, set()).add(one.raw)
    for one in found:
        if one.kind == "image":
            elsewhere = {*one.searched.unknown, *one.searched.elsewhere}
            beside = {n.name for n in one.neighbours} | elsewhere
            assert shown[one.sample] - {one.raw} <= beside
    assert len(found) == 5


def test_one_mask_file_is_not_of_pictures_of_several_people(source: Path) -> None:
    """Of one person, as sequences or frames, it may be."""
    entry = ENTRIES + '      - {kind: masks, file: "masks/a.png", label: liver}\n'
    one = entry.replace("    modality", "    patient: person\n    modality")
    assert used(source, entry) == ([], ["images/a.png", "images/b.png"])
    assert used(source, one) == (["a", "b"], [])


def used(folder: Path, samples: str) -> tuple[list[str], list[str]]:
    """Return the keys of the images that are read, and the files that share a key or a label file."""
    (folder / "recipe.yaml").write_text(HEAD + samples)
    source = recipe.collect(folder, Problems(folder))
    assert source is not None
    found = usable_images(source, {"": folder / "data"}, plugins.readers())
    twice = [r.subject for r in found.rejected if r.reason == "key-twice"]
    return sorted(unit.key for unit in found.units), sorted(twice)


def test_an_entry_of_labels_is_written_once(source: Path) -> None:
    entry = '      - {kind: masks, file: "masks/{key}.png", label: liver}\n'
    (source / "recipe.yaml").write_text(HEAD + ENTRIES + 2 * entry)
    problems = Problems(source)
    assert recipe.collect(source, problems) is None
    assert "two entries of `labels` are the same" in str(problems.found)


def test_a_mask_in_another_case_is_reported(source: Path) -> None:
    (source / "data/masks/b.png").rename(source / "data/masks/B.png")
    entry = ENTRIES + '      - {kind: masks, file: "masks/{key}.png", label: liver}\n'
    _, rejected, _ = run(source, entry)
    assert [r.reason for r in rejected if r.subject.startswith("b: ") or "/b: " in r.subject] == [
        "name-case"
    ]
