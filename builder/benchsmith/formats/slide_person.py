"""Whom the properties of a slide name, as a digest, as for DICOM images."""

from __future__ import annotations

import re
from collections.abc import Mapping

from benchsmith.core.patient_spelling import patient_spelling
from benchsmith.core.person_parts import person_part
from benchsmith.text.nobody import names_nobody

_NUMBER = re.compile(r"patient[ _.-]*(?:id|identifier|number|no|code)$", re.IGNORECASE)
_NAME = re.compile(r"patient(?:[ _.-]*name)?$", re.IGNORECASE)


def slide_person(properties: Mapping[str, str]) -> str:
    """Return ``patient:`` with a digest of the patient's identifier in OpenSlide's properties, or else of the name.

    Empty if they name nobody. Vendors have names of their own for these fields, such as `aperio.Patient`.

    >>> slide_person({"aperio.PatientID": "7"}) == slide_person({"philips.PATIENT_ID": "7", "x": "y"}) != ""
    True
    >>> slide_person({"aperio.Patient": "unknown", "aperio.ImageID": "7"})
    ''
    """
    for field in (_NUMBER, _NAME):
        for name in sorted(properties):
            value = properties[name].strip()
            if field.search(name) and not names_nobody(value) and value.strip("0"):
                return person_part("patient", "", patient_spelling(value))
    return ""
