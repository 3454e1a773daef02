"""Whom an image is of, as digests: the images of one person can be grouped without an identifier.

A person is stated in parts, separated by spaces: ``patient:``, ``study:`` or ``frame:``, each with a digest.
"""

from __future__ import annotations

from hashlib import sha256

PATIENT = "patient:"
"""How a part begins that is of an identifier of the patient; the others are of studies."""


def person_part(kind: str, *stated: str) -> str:
    """Return one part: the kind and a digest of what is stated.

    >>> person_part("patient", "", "7")[:16], person_part("patient", "", "7") == person_part("patient", "", "8")
    ('patient:797427cf', False)
    """
    return f"{kind}:{sha256(chr(0).join(stated).encode()).hexdigest()}"
