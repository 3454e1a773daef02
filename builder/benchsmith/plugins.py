"""Registry of the plug-ins that are passed to stages; no other module imports all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import benchsmith.annotations
from benchsmith import formats
from benchsmith.annotations import personal_keys, personal_lines, text_tables, workbook_texts
from benchsmith.core.contracts import DataFault, Plugins
from benchsmith.core.library_errors import words_for
from benchsmith.documents.lexicon import Window
from benchsmith.imaging import picture_text

if TYPE_CHECKING:
    from benchsmith.stages.render import Painter

EXPORTS: dict[str, str] = {
    "parquet": "benchsmith.exporters.parquet:write",
    "vlmevalkit": "benchsmith.exporters.vlmevalkit:write",
    "lmms-eval": "benchsmith.exporters.harness_tasks:write_lmms_eval",
    "lm-eval": "benchsmith.exporters.harness_tasks:write_lm_eval",
    "plain": "benchsmith.exporters.plain:write",
    "inspect": "benchsmith.exporters.inspect_task:write",
    "coco": "benchsmith.exporters.coco:write",
    "webdataset": "benchsmith.exporters.webdataset:write",
    "rehydrate": "benchsmith.exporters.rehydrate:write",
    "provenance": "benchsmith.exporters.provenance:write",
    "attribution": "benchsmith.exporters.attribution:write",
    "croissant": "benchsmith.exporters.croissant:write",
    "card": "benchsmith.exporters.card:write",
    "validity": "benchsmith.exporters.validity:write",
    "report": "benchsmith.exporters.report:write",
    "explorer": "benchsmith.exporters.explorer:write",
}
"""The function that writes each export, by its name in a benchmark file, in the order of writing."""


def readers() -> Plugins:
    """Return the readers of images, labels and tables."""
    return Plugins(
        read_image=formats.read,
        read_labels=formats.read_labels,
        read_annotations=benchsmith.annotations.read,
        named_pictures=benchsmith.annotations.named_pictures,
        read_table=text_tables.by_key,
        members=formats.members,
        is_alone=formats.is_alone,
        parts=formats.parts,
        variables=formats.variables,
        identifiers=identifiers,
        own_labels=formats.own_labels,
        read_text=picture_text.lines if picture_text.versions() else None,
    )


_TEXTS: dict[str, Callable[[Path], dict[str, str]]] = {
    **dict.fromkeys(personal_keys.ENDINGS, personal_keys.identifiers),
    **dict.fromkeys(personal_lines.ENDINGS, personal_lines.identifiers),
    ".xlsx": workbook_texts.identifiers,
}
"""By the ending of a label file, what reads the texts in it that are no pictures."""


def identifiers(path: Path) -> dict[str, str]:
    """Return what the header of an image or a label file may tell of a person, each to its field.

    Raises DataFault for a file whose header cannot be searched.
    """
    try:
        reader = _TEXTS.get(path.suffix.lower())
        return reader(path) if reader and path.is_file() else formats.identifiers(path)
    except DataFault:
        raise
    except Exception as error:
        # a header may be damaged in a field that the reader of its pixels never looks at
        raise DataFault("unreadable", path, words_for(error)) from error


def unseen_columns(path: Path) -> list[str]:
    """Return the names of the hidden columns of a workbook. Raises DataFault."""
    from benchsmith.annotations.unseen_columns import unseen_columns

    return unseen_columns(path)


def windows_of(intensity: str, windows: Sequence[Window]) -> dict[str, Window]:
    """Return the intensity window of each id in `windows.tsv` under a benchmark's `picture.intensity`."""
    from benchsmith.imaging.rendering.windows import MIN_MAX

    by_anatomy = intensity == "anatomy"
    known = {w.id: w if by_anatomy else MIN_MAX for w in windows}
    return known if by_anatomy else known | {"": MIN_MAX}


def painter() -> Painter:
    """Return the functions that draw pictures."""
    from benchsmith.imaging.rendering import (
        formed_picture,
        paint_out,
        picture,
        png,
        region_runs,
        windows,
    )
    from benchsmith.stages.render import Painter

    return Painter(
        choose=windows.choose,
        apply=windows.apply,
        size=picture.scaled_size,
        compose=picture.compose,
        runs=region_runs.runs_in_picture,
        png=png.encode,
        paint_out=paint_out.paint_out,
        form=formed_picture.draw_form,
    )
