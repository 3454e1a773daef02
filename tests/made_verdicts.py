"""Made-up verdicts on keys."""

from __future__ import annotations

from benchsmith.documents.verification import (
    RIGHT,
    Verified,
)

WHEN = "2026-01-31T09:00:00Z"
ROW = Verified("s/a#liver:box", RIGHT, "", "ann", WHEN, "f" * 24, "")
