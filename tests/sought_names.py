"""Names that are sought in a release."""

from __future__ import annotations

from benchsmith.audits.sought_identifiers import Sought

PUBLIC = "public words, the Liver 1234 M"


def sought(name: str = "Kowalska", kind: str = "PatientName") -> Sought:
    return Sought({name: kind}, PUBLIC)
