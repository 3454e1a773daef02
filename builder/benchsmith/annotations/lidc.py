"""Nodules that the readers of LIDC-IDRI outlined in a CT, from the XML file of its series.

Each reading session lists nodules; those of 3 mm or more have outlines, one or more in each slice, and
ratings. An outline's pixels are the first ones outside the nodule (LIDC/IDRI documentation of the
XML files). An outline whose `inclusion` is FALSE is cut out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from xml.etree.ElementTree import Element

import cv2
import numpy as np
import numpy.typing as npt
from scipy import ndimage

from benchsmith.annotations.found_file import one_file
from benchsmith.annotations.series_frame import SeriesFrame, frame_of
from benchsmith.annotations.strict_documents import load_xml
from benchsmith.core.contracts import Annotations, DataFault, Fault, Layer, Request, Structure
from benchsmith.documents.labels import Lidc
from benchsmith.imaging.polygons import fill_polygon
from benchsmith.text.plain_numbers import plain_number

MAX_NODULES, MAX_POINTS = 2_000, 2_000_000
Mask = npt.NDArray[np.bool_]


@dataclass(slots=True)
class _Nodule:
    """One nodule as one reader drew it."""

    reader: int
    id: str
    ratings: Mapping[str, int]
    slices: dict[int, Mask] = field(default_factory=dict)
    """(rows, columns) by the number of the slice, sorted along the normal."""


def read(labels: Lidc, request: Request) -> Annotations:
    """Read the region that at least `agree` readers outline; each connected piece is one nodule.

    Nodules that fewer readers outline, or that are marked by a point, make the label unknown. With
    `by` the label is the readers' median rating. Raises DataFault.
    """
    path = one_file(labels.file, request)
    frame = frame_of(request.path)
    if frame is None or request.image.planar:
        raise DataFault("grid-mismatch", path, "its image is not a folder of a DICOM series")
    root = load_xml(path)
    if _name(root) != "LidcReadMessage":
        raise DataFault("header", path, f"its root is <{_name(root)}>, not <LidcReadMessage>")
    stated = {
        (e.text or "").strip() for e in root.iter() if _name(e).lower() == "seriesinstanceuid"
    }
    if labels.identity == "check" and stated and not stated & frame.series:
        raise DataFault("another-patient", path, "it belongs to another series (0020,000E)")
    shown = request.show(path)
    raw = labels.label if labels.by is None else ""
    faults: list[Fault] = []
    nodules = [n for n in _nodules(root, frame, path, shown, raw, faults) if n.slices]
    sessions = sum(_name(e) == "readingSession" for e in root)
    if labels.agree > sessions:
        what = f"has {sessions} reading sessions, fewer than `agree: {labels.agree}`"
        raise DataFault("header", path, what)
    count = _votes(nodules, frame)
    pieces, number = ndimage.label(count >= labels.agree, np.ones((3, 3, 3), int))
    for nodule in nodules:
        if not any((pieces[k][mask] > 0).any() for k, mask in nodule.slices.items()):
            what = (
                f"reader {nodule.reader} outlines a nodule on which fewer than {labels.agree} "
                f"readers agree"
            )
            faults.append(Fault("not-looked-for", f"{shown} {nodule.id}", what, raw))
    structures: dict[int, Structure] = {}
    for value, own in _owners(nodules, pieces, number).items():
        at = f"{shown} {', '.join(n.id for n in own[:6])}"
        name = labels.label if labels.by is None else _rating(own, labels.by)
        if name:
            structures[value] = Structure(name, at)
        else:
            what = f"the readers' ratings of {labels.by} have no median, or one has none"
            faults.append(Fault("class-unknown", at, what))
            pieces[pieces == value] = 0
    kind = np.min_scalar_type(number)
    voxels = np.ascontiguousarray(frame.image_of_sorted(pieces.astype(kind)).voxels)
    if voxels.shape != request.image.voxels.shape[:3]:
        raise DataFault("shape-mismatch", path, "its series differs in size from the image")
    looked = None if labels.by else frozenset({labels.label})
    return Annotations(layers=[Layer(voxels, structures)], faults=faults, looked_for=looked)


def _nodules(
    root: Element, frame: SeriesFrame, path: Path, shown: str, raw: str, faults: list[Fault]
) -> Iterator[_Nodule]:
    """Yield the nodules of all sessions; invalid outlines are added to `faults`."""
    slice_of = {frame.instances[file]: k for k, file in enumerate(frame.order.tolist())}
    points = seen = 0
    sessions = [e for e in root if _name(e) == "readingSession"]
    for reader, session in enumerate(sessions, start=1):
        for item in (e for e in session if _name(e) == "unblindedReadNodule"):
            seen += 1
            own = _text(item, "noduleID")
            nodule = _Nodule(reader, f"reader {reader} {own}", _ratings(item))
            at = f"{shown} {nodule.id}"
            unsound = ""
            outlines = [e for e in item if _name(e) == "roi"]
            for roi in sorted(outlines, key=_is_cut):  # cut out when all is drawn
                number = slice_of.get(_text(roi, "imageSOP_UID"))
                try:
                    corners = [
                        (plain_number(_text(e, "xCoord")), plain_number(_text(e, "yCoord")))
                        for e in roi
                        if _name(e) == "edgeMap"
                    ]
                except ValueError:
                    corners = []
                points += len(corners)
                if points > MAX_POINTS or seen > MAX_NODULES:
                    raise DataFault("too-large", path, f"has {points} points of {seen} nodules")
                if number is not None and not _there(_text(roi, "imageZposition"), number, frame):
                    unsound = "an outline names one slice, but has the position of another"
                elif number is None:
                    unsound = "an outline is in a slice that the series does not have"
                elif not corners or not _inside(corners, frame):
                    unsound = "an outline has no points, or extends beyond its slice"
                elif len(corners) > 1:
                    _cut(nodule, number, corners, not _is_cut(roi), frame)
            nodule.slices = {k: mask for k, mask in nodule.slices.items() if mask.any()}
            if unsound:
                faults.append(Fault("polygon-unsound", at, unsound, raw))
            elif not nodule.slices:
                what = "it is marked by a point, without an outline"
                faults.append(Fault("not-looked-for", at, what, raw))
            if not unsound:
                yield nodule


def _cut(
    nodule: _Nodule,
    number: int,
    corners: Sequence[tuple[float, float]],
    included: bool,
    frame: SeriesFrame,
) -> None:
    """Add the inside of an outline to a nodule's slice, or remove it."""
    shape = frame.shape[1:]
    pixels = np.rint(np.array(corners)).astype(np.int32)
    inside = fill_polygon(shape, pixels + 0.5)
    line = np.zeros(shape, np.uint8)
    cv2.polylines(line, [pixels[:, None]], isClosed=True, color=1)
    inside &= line == 0
    there = nodule.slices.get(number)
    if included:
        nodule.slices[number] = inside if there is None else there | inside
    elif there is not None:
        nodule.slices[number] = there & ~inside


