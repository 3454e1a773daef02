"""The plug-ins that stages are handed: the only place that knows all of them."""

from __future__ import annotations

from collections.abc import Sequence

import builder.annotations
from builder import formats
from builder.annotations import tables
from builder.documents.lexicon import Window
from builder.ports import Plugins
from builder.stages.render import Painter

EXPORTS: dict[str, str] = {
    "parquet": "builder.exporters.parquet:write",
    "vlmevalkit": "builder.exporters.vlmevalkit:write",
    "lmms-eval": "builder.exporters.harness:write_lmms_eval",
    "lm-eval": "builder.exporters.harness:write_lm_eval",
    "plain": "builder.exporters.plain:write",
    "inspect": "builder.exporters.inspect:write",
    "coco": "builder.exporters.coco:write",
    "webdataset": "builder.exporters.webdataset:write",
    "rehydrate": "builder.exporters.rehydrate:write",
    "provenance": "builder.exporters.provenance:write",
    "attribution": "builder.exporters.attribution:write",
    "croissant": "builder.exporters.croissant:write",
    "card": "builder.exporters.card:write",
    "validity": "builder.exporters.validity:write",
    "report": "builder.exporters.report:write",
}
"""An export's name in a benchmark file to what writes it, in the order they are written."""


def readers() -> Plugins:
    """Return the readers."""
    return Plugins(
        read_image=formats.read,
        read_labels=formats.read_labels,
        read_annotations=builder.annotations.read,
        read_table=tables.by_key,
        members=formats.members,
        stem=formats.stem,
        parts=formats.parts,
        identifiers=formats.identifiers,
        own_labels=formats.own_labels,
    )


def windows_of(intensity: str, windows: Sequence[Window]) -> dict[str, Window]:
    """Return the window that each id of windows.tsv means with a benchmark's `picture.intensity`."""
    from builder.rendering.windows import MIN_MAX

    by_anatomy = intensity == "anatomy"
    known = {w.id: w if by_anatomy else MIN_MAX for w in windows}
    return known if by_anatomy else known | {"": MIN_MAX}


def painter() -> Painter:
    """Return what draws pictures."""
    from builder.rendering import picture, png, windows

    return Painter(
        choose=windows.choose,
        apply=windows.apply,
        size=picture.scaled_size,
        compose=picture.compose,
        png=png.encode,
    )
