"""Whom the header of a DICOM image names, as digests."""

from __future__ import annotations

import pydicom

from benchsmith.core.patient_spelling import patient_spelling
from benchsmith.core.person_parts import person_part
from benchsmith.text.nobody import names_nobody

STUDY_TAGS = (("study", "StudyInstanceUID"), ("frame", "FrameOfReferenceUID"))
"""A study is of one person (PS3.3 A.1.2.2), and so is what has one frame of reference (C.7.4.1.1.1)."""
PERSON_TAGS = ("PatientID", "IssuerOfPatientID", *(tag for _, tag in STUDY_TAGS))
"""Elements that a header must be read with."""
STANDARD_UID = "1.2.840.10008."
"""Begin of the UIDs of the standard itself, such as the frames of reference of atlases (PS3.6 A)."""


def header_person(data: pydicom.Dataset) -> str:
    """Return ``patient:``, ``study:`` and ``frame:`` with a digest each, separated by spaces, as far as stated.

    The first is of Patient ID (0010,0020) and its issuer (0010,0021), in one spelling; the others are of
    Study Instance UID (0020,000D) and Frame of Reference UID (0020,0052). Words that stand for a removed
    identifier, and numbers of zeros alone, name nobody.
    """
    found = []
    name = str(data.get("PatientID") or "").strip()
    if not names_nobody(name) and name.strip("0"):
        issuer = str(data.get("IssuerOfPatientID") or "").strip()
        found.append(person_part("patient", patient_spelling(issuer), patient_spelling(name)))
    for kind, tag in STUDY_TAGS:
        uid = str(data.get(tag) or "").strip().strip("\0")
        if uid.strip("0.") and not uid.startswith(STANDARD_UID):
            found.append(person_part(kind, uid))
    return " ".join(found)
