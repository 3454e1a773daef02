"""README.md: the data-set card, with the header that the Hub reads."""

from __future__ import annotations

from pathlib import Path

from builder import __version__
from builder.exporters import summary
from builder.exporters.templates import fill
from builder.release import Release

HUB_LICENCES = {
    "apache-2.0", "mit", "bsd-3-clause", "cc0-1.0", "cc-by-3.0", "cc-by-4.0", "cc-by-sa-4.0",
    "cc-by-nc-4.0", "cc-by-nc-sa-4.0", "cc-by-nc-nd-4.0",
}  # fmt: skip
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def write(release: Release, folder: Path) -> None:
    """Write the card."""
    count = len(release.order)
    used = {q.source for q in release.asked()}
    licences = sorted({recipe.licence for id_, recipe in release.sources.items() if id_ in used})
    single = licences[0] if len(licences) == 1 and licences[0] in HUB_LICENCES else "other"
    text = fill(
        "card.md.jinja",
        release=release,
        benchmark=release.benchmark,
        licence=single,
        size=next((name for limit, name in SIZES if count < limit), "n>1M"),
        count=count,
        splits={s: sum(1 for split, _ in release.order if split == s) for s in release.splits()},
        axes=[
            ("Clinical VQA task", summary.branches(release, "task")),
            ("Department", summary.branches(release, "department")),
            ("Modality", summary.branches(release, "modality")),
            ("Perceptual granularity", summary.branches(release, "view")),
            ("Source", summary.branches(release, "source")),
        ],
        sources={id_: recipe for id_, recipe in sorted(release.sources.items()) if id_ in used},
        missing=sorted(set(release.sources) - used),
        licences=release.lexicon.licences,
        random_score=summary.random_score(release),
        targets=len({q.target for q in release.asked()}),
        version=__version__,
    )
    (folder / "README.md").write_text(text, encoding="utf-8", newline="\n")
