"""The manifest of a finished partition: its counts, and what later stages need from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCounts:
    """The rows of one partition; always rows_in + variants = out + rejected."""

    rows_in: int
    variants: int
    """How many rows were added where one became several."""
    out: int
    rejected: int

    @classmethod
    def unchanged(cls, count: int) -> RowCounts:
        """Return the counts of a step that neither adds nor rejects rows."""
        return cls(rows_in=count, variants=0, out=count, rejected=0)

    def as_json(self) -> dict[str, int]:
        """Return the counts under their published keys."""
        return {
            "in": self.rows_in,
            "variants": self.variants,
            "out": self.out,
            "rejected": self.rejected,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageCounts:
    """The images of a source: how many were found, and how many gave a sample."""

    found: int
    read: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The record of one partition."""

    stage: str
    part: str
    """A source, or ``all``."""
    rows: RowCounts
    reasons: Mapping[str, int] = field(default_factory=dict)
    """Rejections by reason code."""
    reused: int = 0
    """Images or pictures that were taken over from previous builds."""
    lost: tuple[str, ...] = ()
    """Samples or questions whose worker died; the next build tries them again."""
    images: ImageCounts | None = None
    """Of ingest alone."""
    digest: str = ""
    """Only for the audit: the digest of its verdicts."""
    digest_without_synonyms: str = ""
    """Only for the audit: the digest of its inputs without the labels' synonyms."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Only for export: the SHA-256 of each file of the release, by relative path."""
    rejected_in_all: int = 0
    """Only for export: the rejections of all stages."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """Further figures of one stage, such as the groups and answers of select."""

    def as_json(self) -> dict[str, Any]:
        """Return the manifest as it is written, without fields that do not apply."""
        images = self.images and {"in": self.images.found, "out": self.images.read}
        optional = {
            "images": images,
            "digest": self.digest,
            "bare": self.digest_without_synonyms,
            "files": dict(self.files),
            "rejected_in_all": self.rejected_in_all,
        }
        return {
            **self.details,
            "stage": self.stage,
            "part": self.part,
            "rows": self.rows.as_json(),
            "reasons": dict(self.reasons),
            "taken": self.reused,
            "lost": list(self.lost),
            **{key: value for key, value in optional.items() if value},
        }


def from_json(value: Mapping[str, Any]) -> Manifest:
    """Return the manifest that :meth:`Manifest.as_json` wrote, now or in an earlier version.

    Raises KeyError if stage, part or row counts are missing.
    """
    rest = dict(value)
    rows, images = rest.pop("rows"), rest.pop("images", None)
    return Manifest(
        stage=rest.pop("stage"),
        part=rest.pop("part"),
        rows=RowCounts(
            rows_in=rows["in"],
            variants=rows["variants"],
            out=rows["out"],
            rejected=rows["rejected"],
        ),
        reasons=rest.pop("reasons", {}),
        reused=rest.pop("taken", 0),
        lost=tuple(rest.pop("lost", ())),
        images=ImageCounts(found=images["in"], read=images["out"]) if images else None,
        digest=rest.pop("digest", ""),
        digest_without_synonyms=rest.pop("bare", ""),
        files=rest.pop("files", {}),
        rejected_in_all=rest.pop("rejected_in_all", 0),
        details=rest,
    )
