"""Data of the report's charts: distributions of questions, keys, regions and people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Any

import pyarrow.compute as pc

from benchsmith.core.model import SPLITS, Sample
from benchsmith.exporters.tree_places import places
from benchsmith.release.columns import LETTERS
from benchsmith.release.model import Release

BARS_PER_DECADE = 2
"""Bars of the area histogram for each factor of ten."""
AGE_GROUP_YEARS = 10
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Column:
    """One bar: a name, and the count in each split."""

    name: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """Height of the bar."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart whose bars are stacked by split."""

    title: str
    note: str
    columns: Sequence[Column]
    splits: Sequence[str]

    @property
    def most(self) -> int:
        """The highest bar."""
        return max((c.total for c in self.columns), default=0)


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Counts over two axes: `counts[row][column]`."""

    title: str
    rows: Sequence[str]
    columns: Sequence[str]
    counts: Sequence[Sequence[int]]

    @property
    def most(self) -> int:
        """The largest count."""
        return max((n for row in self.counts for n in row), default=0)


def charts(release: Release) -> list[Chart]:
    """Return the charts that have data; some may have a single bar."""
    asked = release.asked()
    single = [q for q in asked if not q.several]
    targets = {q.target: q.split for q in asked if not q.altered}
    regions = {
        t: split for t, split in targets.items() if release.choices[t].kind != "image"
    }  # fmt: skip
    samples = {release.choices[t].sample: split for t, split in targets.items()}
    people = {release.samples[s].patient: (split, s) for s, split in sorted(samples.items())}
    found = [
        _chart(
            "Options per question",
            "Number of options to choose from.",
            ((str(len(q.options)), q.split) for q in asked),
        ),
        _chart(
            "Position of the key",
            "Questions with one answer; positions are balanced.",
            ((LETTERS[q.answers[0]], q.split) for q in single),
        ),
        _chart(
            "Right answers per question",
            "Questions that ask for all right options.",
            ((str(len(q.answers)), q.split) for q in asked if q.several),
        ),
        _chart(
            "Area of the region",
            "Targets by the share of the picture that they cover; logarithmic bars.",
            ((_decade(release.choices[t].share), split) for t, split in regions.items()),
            key=lambda name: float(re.findall(r"[\d.]+", name)[0]),
        ),
        _chart(
            "Age",
            "In years, where the sources give it; counts people, not questions.",
            ((_age(release.samples[s]), split) for split, s in people.values()),
            key=lambda name: (name == UNKNOWN, int(name.split("-")[0]) if name[0].isdigit() else 0),
        ),
        _chart(
            "Sex",
            "Where the sources give it; counts people, not questions.",
            ((release.samples[s].sex or UNKNOWN, split) for split, s in people.values()),
        ),
        _chart(
            "Near-duplicates per target",
            "Candidates that were left out as near-duplicates of the target's picture.",
            _copies(release, targets),
            key=lambda name: int(name.split("-")[0]),
        ),
        _chart(
            "People per leak group",
            "Groups that are kept in one split, by number of people.",
            _groups(release, targets),
            key=lambda name: int(name.split("-")[0]),
        ),
        _chart(
            "Questions per person",
            "Number of questions about the pictures of one person.",
            _per_person(release),
            key=lambda name: int(name.split("-")[0]),
        ),
    ]
    return [c for c in found if any(column.name != UNKNOWN for column in c.columns)]


def heat_map(release: Release, down: str, across: str) -> HeatMap:
    """Count the questions for each pair of terms of two axes, in the tree's order."""
    axes = release.lexicon.axes
    cells = Counter(places(release, q, (down, across)) for q in release.asked())
    rows, columns = (
        [term.id for term in axes[axis] if any(cell[i] == term.id for cell in cells)]
        for i, axis in enumerate((down, across))
    )
    return HeatMap(
        f"Questions by {down} and {across}",
        [axes[down][r].name for r in rows],
        [axes[across][c].name for c in columns],
        [[cells[r, c] for c in columns] for r in rows],
    )


def _chart(
    title: str,
    note: str,
    rows: Iterable[tuple[str, str]],
    key: Callable[[str], Any] = str,
) -> Chart:
    cells: Mapping[tuple[str, str], int] = Counter(rows)
    splits = [s for s in SPLITS if any(split == s for _, split in cells)]
    names = sorted({name for name, _ in cells}, key=key)
    columns = [Column(n, tuple(cells.get((n, s), 0) for s in splits)) for n in names]
    return Chart(title, note, columns, splits)


def _decade(share: float) -> str:
    """Return the name of a share's bar: its lower bound, a power of ten or half a power.

    >>> _decade(0.05), _decade(0.2)
    ('3.2 %', '10 %')
    """
    low = 10 ** (floor(log10(share) * BARS_PER_DECADE) / BARS_PER_DECADE)
    return f"{100 * low:.2g} %"


def _age(sample: Sample) -> str:
    """Return the age group of ``57``, ``057Y`` or ``57 years``; ages in months or days are ``0-9``."""
    found = re.fullmatch(r"0*(\d{1,3})\s*(y|years?)?", sample.age.strip(), re.IGNORECASE)
    if found is None:
        return "0-9" if re.fullmatch(r"\d+\s*[mwd]", sample.age.strip(), re.IGNORECASE) else UNKNOWN
    low = int(found[1]) // AGE_GROUP_YEARS * AGE_GROUP_YEARS
    return f"{low}-{low + AGE_GROUP_YEARS - 1}"


def _per_person(release: Release) -> Iterable[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for q in release.asked():
        counts[release.samples[q.sample].patient, q.split] += 1
    for (_, split), n in counts.items():
        yield _doubled(n), split


def _copies(release: Release, targets: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    of: Counter[str] = Counter()
    for table in release.rejected.tables():
        copies = table.filter(pc.equal(table["reason"], "near-duplicate"))
        of.update(detail.removeprefix("of ") for detail in copies["detail"].to_pylist())
    for target, split in targets.items():
        yield _doubled(of[target]), split


def _groups(release: Release, targets: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    people: dict[tuple[str, str], set[str]] = {}
    for target, split in targets.items():
        choice = release.choices[target]
        people.setdefault((choice.cluster or choice.patient, split), set()).add(choice.patient)
    for (_, split), members in people.items():
        yield _doubled(len(members)), split


def _doubled(n: int) -> str:
    """Return the name of a count's bar; each bar is twice as wide as the one before.

    >>> _doubled(0), _doubled(1), _doubled(3), _doubled(5)
    ('0', '1', '2-3', '4-7')
    """
    low = 1 << (n.bit_length() - 1) if n else 0
    return str(low) if low < 2 else f"{low}-{2 * low - 1}"
