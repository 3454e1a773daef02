"""A question of an adopted benchmark, with its picture and its place in the release."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from benchsmith.adopt.picture_shelf import Kept
from benchsmith.adopt.read_row import Wording
from benchsmith.core.random_order import public_id
from benchsmith.release.columns import letters

MAX_SLUG = 60
"""Characters of a word in a file name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedCase:
    """One row that was adopted."""

    id: str
    """Public id, 16 hex digits; empty until all rows are read."""
    subject: str
    """File and line or row of the benchmark."""
    own_id: str
    """The benchmark's own id; empty if it has none."""
    wording: Wording
    picture: Kept
    split: str
    task: str
    modality: str
    department: str
    granularity: str
    language: str
    source: str
    sample: str
    """Public id of the picture: rows with one picture share it."""
    patient: str
    """Public id of the patient, or of the picture if the patient is not stated; until all rows are read, the
    benchmark's own name of the patient."""

    @property
    def cell(self) -> tuple[str, str, str]:
        """Split, task and department in the form of file names."""
        return slug(self.split), slug(self.task), slug(self.department)

    def row(self, licence: str, *, spoken: bool = False) -> dict[str, Any]:
        """Return the case as a row of the Parquet columns, with the bytes of its picture.

        `spoken` says whether its language is a column, since the release has several.
        """
        words = self.wording
        key = {
            "answer": letters(words.answers),
            "label": "; ".join(words.options[a] for a in words.answers),
            "source": self.source,
            "licence": licence,
            "target": public_id(0, f"target/{self.id}"),
            "group": self.patient,
            "department": self.department,
        }
        return {
            "id": self.id,
            "image": {
                "bytes": self.picture.read(),
                "path": f"{self.id}.{self.picture.ending}",
            },
            "question": words.question,
            "options": list(words.options),
            "task": self.task,
            "modality": self.modality,
            "granularity": self.granularity,
            "split": self.split,
            "answers": "several" if len(words.answers) > 1 else "one",
            **({"language": self.language} if spoken else {}),
            **(key if words.answers else {}),
        }


def slug(word: str) -> str:
    """Return a word in lower-case letters, digits and hyphens; different words stay different.

    >>> slug("Organ Recognition - Abdomen"), slug("CT")
    ('organ-recognition-abdomen', 'ct')
    """
    short = re.sub(r"[^a-z0-9]+", "-", word.casefold()).strip("-")
    plain = re.sub(r"[\s\-]+", "-", word.casefold()).strip("-")
    if short == plain and 0 < len(short) <= MAX_SLUG:
        return short
    digest = blake2b(word.encode(), digest_size=4).hexdigest()
    return f"{short[:MAX_SLUG].strip('-')}-{digest}".strip("-")
