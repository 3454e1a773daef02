"""Placeholders in the place of a patient's name."""

from __future__ import annotations

REMOVED = frozenset({
    "none", "null", "unknown", "unnamed", "notknown", "notstated", "notavailable", "notapplicable", "missing",
    "undefined", "unspecified", "anonymous", "anonymized", "anonymised", "anonymity", "anonym", "anon",
    "anonymouspatient", "noname", "noid", "nopatient", "nopatientid", "removed", "deleted", "deidentified", "redacted",
    "masked", "hidden", "confidential", "patientid", "nobody", "unbekannt", "inconnu", "desconocido",
})  # fmt: skip
"""Words that are nobody's name, also within a longer text; in lower case, and with letters and digits alone."""
NOBODY = REMOVED | {"", "nan", "nat", "na", "unk", "empty", "xxx"}
"""Those that are no name by themselves; within a name, *Nan*, *Nat* and *Na* are somebody's."""


def names_nobody(name: str) -> bool:
    """Return whether a patient's name names nobody: a word for nothing, or punctuation only.

    >>> [names_nobody(name) for name in ("N/A", "<NA>", "unknown", " - ", "?", "P1", "0")]
    [True, True, True, True, True, False, False]
    """
    return "".join(c for c in name.casefold() if c.isalnum()) in NOBODY
