"""Render: draw the pictures of the questions, one read of each file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from builder.chance import public_id
from builder.documents.lexicon import Window
from builder.geometry import crop, pixel_mm, plane
from builder.model import Case, Choice, Question, Rejection
from builder.ports import Array, DataFault, Image, Plugins, Shown
from builder.stages.ingest import layers_of
from builder.stages.units import Unit, digest

NAME = "render"
REVISION = 2


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
    unit = order.unit
    try:
        if digest(plugins.members(unit.path)) != order.sha256:
            raise DataFault("unreadable", unit.path, "the file has changed since it was ingested")
        image = plugins.read_image(unit.path, unit.reading())
        marked = any(choice.kind != "image" for _, choice in order.wanted)
        layers = layers_of(unit.annotations(image, plugins), unit) if marked else []
    except DataFault as fault:
        return [_rejection(q, fault.reason, fault.detail) for q, _ in order.wanted]
    ranges: dict[str, Shown | None] = {}
    results: list[Case | Rejection] = []
    for question, choice in order.wanted:
        if choice.window not in ranges:
            ranges[choice.window] = painter.choose(image, order.windows.get(choice.window))
        shown = ranges[choice.window]
        whole = plane(image.voxels, choice.axis, choice.index)
        grey = painter.apply(crop(whole, choice.crop), shown)
        mask = None
        if choice.kind != "image":
            labels = plane(layers[choice.layer][0].voxels, choice.axis, choice.index)
            mask = labels == choice.value
        pixel = pixel_mm(image.spacing_mm, choice.axis)
        size = painter.size(grey.shape[0], grey.shape[1], pixel, order.long_side)
        data = painter.png(painter.compose(grey, mask, question.view, size))
        results.append(
            Case(
                id=public_id(order.seed, question.id),
                question=question.id,
                png=data,
                png_sha256=hashlib.sha256(data).hexdigest(),
                width=size[1],
                height=size[0],
                window=shown.words if shown else "as stored",
            )
        )
    return results


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
