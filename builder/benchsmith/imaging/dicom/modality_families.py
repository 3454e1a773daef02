"""What a DICOM object is, by its Modality (0008,0060) and its SOP class: a kind of image, or no image at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from benchsmith.core.contracts import DataFault

if TYPE_CHECKING:
    import pydicom  # `plan` needs the tables alone

OBJECTS = frozenset(
    {
        "ANN", "ASMT", "AU", "CTPROTOCOL", "DOC", "FID", "KO", "M3D", "PLAN", "PR", "REG", "RTDOSE",
        "RTINTENT", "RTPLAN", "RTRAD", "RTRECORD", "RTSEGANN", "RTSTRUCT", "RWV", "SEG", "SMR", "SR",
        "STAIN", "TEXTUREMAP", "XAPROTOCOL",
    }
)  # fmt: skip
"""Modalities of objects about an image (PS3.3 C.7.3.1.1.1): contours, segmentations, reports, doses."""
NO_SLICES = OBJECTS | {"RTIMAGE"}
"""Modalities of what lies beside the slices of a series; a portal image is a picture, but none of them."""
FAMILIES = {
    "ct": frozenset({"CT"}),
    "mri": frozenset({"MR"}),
    "nuclear-medicine": frozenset({"NM", "PT", "ST"}),
    "ultrasound": frozenset({"BDUS", "EC", "IVUS", "US"}),
    "x-ray": frozenset({"BMD", "CR", "DF", "DS", "DX", "IO", "MG", "PX", "RF", "RG", "XA"}),
    "adaptive-optics-ophthalmoscopy": frozenset({"OP", "XC"}),
    "clinical-photography": frozenset({"DMS", "XC"}),
    "colposcopy": frozenset({"CP", "ES", "XC"}),
    "dermoscopy": frozenset({"DMS", "XC"}),
    "endoscopy": frozenset({"CP", "ES", "LP", "XC"}),
    "fundus-photography": frozenset({"FS", "OP", "XC"}),
    "infrared-reflectance": frozenset({"OP", "XC"}),
    "microscopy": frozenset({"CFM", "GM", "SM", "XC"}),
    "oct": frozenset({"IVOCT", "OCT", "OP", "OPT", "OPTBSV", "OPTENF"}),
}
"""The Modalities of kinds of images, by the ids of the lexicon; retired ones too (PS3.3 C.7.3.1.1.1)."""
NO_FAMILY = frozenset({"BI", "LS", "OAM", "OPM", "OSS", "PA", "RTIMAGE", "TG"})
"""Modalities of images of kinds that the lexicon does not have."""
ROOT = "1.2.840.10008.5.1.4.1.1."
CLASSES = {
    "1": "CR", "1.1": "DX", "1.2": "MG", "1.3": "IO", "2": "CT", "3": "US", "4": "MR", "5": "NM", "6": "US",
    "6.3": "PA", "12.1": "XA", "12.2": "RF", "12.3": "XA", "13.1.1": "XA", "13.1.2": "DX", "13.1.3": "MG",
    "13.1.4": "MG", "13.1.5": "MG", "14": "IVOCT", "20": "NM", "66.4": "SEG", "66.7": "SEG", "77.1.1": "ES",
    "77.1.2": "GM", "77.1.3": "SM", "77.1.4": "XC", "77.1.5": "OP", "77.1.5.4": "OPT", "77.1.5.7": "OPTENF",
    "77.1.5.8": "OPTBSV", "77.1.6": "SM", "77.1.7": "DMS", "77.1.8": "CFM", "77.1.9": "CFM", "81": "OPM",
    "82": "OPM", "128": "PT", "130": "PT", "481.1": "RTIMAGE", "481.2": "RTDOSE", "481.23": "RTIMAGE",
    "481.24": "RTIMAGE",
}  # fmt: skip
"""The Modality of storage SOP classes with pixels (PS3.4 B.5), after `ROOT`, and of those below them. Secondary
Capture and Parametric Map may be of any."""


def of_class(sop_class: str) -> str:
    """Return the Modality that a SOP class has; empty if it may have any.

    >>> of_class("1.2.840.10008.5.1.4.1.1.2.1"), of_class("1.2.840.10008.5.1.4.1.1.7"), of_class("")
    ('CT', '', '')
    """
    if not sop_class.startswith(ROOT):
        return ""
    parts = sop_class[len(ROOT) :].split(".")
    over = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
    return next((CLASSES[one] for one in over if one in CLASSES), "")


def of_object(data: pydicom.Dataset) -> str:
    """Return what an object is, as a Modality; empty if neither its Modality nor its class says it.

    The class decides whether it is an image, since programs copy the Modality of an image into what they make
    of it. Otherwise the Modality decides, and the class where that states no kind, such as OT.
    """
    stated, implied = str(data.get("Modality") or ""), of_class(str(data.get("SOPClassUID") or ""))
    if (implied in OBJECTS and stated not in OBJECTS) or (implied and not _is_known(stated)):
        return implied
    return stated


def _is_known(modality: str) -> bool:
    others = NO_FAMILY | OBJECTS
    return modality in others or any(modality in own for own in FAMILIES.values())


def contradicts(modality: str, family: str) -> bool:
    """Return whether a Modality belongs to another kind of images than the recipe states.

    Modalities that state no kind, such as OT, contradict nothing.

    >>> contradicts("DX", "ct"), contradicts("CT", "ct"), contradicts("OT", "ct"), contradicts("CT", "")
    (True, False, False, False)
    """
    return family in FAMILIES and modality not in FAMILIES[family] and _is_known(modality)


def check_image(data: pydicom.Dataset, path: Path) -> None:
    """Raise DataFault (not-a-picture) for an object about images, such as a dose, which may have pixels too."""
    if (kind := of_object(data)) in OBJECTS:
        stated = str(data.get("Modality") or "")
        by = "Modality (0008,0060)" if stated == kind else "SOP class (0008,0016)"
        what = f"its {by} is that of {kind}, an object about images"
        advice = (
            "narrow `images`, or set `dicom_modality`, which leaves out such files without a fault"
        )
        raise DataFault("not-a-picture", path, f"{what}: {advice}")


def check_family(data: pydicom.Dataset, family: str, path: Path) -> None:
    """Raise DataFault (other-modality) for an image of another kind than that of the recipe."""
    kind = of_object(data)
    if contradicts(kind, family):
        stated = str(data.get("Modality") or "")
        by = "Modality (0008,0060)" if stated == kind else "SOP class (0008,0016)"
        what = f"its {by} is {'' if stated == kind else 'that of '}{kind}, which is not {family}"
        accept = f", or accept it by `dicom_modality: {stated}`" if stated else ""
        advice = f"correct `modality`{accept}"
        raise DataFault("other-modality", path, f"{what}; {advice}")
