"""A digest of the person whom a DICOM header names: it groups the images of one person without the identifier."""

from __future__ import annotations

from hashlib import sha256

import pydicom

from benchsmith.text.nobody import names_nobody


def header_person(data: pydicom.Dataset) -> str:
    """Return a digest of Patient ID (0010,0020) and its issuer (0010,0021); empty if it names nobody.

    Words that stand for a removed identifier, and numbers of zeros alone, name nobody.
    """
    name = str(data.get("PatientID") or "").strip()
    if names_nobody(name) or not name.strip("0"):
        return ""
    issuer = str(data.get("IssuerOfPatientID") or "").strip()
    return sha256(f"{issuer}\0{name}".encode()).hexdigest()
