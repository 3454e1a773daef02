"""Modalities (0008,0060) by kind of image, so that DX is not read as CT."""

from __future__ import annotations

from pathlib import Path

from benchsmith.core.contracts import DataFault

FAMILIES = {
    "ct": frozenset({"CT"}),
    "mri": frozenset({"MR"}),
    "nuclear-medicine": frozenset({"NM", "PT"}),
    "ultrasound": frozenset({"US", "IVUS"}),
    "x-ray": frozenset({"CR", "DX", "IO", "MG", "PX", "RF", "RG", "XA"}),
}
"""The Modalities of kinds of images, by the ids of the lexicon."""


def contradicts(modality: str, family: str) -> bool:
    """Return whether a Modality belongs to another kind of images than the recipe states.

    Modalities that state no kind, such as OT, contradict nothing.

    >>> contradicts("DX", "ct"), contradicts("CT", "ct"), contradicts("OT", "ct"), contradicts("CT", "")
    (True, False, False, False)
    """
    if family not in FAMILIES or modality in FAMILIES[family]:
        return False
    return any(modality in own for own in FAMILIES.values())


def check_family(modality: str, family: str, path: Path) -> None:
    """Raise DataFault (other-modality) for a Modality that contradicts the kind of the recipe."""
    if contradicts(modality, family):
        what = f"its Modality (0008,0060) is {modality}, which is not {family}"
        advice = f"correct `modality`, or accept it by `dicom_modality: {modality}`"
        raise DataFault("other-modality", path, f"{what}; {advice}")
