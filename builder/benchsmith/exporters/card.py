"""README.md: the dataset card, with the YAML header that the Hub reads."""

from __future__ import annotations

from pathlib import Path

from benchsmith import __version__
from benchsmith.core.model import VIEWS
from benchsmith.core.verdicts import FAIL, NOT_RUN, WARN
from benchsmith.exporters import parquet, summary
from benchsmith.exporters.contact_sheet import contact_sheet
from benchsmith.exporters.pairs_in_words import kinds_of_pairs
from benchsmith.exporters.templates import fill
from benchsmith.exporters.thumbnail import small_jpeg
from benchsmith.release.columns import LETTERS
from benchsmith.release.entry import CaseDetails
from benchsmith.release.model import Release

HUB_LICENCES = {
    **{name: name for name in (
        "apache-2.0", "mit", "bsd-2-clause", "bsd-3-clause", "gpl-3.0", "cc0-1.0", "cc-by-3.0",
        "cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0",
        "cc-by-nc-nd-4.0", "cc-by-nd-4.0",
    )},
    "odc-by-1.0": "odc-by", "odbl-1.0": "odbl", "pddl-1.0": "pddl",
}  # fmt: skip
"""Licence ids of the lexicon, mapped to the Hub's identifiers."""
SIZE_CATEGORIES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
)
EXAMPLE_SIDE_PX, EXAMPLE_QUALITY = 320, 85
"""Longer side and JPEG quality of the examples; the Parquet files have the full pictures."""


def write(release: Release, folder: Path) -> None:
    """Write the card, and its example pictures to `examples/`."""
    count = sum(release.counts().values())
    used = sorted(s for s in release.sources if release.cases_by_source.get(s))
    licences = sorted({release.sources[s].licence for s in used})
    single = HUB_LICENCES.get(licences[0], "other") if len(licences) == 1 else "other"
    asked = release.asked()
    open_ = {q.split for q in asked}
    text = fill(
        "card.md.jinja",
        release=release,
        benchmark=release.benchmark,
        licence=single,
        size=next((name for limit, name in SIZE_CATEGORIES if count < limit), "n>1M"),
        count=count,
        splits=release.counts(),
        configs=parquet.configs(release) if (folder / "data").is_dir() else {},
        examples=_examples(release, folder),
        size_of=[
            ("questions", count),
            ("targets", release.targets),
            ("tasks", len(summary.branches(release, "task"))),
            ("modalities", len(summary.branches(release, "modality"))),
            ("granularities", len(summary.branches(release, "granularity"))),
            ("sources", len(used)),
            ("departments", len({q.department for q in asked})),
            ("labels", len({q.label for q in asked})),
            ("people", len({release.choices[q.target].patient for q in asked})),
        ],
        axes=[
            ("Clinical VQA task", summary.branches(release, "task"), ()),
            ("Department", summary.branches(release, "department"), release.hidden),
            ("Modality", summary.branches(release, "modality"), ()),
            ("Perceptual granularity", summary.branches(release, "granularity"), ()),
            *([("Skill", summary.branches(release, "skill"), ())] if release.skilled else []),
            ("Source", summary.branches(release, "source"), release.hidden),
        ],
        open_=sorted(open_),
        sources={s: release.sources[s] for s in used},
        missing=sorted(set(release.sources) - set(used) - {q.source for q in release.withheld}),
        licences=release.lexicon.licences,
        noticed=[v for v in release.audit.by_severity() if v.outcome in (FAIL, NOT_RUN, WARN)],
        pairs=kinds_of_pairs(release),
        random_score=summary.random_score(release),
        random_scores=summary.random_scores(release),
        unreviewed=summary.unreviewed(release),
        version=__version__,
    )
    (folder / "README.md").write_text(text, encoding="utf-8", newline="\n")


def _examples(release: Release, folder: Path) -> list[dict[str, object]]:
    """Write one picture of each granularity, and return its view, question, options and answer."""
    found: dict[str, CaseDetails] = {}
    for id_ in contact_sheet(release):
        item = release.item(id_)
        found.setdefault(item.question.view, item)
    examples: list[dict[str, object]] = []
    for view in [v for v in VIEWS if v in found]:
        item = found[view]
        (folder / "examples").mkdir(exist_ok=True)
        jpeg = small_jpeg(item.case.png, EXAMPLE_SIDE_PX, EXAMPLE_QUALITY)
        (folder / "examples" / f"{view}.jpg").write_bytes(jpeg)
        q = item.question
        options = [f"{LETTERS[i]}. {text}" for i, text in enumerate(q.options)]
        right = ", ".join(LETTERS[a] for a in q.answers)
        examples.append({"view": view, "question": q.question, "options": options, "answer": right})
    return examples
