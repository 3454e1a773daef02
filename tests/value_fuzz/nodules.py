"""Nodules in the XML of LIDC-IDRI, judged by filling the holes of their outlines with SciPy."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import defusedxml.ElementTree
import numpy as np
from scipy import ndimage

from benchsmith import formats
from tests.value_fuzz import dicom_objects as objects
from tests.value_fuzz import marks
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.mutants import Change, Format, Refused, note, noted
from tests.value_fuzz.values import Values

ROWS, COLUMNS, SLICES, STEP = 24, 30, 4, 2.5
SERIES = f"{objects.ROOT}.3"
Outline = list[tuple[int, int]]


def _series(chance: Chance, folder: Path, *, shuffled: bool) -> None:
    """Write axial slices in a folder of their own, whose names follow them or do not."""
    (folder / "s").mkdir()
    names = chance.shuffled(range(SLICES)) if shuffled else list(range(SLICES))
    for k in range(SLICES):
        made = objects.image(objects.pixels(chance, 12, size=(ROWS, COLUMNS)), 12)
        made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = (
            f"{objects.ROOT}.9.{k + 1}"
        )
        made.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        made.ImagePositionPatient = [0, 0, k * STEP]
        made.PixelSpacing, made.InstanceNumber = [1, 1], k + 1
        objects.save(made, folder / "s" / f"{names[k]}.dcm")


def _square(x0: int, y0: int, x1: int, y1: int) -> Outline:
    """Return the pixels of a square's edge, one after the other."""
    return [
        *((x, y0) for x in range(x0, x1)), *((x1, y) for y in range(y0, y1)),
        *((x, y1) for x in range(x1, x0, -1)), *((x0, y) for y in range(y1, y0, -1)),
    ]  # fmt: skip


def _roi(outline: Outline, k: int, *, included: bool = True) -> str:
    points = "".join(
        f"<edgeMap><xCoord>{x}</xCoord><yCoord>{y}</yCoord></edgeMap>" for x, y in outline
    )
    return (
        f"<roi><imageZposition>{k * STEP}</imageZposition><imageSOP_UID>{objects.ROOT}.9.{k + 1}"
        f"</imageSOP_UID><inclusion>{str(included).upper()}</inclusion>{points}</roi>"
    )


def _change(kind: str) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        _series(chance, folder, shuffled=kind == "order of files")
        sessions = ""
        x, y = chance.whole(1, 8), chance.whole(1, 6)
        for reader in range(chance.whole(2, 4)):
            rois = ""
            for k in range(chance.whole(0, 1), chance.whole(2, SLICES)):
                outline = _square(
                    x + reader % 2, y, x + chance.whole(8, 18), y + chance.whole(8, 15)
                )
                if kind == "order of points":
                    start = chance.whole(0, len(outline) - 1)
                    outline = (outline[start:] + outline[:start])[:: chance.pick((1, -1))]
                cut = _roi(_square(x + 3, y + 2, x + 6, y + 5), k, included=False)
                rois += _roi(outline, k) + (cut if kind == "holes" else "")
            small = (
                "<unblindedReadNodule><noduleID>p</noduleID>"
                + _roi([(2, 2)], 0)
                + "</unblindedReadNodule>"
            )
            sessions += (
                f"<readingSession><unblindedReadNodule><noduleID>n{reader}</noduleID>{rois}"
                f"</unblindedReadNodule>{small if kind == 'points' else ''}</readingSession>"
            )
        series = "1.2.3" if kind == "another series" else SERIES
        head = "xmlns='http://www.nih.gov'" if chance.yes() else ""
        path = folder / "s" / "a.xml"
        path.write_text(
            f"<LidcReadMessage {head}><ResponseHeader><SeriesInstanceUid>{series}</SeriesInstanceUid>"
            f"</ResponseHeader>{sessions}</LidcReadMessage>"
        )
        note(folder / "s", agree=chance.whole(1, 3) if kind == "agreement" else 1)
        return path

    return change


def ours(path: Path) -> Values:
    """Return the nodules of a series beside its XML."""
    image = formats.read(path.parent)
    entry = {"kind": "lidc", "file": "s/a.xml", "agree": noted(path)["agree"]}
    # the series is the folder of the XML
    found = dict(marks.ours(path.parent, entry, image, of=path.parent.name))
    found["marks"] = sorted(found["marks"])
    return found


def _filled(outline: Sequence[tuple[int, int]]) -> Any:
    """Return what lies inside a line of pixels that touch one another."""
    line = np.zeros((ROWS, COLUMNS), bool)
    closed = [*outline, outline[0]]
    if any(max(abs(a - c), abs(b - d)) > 1 for (a, b), (c, d) in itertools.pairwise(closed)):
        raise Refused("a jump in an outline")
    for x, y in outline:
        line[y, x] = True
    return np.asarray(ndimage.binary_fill_holes(line) & ~line)


def theirs(path: Path) -> Values:
    """Count the readers of each voxel, and take the connected pieces."""
    root = defusedxml.ElementTree.fromstring(path.read_text())
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    if root.tag != "LidcReadMessage" or (root.findtext(".//SeriesInstanceUid") or SERIES) != SERIES:
        raise Refused("another series")
    agree = noted(path)["agree"]
    sessions = root.findall("readingSession")
    if agree > len(sessions):
        raise Refused("too few readers")
    count = np.zeros((SLICES, ROWS, COLUMNS), int)
    for session in sessions:
        own = np.zeros(count.shape, bool)
        for nodule in session.findall("unblindedReadNodule"):
            own |= _nodule(nodule)
        count += own
    pieces, number = ndimage.label(count >= agree, np.ones((3, 3, 3)))
    return marks.theirs(sorted(marks.mark("nodule", pieces == k + 1) for k in range(number)))


def _nodule(nodule: Any) -> Any:
    drawn, cut = np.zeros((2, SLICES, ROWS, COLUMNS), bool)
    for roi in nodule.findall("roi"):
        uid = str(roi.findtext("imageSOP_UID")).strip()
        k = next((n for n in range(SLICES) if uid == f"{objects.ROOT}.9.{n + 1}"), -1)
        if (
            not 0 <= k < SLICES
            or abs(float(roi.findtext("imageZposition") or k * STEP) - k * STEP) > STEP / 2
        ):
            raise Refused("another slice")
        points = [
            (int(e.findtext("xCoord")), int(e.findtext("yCoord"))) for e in roi.findall("edgeMap")
        ]
        if len(points) > 1:
            target = cut if str(roi.findtext("inclusion")).strip().upper() == "FALSE" else drawn
            target[k] |= _filled(points)
    return drawn & ~cut


FORMAT = Format(
    "XML of LIDC-IDRI",
    "SciPy, holes of outlines",
    {
        kind: _change(kind)
        for kind in ("outlines", "holes", "agreement", "order of points", "order of files", "points",
                     "another series")
    },
    ours,
    theirs,
    alone={"a jump in an outline": "points that are not neighbours are joined by a straight line"},
    mutants=400,
)  # fmt: skip
