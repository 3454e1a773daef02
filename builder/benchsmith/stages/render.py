"""Render: draw the pictures of the questions; each image is read once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from benchsmith.core.alteration import AS_IT_WAS, ERASE, MOVE, SHIFT
from benchsmith.core.content_names import renamed
from benchsmith.core.contracts import Array, DataFault, Image, Plugins, Shown
from benchsmith.core.drawing import Drawing, drawing_of
from benchsmith.core.model import Case, Choice, Question, Rejection
from benchsmith.core.random_order import public_id
from benchsmith.documents.lexicon import Window
from benchsmith.imaging.geometry import crop, pixel_mm, plane
from benchsmith.imaging.mask_fit import Shift, shifted
from benchsmith.imaging.picture_turns import turn
from benchsmith.stages.kept_volumes import KeptVolumes
from benchsmith.stages.label_layers import SourceLayer, layers_of, mask_of
from benchsmith.stages.painted_regions import hole_of, source_of
from benchsmith.stages.render_key import NAME
from benchsmith.stages.units import Unit, unchanged_image


@dataclass(frozen=True, slots=True)
class Painter:
    """The drawing functions; passed in, so that stages import no drawing library."""

    choose: Callable[[Image, Window | None, Array | None], Shown | None]
    """Return the intensity range of an image under a window, which may depend on the values of the
    region asked about; None if the pixels are shown as stored."""
    apply: Callable[[Array, Shown | None], Array]
    """Map a plane to 8 bits."""
    size: Callable[[int, int, tuple[float, float], int], tuple[int, int]]
    """Return the picture's (rows, columns) from the plane's, its pixel size and the long side."""
    compose: Callable[[Array, Array | None, str, tuple[int, int]], Array]
    """Scale a plane and draw the mark of a view over a mask."""
    runs: Callable[[Array, tuple[int, int]], str]
    """Return the run lengths of a mask as a picture of that size shows it."""
    png: Callable[[Array], bytes]
    """Encode a picture."""
    paint_out: Callable[[Array, Array, Array], Array]
    """Paint a region of an 8-bit picture out: picture, region, and the area that may be copied.
    Raises ValueError if no piece of that area is large enough."""
    form: Callable[..., Array]
    """Draw a picture with more than one plane, as
    :func:`benchsmith.imaging.rendering.formed_picture.draw_form` does."""


class Drawn(NamedTuple):
    """One picture."""

    png: bytes
    size: tuple[int, int]
    """(rows, columns)."""
    shown: Shown | None
    """The intensity range used; None if the values are shown as stored."""
    region: str = ""
    """Run lengths of the mask in the picture, if they were asked for."""


@dataclass(frozen=True, slots=True)
class RenderJob:
    """All pictures to draw from one image."""

    unit: Unit
    sha256: str
    """Digest of the image's files at ingest; nothing is drawn if it differs now."""
    questions: tuple[tuple[Question, Choice], ...]
    windows: Mapping[str, Window]
    """By id."""
    long_side: int
    """Of the pictures, in pixels."""
    seed: int
    regions: bool = False
    """Whether cases need the regions of their pictures."""


def render(
    job: RenderJob, plugins: Plugins, painter: Painter, *, kept: KeptVolumes | None = None
) -> list[Case | Rejection]:
    """Draw the pictures of one image: a case or a rejection for each question.

    `kept` has volumes that ingest read in the same build.
    """
    drawings = [drawing_of(q, choice) for q, choice in job.questions]
    try:
        drawn = draw(
            job.unit,
            job.sha256,
            drawings,
            job.windows,
            job.long_side,
            plugins,
            painter,
            regions=job.regions,
            kept=kept,
        )
    except DataFault as fault:
        return [_rejection(q, fault.reason, fault.detail) for q, _ in job.questions]
    return [
        Case(
            id=public_id(job.seed, renamed(question.id, question.sample, choice.content)),
            question=question.id,
            png=one.png,
            png_sha256=hashlib.sha256(one.png).hexdigest(),
            width=one.size[1],
            height=one.size[0],
            window=one.shown.words if one.shown else "as stored",
            region=one.region,
        )
        for (question, choice), one in zip(job.questions, drawn, strict=True)
    ]