def _votes(nodules: Sequence[_Nodule], frame: SeriesFrame) -> npt.NDArray[np.uint8]:
    """Return how many readers outline each voxel, (slices, rows, columns), sorted along the normal."""
    count = np.zeros(frame.shape, np.uint8)
    for reader in sorted({n.reader for n in nodules}):
        own: dict[int, Mask] = {}
        for nodule in (n for n in nodules if n.reader == reader):
            for number, mask in nodule.slices.items():
                own[number] = own[number] | mask if number in own else mask
        for number, mask in own.items():
            count[number] += mask
    return count


def _owners(
    nodules: Sequence[_Nodule], pieces: npt.NDArray[np.int32], number: int
) -> dict[int, list[_Nodule]]:
    """Return the nodules that overlap each piece: of each reader, the one with most voxels in it."""
    best: dict[tuple[int, int], tuple[int, _Nodule]] = {}
    for nodule in nodules:
        counts = np.zeros(number + 1, np.int64)
        for k, mask in nodule.slices.items():
            counts += np.bincount(pieces[k][mask], minlength=number + 1)
        for value in np.flatnonzero(counts[1:]) + 1:
            place = (int(value), nodule.reader)
            if place not in best or counts[value] > best[place][0]:
                best[place] = (int(counts[value]), nodule)
    found: dict[int, list[_Nodule]] = {value: [] for value in range(1, number + 1)}
    for (piece, _), (_, nodule) in sorted(best.items(), key=lambda item: item[0]):
        found[piece].append(nodule)
    return found


def _rating(own: Sequence[_Nodule], by: str) -> str:
    """Return the label of the median rating; empty if it is between two ratings, or if one is missing."""
    ratings = [n.ratings.get(by) for n in own]
    known = [r for r in ratings if r is not None]
    middle = median(known) if known and len(known) == len(ratings) else 0.5
    return f"{by} {int(middle)}" if middle == int(middle) else ""


def _there(stated: str, number: int, frame: SeriesFrame) -> bool:
    """Return whether a z coordinate is that of a slice, to within half a step; a missing one is accepted."""
    try:
        z = plain_number(stated) if stated else None
    except ValueError:
        z = None
    if z is None:
        return True
    step = frame.affine[:3, 2]
    place = float(frame.affine[2, 3] + number * step[2])
    return abs(z - place) <= 0.5 * float(np.linalg.norm(step))


def _is_cut(roi: Element) -> bool:
    return _text(roi, "inclusion").upper() == "FALSE"


def _ratings(item: Element) -> dict[str, int]:
    found = next((e for e in item if _name(e) == "characteristics"), ())
    rated = {_name(e): (e.text or "").strip() for e in found}
    return {name: int(text) for name, text in rated.items() if text.isdecimal()}


def _inside(corners: Sequence[tuple[float, float]], frame: SeriesFrame) -> bool:
    return all(0 <= x < frame.shape[2] and 0 <= y < frame.shape[1] for x, y in corners)


def _name(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _text(element: Element, name: str) -> str:
    return next(((e.text or "").strip() for e in element if _name(e) == name), "")
