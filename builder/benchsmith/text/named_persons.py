"""Whom the name of a file states, by the codes that public archives give to persons."""

from __future__ import annotations

import re

_CODES = (
    r"TCGA[-_][A-Z0-9]{2}[-_][A-Z0-9]{4}",  # The Cancer Genome Atlas: project, site, participant
    r"C3[LN][-_]\d{5}",  # CPTAC
    r"GTEX[-_][A-Z0-9]{4,5}",
)
_CODE = re.compile(rf"(?<![A-Z0-9])(?:{'|'.join(_CODES)})(?![A-Z0-9])", re.IGNORECASE)
_NUMBERED = re.compile(
    r"(?<![a-z])(?:(?:patient|subject)(?:[-_ ]?id)?[-_ ]?|sub-)(\d+)(?!\d)", re.IGNORECASE
)


def person_in_name(path: str) -> str:
    """Return whom the path of a file below its data set names; empty if it names nobody.

    A code of an archive is one person's in every folder. A number after `patient`, `subject` or `sub-` is, in one
    folder. Numbers count without zeros before them.

    >>> person_in_name("slides/TCGA-A1-A0SB-01Z-00-DX1.svs"), person_in_name("x/tcga_a1_a0sb.svs")
    ('TCGA-A1-A0SB', 'TCGA-A1-A0SB')
    >>> person_in_name("centre_0/patient_010_node_4.tif"), person_in_name("a/Patient10/node 2.tif")
    ('centre_0/patient 10', 'a/patient 10')
    >>> person_in_name("patients_2/a.tif"), person_in_name("subset-1/a.tif"), person_in_name("inpatient 3.tif")
    ('', '', '')
    """
    if found := _CODE.search(path):
        return found[0].upper().replace("_", "-")
    if found := _NUMBERED.search(path):
        folder = path[: found.start()].rpartition("/")
        return f"{folder[0]}{folder[1]}patient {int(found[1])}"
    return ""
