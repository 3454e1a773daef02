"""Guesses the modality of pictures, and says how sure the guess is."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from benchsmith.drafting.recipes.file_looks import Look
from benchsmith.drafting.recipes.name_words import tokens

BY_HEADER = {"CT": "ct", "MR": "mri", "US": "ultrasound", "CR": "x-ray", "DX": "x-ray",
             "RG": "x-ray", "MG": "mammography", "PT": "pet", "NM": "nuclear-medicine",
             "OPT": "oct", "OP": "fundus-photography", "ES": "endoscopy", "XA": "angiography",
             "SM": "histopathology", "XC": "clinical-photography"}  # fmt: skip
BY_WORD = (
    ("contrast-enhanced-t1-weighted-mri", "t1ce t1c t1gd t1post"),
    ("flair-mri", "flair t2f"),
    ("t1-weighted-mri", "t1 t1n t1w"),
    ("t2-weighted-mri", "t2 t2w"),
    ("adc-mri", "adc"),
    ("diffusion-weighted-mri", "dwi hbv"),
    ("pet", "pet pt fdg suv"),
    ("ct", "ct cta ncct cect"),
    ("mri", "mri mr"),
    ("mammography", "mammo mammography mammogram inbreast ddsm"),
    ("x-ray", "xray cxr radiograph radiography chestxray dx mura"),
    ("oct", "oct"),
    ("fundus-photography", "fundus retina retinal retinopathy optic eyepacs"),
    ("echocardiography", "echo echocardiography camus"),
    ("ultrasound", "ultrasound us busi usg sonography"),
    ("dermoscopy", "isic dermoscopy derm skin lesion ham"),
    ("histopathology", "histo histology histopathology he slide wsi pathology tissue"),
    ("colonoscopy", "polyp colonoscopy kvasir cvc colondb"),
    ("laparoscopy", "cholec laparoscopy laparoscopic surgery"),
    ("capsule-endoscopy", "capsule"),
    ("endoscopy", "endoscopy endo gastro endoscopic"),
    ("fluorescence-microscopy", "fluorescence dapi"),
    ("bright-field-microscopy", "blood smear cell cells cytology cytomorphology wbc malaria"),
    ("microscopy", "microscopy nuclei nucleus"),
)


AMBIGUOUS = frozenset(
    ["pt", "us", "he", "mr", "dx", "es", "op", "cell", "cells", "tissue", "skin", "capsule"]
)
"""Words that mean something else as often, such as a patient, a country or a pronoun."""


class Guess(NamedTuple):
    """A modality and where it comes from."""

    modality: str
    why: str
    """Such as `the files' names say "ct"`."""
    sure: str
    """``sure``, ``likely`` or ``a guess``."""


def guess(words: Iterable[str], look: Look, header: str, known: Iterable[str]) -> Guess:
    """Return the modality of pictures; `words` are texts of their paths, the nearest last."""
    ids = set(known)
    if header in BY_HEADER and BY_HEADER[header] in ids:
        return Guess(BY_HEADER[header], f"the DICOM header says {header}", "sure")
    texts = [_forms(text) for text in reversed(list(words))]
    for surely in (True, False):
        for forms in texts:
            for modality, names in BY_WORD:
                found = (n for n in names.split() if (n not in AMBIGUOUS) == surely and n in forms)
                if modality in ids and (hit := next(found, "")):
                    return Guess(
                        modality, f"a name says {hit!r}", "likely" if surely else "a guess"
                    )
    if "ct" in ids and (look.unit == "HU" or (not look.planar and look.low <= -500)):
        return Guess("ct", f"values from {look.low:g} to {look.high:g} look like Hounsfield units",
                     "likely")  # fmt: skip
    modality, why = "x-ray", "a grey picture"
    if not look.planar:
        modality, why = "mri", f"a volume with values from {look.low:g} to {look.high:g}"
    elif look.colour:
        modality, why = "endoscopy", "a colour picture"
    return Guess(modality if modality in ids else min(ids, default=modality), why, "a guess")


def _forms(text: str) -> set[str]:
    """Return the words of a text, also without a plural's s, and two and three of them as one."""
    found = tokens(text)
    pairs = {a + b for a, b in pairwise(found)}
    triples = {a + b + c for a, b, c in zip(found, found[1:], found[2:], strict=False)}
    return {*found, *(t.removesuffix("s") for t in found), *pairs, *triples}
