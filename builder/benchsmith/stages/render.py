"""Render: draw the pictures of the questions, one read of each file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchsmith.core.chance import public_id
from benchsmith.core.contracts import Array, DataFault, Image, Plugins, Shown
from benchsmith.core.model import Case, Choice, Drawing, Question, Rejection, drawing_of
from benchsmith.core.stage_names import ALL_SOURCES
from benchsmith.documents.key_context import KeyContext, library_versions
from benchsmith.documents.lexicon import Window
from benchsmith.imaging.geometry import crop, pixel_mm, plane
from benchsmith.stages.ingest import layers_of
from benchsmith.stages.units import Unit, digest
from benchsmith.tables.facts import Facts

NAME = "render"
REVISION = 2


def inputs(context: KeyContext, source: str) -> Facts:
    """Return the facts that a source's pictures depend on."""
    used = sorted(context.sources[source].windows & context.windows.keys())
    return {
        **context.program(REVISION, Case),
        **context.settings("seed", "picture"),
        **library_versions(),
        **{f"lexicon/windows.tsv: {id_}": _bounds(context.windows[id_]) for id_ in used},
        **context.after("ask", ALL_SOURCES),
        **context.after("ingest", source),
    }


def _bounds(window: Window) -> list[str | float | None]:
    """Return what of a window decides a pixel's value."""
    return [window.id, window.kind, window.level, window.width, window.low, window.high]


@dataclass(frozen=True, slots=True)
class Painter:
    """How pictures are made; handed in, so that stages know no drawing library."""

    choose: Callable[[Image, Window | None], Shown | None]
    apply: Callable[[Array, Shown | None], Array]
    size: Callable[[int, int, tuple[float, float], int], tuple[int, int]]
    compose: Callable[[Array, Array | None, str, tuple[int, int]], Array]
    png: Callable[[Array], bytes]


@dataclass(frozen=True, slots=True)
class Order:
    """All pictures wanted of one image."""

    unit: Unit
    sha256: str
    """Digest of the image at ingest: a file that has changed since is not drawn."""
    wanted: tuple[tuple[Question, Choice], ...]
    windows: Mapping[str, Window]
    long_side: int
    seed: int


def render(order: Order, plugins: Plugins, painter: Painter) -> list[Case | Rejection]:
    """Draw every picture wanted of one image; a case or a rejection for each."""
    drawings = [drawing_of(q, choice) for q, choice in order.wanted]
    try:
        drawn = draw(
            order.unit, order.sha256, drawings, order.windows, order.long_side, plugins, painter
        )
    except DataFault as fault:
        return [_rejection(q, fault.reason, fault.detail) for q, _ in order.wanted]
    return [
        Case(
            id=public_id(order.seed, question.id),
            question=question.id,
            png=data,
            png_sha256=hashlib.sha256(data).hexdigest(),
            width=size[1],
            height=size[0],
            window=shown.words if shown else "as stored",
        )
        for (question, _), (data, size, shown) in zip(order.wanted, drawn, strict=True)
    ]


def draw(
    unit: Unit,
    sha256: str,
    drawings: Sequence[Drawing],
    windows: Mapping[str, Window],
    long_side: int,
    plugins: Plugins,
    painter: Painter,
) -> list[tuple[bytes, tuple[int, int], Shown | None]]:
    """Draw pictures of one image: of each the PNG, height and width, and the window as used.

    Raises DataFault for files that cannot be read, or are others than they were.
    """
    if digest(plugins.members(unit.path)) != sha256:
        raise DataFault("unreadable", unit.path, "the file has changed since it was ingested")
    image = plugins.read_image(unit.path, unit.reading())
    marked = any(drawing.kind != "image" for drawing in drawings)
    layers = layers_of(unit.annotations(image, plugins), unit) if marked else []
    ranges: dict[str, Shown | None] = {}
    drawn = []
    for one in drawings:
        if one.window not in ranges:
            ranges[one.window] = painter.choose(image, windows.get(one.window))
        shown = ranges[one.window]
        whole = plane(image.voxels, one.axis, one.index)
        grey = painter.apply(crop(whole, one.crop), shown)
        mask = None
        if one.kind != "image":
            labels = plane(layers[one.layer][0].voxels, one.axis, one.index)
            mask = labels == one.value
        pixel = pixel_mm(image.spacing_mm, one.axis)
        size = painter.size(grey.shape[0], grey.shape[1], pixel, long_side)
        data = painter.png(painter.compose(grey, mask, one.view, size))
        drawn.append((data, size, shown))
    return drawn


def lost(order: Order, why: str) -> list[Case | Rejection]:
    """Say that nothing was drawn of an image, since no worker survived it."""
    return [_rejection(question, "worker-died", why) for question, _ in order.wanted]


def orders(
    units: Sequence[Unit],
    digests: Mapping[str, str],
    questions: Sequence[Question],
    choices: Mapping[str, Choice],
    windows: Mapping[str, Window],
    long_side: int,
    seed: int,
) -> list[Order]:
    """Gather the pictures wanted of each image."""
    by_sample: dict[str, list[tuple[Question, Choice]]] = {}
    for question in questions:
        by_sample.setdefault(question.sample, []).append((question, choices[question.target]))
    return [
        Order(unit, digests[unit.sample], tuple(by_sample[unit.sample]), windows, long_side, seed)
        for unit in units
        if unit.sample in by_sample
    ]


def _rejection(question: Question, reason: str, detail: str) -> Rejection:
    return Rejection(
        stage=NAME, source=question.source, subject=question.id, reason=reason, detail=detail
    )