def draw(
    unit: Unit,
    sha256: str,
    drawings: Sequence[Drawing],
    windows: Mapping[str, Window],
    long_side: int,
    plugins: Plugins,
    painter: Painter,
    *,
    regions: bool = False,
    kept: KeptVolumes | None = None,
) -> list[Drawn]:
    """Draw pictures of one image.

    `sha256` is the digest of its files at ingest, `long_side` is in pixels, `regions` asks for the run
    lengths of masks. Raises DataFault if the
    files cannot be read or have changed.
    """
    found = kept.find(unit, sha256, plugins.members(unit.path)) if kept else None
    if found is None:
        image = unchanged_image(unit, sha256, plugins)
        marked = any(d.kind != "image" for d in drawings)
        found = image, layers_of(unit.annotations(image, plugins), unit) if marked else []
    image, layers = found
    ranges: dict[str, Shown | None] = {}
    drawn = []
    for one in drawings:
        window = windows.get(one.window)
        whole = plane(image.voxels, one.axis, one.index)
        own, mask = _masks(one, layers)
        if window is not None and window.otherwise:
            shown = painter.choose(image, window, None if own is None else whole[own])
        else:
            if one.window not in ranges:
                ranges[one.window] = painter.choose(image, window, None)
            shown = ranges[one.window]
        grey = painter.apply(crop(whole, one.crop), shown)
        if one.alteration is not None and one.alteration.kind == ERASE:
            grey = _painted_out(grey, one, layers, painter)
        pixel = pixel_mm(image.sides, one.axis)
        if one.form is not None:
            tile = partial(_tile, image, layers, one, shown, painter)
            of_values = image.unit or (shown.unit if shown else "")
            picture = painter.form(one.form, grey, tile, pixel, long_side, shown, of_values)
            drawn.append(Drawn(painter.png(picture), _size(picture), shown))
            continue
        size = painter.size(grey.shape[0], grey.shape[1], pixel, long_side)
        picture = painter.compose(grey, mask, one.view, size)
        if one.alteration is not None and one.alteration.orientation != AS_IT_WAS:
            picture = np.ascontiguousarray(turn(picture[None], one.alteration.orientation)[0])
            size = _size(picture)
        data = painter.png(picture)
        runs = ""
        if regions and mask is not None and one.kind == "region" and one.alteration is None:
            runs = painter.runs(mask, size)
        drawn.append(Drawn(data, size, shown, runs))
    return drawn


def _size(picture: Array) -> tuple[int, int]:
    return int(picture.shape[0]), int(picture.shape[1])


def _tile(
    image: Image,
    layers: Sequence[SourceLayer],
    one: Drawing,
    shown: Shown | None,
    painter: Painter,
    index: int,
) -> tuple[Array, Array | None]:
    """Return another plane of a drawing's image in 8 bits, and the structure's mask in it."""
    grey = painter.apply(plane(image.voxels, one.axis, index), shown)
    if one.kind == "image":
        return grey, None
    return grey, mask_of(layers[one.layer].layer, one.value, one.axis, index)


def _masks(one: Drawing, layers: Sequence[SourceLayer]) -> tuple[Array | None, Array | None]:
    """Return the region that the original question asks about, and the one to mark."""
    if one.kind == "image":
        return None, None
    marked = mask_of(layers[one.layer].layer, one.value, one.axis, one.index)
    change = one.alteration
    if change is None:
        return marked, marked
    asked = mask_of(layers[change.asked.layer].layer, change.asked.value, one.axis, one.index)
    if change.kind == SHIFT:
        return asked, shifted(asked, Shift(change.dx, change.dy))
    return asked, marked if change.kind == MOVE else asked


def _painted_out(
    grey: Array, one: Drawing, layers: Sequence[SourceLayer], painter: Painter
) -> Array:
    """Return an 8-bit plane without the structures that are painted out."""
    assert one.alteration is not None
    hole = hole_of(layers, one.alteration.painted, one.axis, one.index)
    source = source_of(layers, hole, one.alteration.copied, one.axis, one.index)
    return painter.paint_out(grey, hole, source)


def lost(job: RenderJob, why: str) -> list[Case | Rejection]:
    """Return the rejections of a job whose worker was killed."""
    return [_rejection(question, "worker-died", why) for question, _ in job.questions]


def jobs(
    units: Sequence[Unit],
    digests: Mapping[str, str],
    questions: Sequence[Question],
    choices: Mapping[str, Choice],
    windows: Mapping[str, Window],
    long_side: int,
    seed: int,
    *,
    regions: bool = False,
) -> list[RenderJob]:
    """Group the questions by image; `digests` are by sample, `choices` by target, `windows` by id."""
    by_sample: dict[str, list[tuple[Question, Choice]]] = {}
    for question in questions:
        by_sample.setdefault(question.sample, []).append((question, choices[question.target]))
    return [
        RenderJob(
            unit,
            digests[unit.sample],
            tuple(by_sample[unit.sample]),
            windows,
            long_side,
            seed,
            regions,
        )
        for unit in units
        if unit.sample in by_sample
    ]


def _rejection(question: Question, reason: str, detail: str) -> Rejection:
    return Rejection(
        stage=NAME, source=question.source, subject=question.id, reason=reason, detail=detail
    )
