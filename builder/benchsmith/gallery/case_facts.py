"""The parts of a case's provenance that a reader sees: measures to sort by, and facts in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchsmith.core.model import PLANAR


def measures_of(row: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, float | None]:
    """Return the measures by which cases can be sorted; None if the release does not state them.

    Areas are those of the region in its plane: in square millimetres, and as a share of the plane
    in per cent. The pool is the number of labels that the wrong options were drawn from.
    """
    shape = more.get("shape_zyx") or ()
    axis = more.get("axis")
    plane = 0
    if axis and len(shape) >= 2:
        sides = {"axial": (1, 2), "coronal": (0, 2), "sagittal": (0, 1)}.get(axis, (-2, -1))
        plane = shape[sides[0]] * shape[sides[1]]
    area = more.get("area_px")
    return {
        "area in mm2": _rounded(more.get("area_mm2")),
        "share of the plane in %": _rounded(100 * area / plane if area and plane else None),
        "options": float(len(row["options"])),
        "pool of options": _rounded(more.get("pool_size")),
    }


def facts_of(more: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the provenance of a case as names and values, without what is unknown."""
    if not more:
        return ()
    volume = more["axis"] != PLANAR
    found = (
        ("source", f"{more['source']}, version {more['source_version']}"),
        ("labels are", more["labels_are"]),
        ("licence", more["licence"]),
        ("patient", more["patient"]),
        ("plane", f"{more['axis']}, number {more['plane_index']}" if volume else ""),
        ("volume", _sizes(more["shape_zyx"], " x ") if volume else ""),
        (
            f"spacing in mm, {'z y x' if volume else 'y x'}",
            _sizes([side for side in more["spacing_mm_zyx"] or () if side is not None], ", "),
        ),
        ("window", more["window"]),
        ("label in the source", more["raw_label"]),
        ("side", more["laterality"]),
        ("area", _area(more)),
        ("label decided at", more["decided_at"]),
        ("place decided at", more["placed_at"]),
        ("stem", more["stem_at"]),
        ("note on the labels", more["labels_note"]),
        ("alteration", more.get("alteration")),
        *(("measured", fact) for fact in more.get("evidence") or ()),
        ("SHA-256 of the image", more["image_sha256"]),
        ("SHA-256 of the picture", more["picture_sha256"]),
    )
    return tuple((name, str(value)) for name, value in found if value)


def _area(more: Mapping[str, Any]) -> str:
    if not more["area_px"]:
        return ""
    mm2 = more["area_mm2"]
    return f"{more['area_px']} pixels" + (f", {mm2:.1f} mm²" if mm2 else "")


def _sizes(values: Any, between: str) -> str:
    return between.join(f"{value:g}" for value in values or ())


def _rounded(value: Any) -> float | None:
    """Return a number with four digits; None if it is missing.

    >>> _rounded(1234.567), _rounded(None)
    (1235.0, None)
    """
    return None if value is None else float(f"{value:.4g}")
