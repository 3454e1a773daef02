"""Placeholders in the place of a patient's name."""

from __future__ import annotations

NOBODY = frozenset({
    "", "nan", "none", "null", "nat", "na", "unknown", "unk", "unnamed", "notknown", "notstated", "notavailable",
    "notapplicable", "missing", "undefined", "unspecified", "empty", "anonymous", "anonymized", "anonymised", "anonym",
    "anon", "anonymouspatient", "noname", "noid", "nopatient", "nopatientid", "removed", "deleted", "deidentified",
    "redacted", "masked", "hidden", "confidential", "patientid", "xxx", "nobody", "unbekannt", "inconnu", "desconocido",
})  # fmt: skip
"""In lower case, and with letters and digits alone."""


def names_nobody(name: str) -> bool:
    """Return whether a patient's name names nobody: a word for nothing, or punctuation only.

    >>> [names_nobody(name) for name in ("N/A", "<NA>", "unknown", " - ", "?", "P1", "0")]
    [True, True, True, True, True, False, False]
    """
    return "".join(c for c in name.casefold() if c.isalnum()) in NOBODY
