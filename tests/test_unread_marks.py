"""A mask or contour that cannot be read makes its label unknown, and never a wrong option."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from benchsmith.core.reasons import REASONS
from tests.rows import few
from tests.searched_pictures import DRAWS, FREE, Small, asked, chosen, offered, small
from tests.test_contours import CLOSED, Contour, ring, rtstruct
from tests.test_formats import write_dicom
from tests.test_ingest import run

__all__ = ["small"]
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
