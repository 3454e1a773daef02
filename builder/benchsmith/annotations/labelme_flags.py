"""What a shape of LabelMe says of itself beside its label: flags that are set, a confidence, doubts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchsmith.annotations import mark_doubts, model_confidence
from benchsmith.documents.labels import LabelMe

LOOKS = frozenset({"occluded", "truncated", "difficult"})
"""Flags of a shape, in lower case, that say how well an object is seen, and not whether it is there."""


def set_flags(own: Mapping[str, Any]) -> list[str]:
    """Return the names of the flags that are set for a shape or for the whole picture."""
    flags = own.get("flags")
    return [name for name, on in flags.items() if on] if isinstance(flags, dict) else []


def against_shape(labels: LabelMe, raw: str, shape: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return reason and detail if a shape says that it is a model's, no sure one, or what is not read."""
    if not labels.confidence and (sure := model_confidence.stated(shape)):
        return model_confidence.REASON, model_confidence.why(raw, sure)
    flags = [name for name in set_flags(shape) if name not in labels.silent]
    apart = {**shape, "flags": dict.fromkeys(flags, True)}
    if not labels.doubted and (said := mark_doubts.stated(apart)):
        return mark_doubts.REASON, mark_doubts.why(raw, said)
    if unread := next((n for n in flags if _is_unread(n, labels)), None):
        what = f"{raw}: its flag {unread!r} is not read; add it to `silent` if it changes nothing"
        return "class-unknown", what
    return None


def _is_unread(flag: str, labels: LabelMe) -> bool:
    """Return whether a flag of a shape may say something of it that is not read."""
    if labels.doubted and mark_doubts.stated({flag: True}):
        return False
    return flag.lower() not in LOOKS
