"""Families of imaging: which pictures can show a label at all."""

from __future__ import annotations

from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.lexicon.body_areas import Areas
from benchsmith.documents.tree import Term
from benchsmith.text.name_tokens import tokens
from benchsmith.text.normal_form import normal

Families = frozenset[str]

OF_MODALITY = {
    "ct": "radiology", "mri": "radiology", "x-ray": "radiology", "ultrasound": "radiology",
    "nuclear-medicine": "radiology", "microscopy": "microscopy", "endoscopy": "endoscopy",
    "fundus-photography": "eye", "oct": "eye", "infrared-reflectance": "eye",
    "adaptive-optics-ophthalmoscopy": "eye", "dermoscopy": "skin",
    "clinical-photography": "skin", "colposcopy": "endoscopy",
}  # fmt: skip
"""The family of a modality and of those below it."""
OF_KIND = {
    "cell": "microscopy", "cell-part": "microscopy", "microorganism": "microscopy",
    "phase": "endoscopy", "action": "endoscopy",
}  # fmt: skip
"""Kinds of labels that one family shows."""
OF_WORD = {
    "histology": "microscopy", "oct": "eye", "dermoscopic": "skin", "fundus": "eye",
    "slide": "microscopy",
}  # fmt: skip
"""Words in a label's name that tell its family."""
OF_AREA = {"eye": frozenset({"eye", "microscopy"}), "skin": frozenset({"skin", "microscopy"})}
"""Areas whose diseases are looked at in few ways."""
FINDINGS = frozenset({"disease", "attribute", "severity"})


def family(lexicon: Lexicon, modality: str) -> str:
    """Return the family of a modality, or an empty string."""
    return next(
        (OF_MODALITY[m] for m in lexicon.modalities.lineage(modality) if m in OF_MODALITY), ""
    )


def families(term: Term, areas: Areas) -> Families:
    """Return the families that can show a label; empty if all can. `areas` are the label's."""
    found = {OF_WORD[w] for w in tokens(normal(term.name)) if w in OF_WORD}
    if term.kind in OF_KIND:
        found.add(OF_KIND[term.kind])
    if not found and term.kind in FINDINGS and len(areas) == 1:
        found |= OF_AREA.get(next(iter(areas)), frozenset())
    return frozenset(found)
