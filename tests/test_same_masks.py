"""Two masks of one picture with the same pixels: one of their labels is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from benchsmith.core.model import Finding
from benchsmith.documents.library import Library
from benchsmith.pipeline.label_sources import made_in
from benchsmith.stages.normalise import normalise
from benchsmith.stages.normaliser import Normaliser
from benchsmith.tables import record_tables
from tests.merged_readers import ingested, photographs
from tests.shipped_documents import shipped_library


@pytest.fixture(scope="module")
def library() -> Library:
    return shipped_library()


def block(x: int) -> np.ndarray:
    mask = np.zeros((100, 120), np.uint8)
    mask[20:60, x : x + 20] = 255
    return mask


def labelled(
    folder: Path, library: Library, masks: dict[str, np.ndarray], **keys: Any
) -> tuple[set[str], dict[str, tuple[str, str]]]:
    """Return the words that are asked, and of those left out the reason and the detail."""
    photographs(folder, "a")
    (folder / "m").mkdir()
    for name, mask in masks.items():
        PIL.Image.fromarray(mask).save(folder / f"m/{name}.png")
    entry = {"kind": "masks", "file": "m/{label}.png", "exhaustive": True, **keys}
    found, _ = ingested(folder, images="img/{key}.png", labels=(entry,))
    rows = record_tables.to_table(found["a"].findings, Finding)
    made = frozenset(keys.get("union", ()))
    kept, lost = normalise(rows, Normaliser(library.lexicon), made=made)
    out = {
        r["subject"].partition("#")[2].partition("@")[0]: (r["reason"], r["detail"])
        for r in lost.to_pylist()
    }
    return set(kept["raw"].to_pylist()), out


def test_a_mask_under_two_names_is_asked_under_neither(tmp_path: Path, library: Library) -> None:
    masks = {"liver": block(10), "spleen": block(10), "stomach": block(50)}
    kept, lost = labelled(tmp_path, library, masks)
    assert kept == {"stomach"}
    assert lost == {
        "liver": ("marks-contradict", "'liver' and 'spleen' mark the same pixels"),
        "spleen": ("marks-contradict", "'spleen' and 'liver' mark the same pixels"),
    }


def test_a_mask_of_a_pixel_more_is_another_one(tmp_path: Path, library: Library) -> None:
    more = block(10)
    more[60, 10] = 255
    assert labelled(tmp_path, library, {"liver": block(10), "spleen": more}) == (
        {"liver", "spleen"}, {})  # fmt: skip


def test_two_sides_of_one_organ_have_no_common_mask(tmp_path: Path, library: Library) -> None:
    masks = {"kidney_left": block(10), "kidney_right": block(10)}
    kept, lost = labelled(tmp_path, library, masks)
    assert not kept and {reason for reason, _ in lost.values()} == {"marks-contradict"}


def test_a_label_and_what_it_is_a_kind_of_may_have_one_mask(
    tmp_path: Path, library: Library
) -> None:
    labels = library.lexicon.labels
    below, above = next(
        (term.id, term.parent) for term in labels.terms.values() if term.parent in labels.terms
    )
    kept, lost = labelled(tmp_path, library, {below: block(10), above: block(10)})
    assert kept == {below, above} and not lost


def test_a_made_label_may_have_the_pixels_of_its_only_part_here(
    tmp_path: Path, library: Library
) -> None:
    masks = {"liver": block(10), "spleen": np.zeros_like(block(0))}
    kept, lost = labelled(tmp_path, library, masks, union={"abdomen": ("liver", "spleen")})
    assert "liver" in kept and "marks-contradict" not in {reason for reason, _ in lost.values()}


def test_the_labels_that_a_recipe_makes_are_known(library: Library) -> None:
    made = {name: made_in(source) for name, source in library.sources.items()}
    unions = {
        name: {u for s in source.recipe.samples for each in s.labels for u in getattr(each, "union", ())}
        for name, source in library.sources.items()
    }  # fmt: skip
    assert any(unions.values())
    assert all(unions[name] <= made[name] for name in unions)
