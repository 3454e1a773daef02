"""Pictures with the same pixels, in two files or by two entries, whose labels contradict each other.

A label that one of them states, and that another one does not although its source looked for it, is
disputed: it is neither asked nor a wrong option. What a copy states in another list, or marks, is true of the
picture too, so it is no wrong option either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from benchsmith.core.absent_labels import ANY_LABEL
from benchsmith.stages.normaliser import Normaliser
from benchsmith.stages.resolved_word import UNMAPPED
from benchsmith.tables import compute as pc

REASON = "labels-contradict"
COLUMNS = (
    "id",
    "source",
    "sample",
    "modality",
    "kind",
    "group",
    "raw",
    "crop",
    "searched",
)
"""Columns of findings that are compared."""
Place = tuple[str, str, str]
"""A list of labels of whole pictures, as pools of options have it: its name and modality; and the rectangle
that it is about."""


@dataclass(frozen=True, slots=True)
class Disputes:
    """What copies of pictures say about each other."""

    details: Mapping[str, str] = field(default_factory=dict)
    """By id of a finding that is disputed, by which copy."""
    unknown: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By sample, labels of the lexicon that its copies state, or that are disputed."""


@dataclass(slots=True)
class _Listed:
    """The labels of one list of one picture."""

    sample: str
    stated: dict[str, str] = field(default_factory=dict)
    """Names of labels to the ids of their findings."""
    raw: dict[str, str] = field(default_factory=dict)
    looked: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)

    def denies(self, name: str) -> bool:
        """Return whether a label of the list is known to be absent."""
        if name in self.stated or name in self.unknown or ANY_LABEL in self.unknown:
            return False
        return name in self.looked or ANY_LABEL in self.looked


def copied(samples: pa.Table) -> list[list[str]]:
    """Return the ids of samples with the same pixels; `samples` has the columns `id` and `pixels`."""
    counts = pc.value_counts(samples["pixels"])
    values, times = counts.field("values"), counts.field("counts")
    several = values.filter(pc.and_(pc.greater(times, 1), pc.not_equal(values, "")))
    if not len(several):
        return []
    rows = samples.filter(pc.is_in(samples["pixels"], value_set=several)).sort_by("id")
    found: dict[str, list[str]] = {}
    for name, pixels in zip(rows["id"].to_pylist(), rows["pixels"].to_pylist(), strict=True):
        found.setdefault(pixels, []).append(name)
    return list(found.values())


def disputes(
    copies: Sequence[Sequence[str]],
    findings: pa.Table,
    normaliser: Normaliser,
) -> Disputes:
    """Compare the labels of samples with the same pixels; `findings` are their rows, with `COLUMNS`."""
    namer = _Namer(normaliser)
    of_sample: dict[str, list[dict[str, Any]]] = {}
    for row in findings.to_pylist():
        of_sample.setdefault(row["sample"], []).append(row)
    details: dict[str, str] = {}
    unknown: dict[str, frozenset[str]] = {}
    for samples in copies:
        lists: dict[Place, list[_Listed]] = {}
        shown: dict[str, set[str]] = {}
        for sample in samples:
            rows = of_sample.get(sample, [])
            shown[sample] = {name for row in rows if (name := namer.of(row, row["raw"]))}
            for place, listed in _lists(sample, rows, namer).items():
                lists.setdefault(place, []).append(listed)
        disputed: set[str] = set()
        for (group, *_), those in lists.items():
            for name, detail in _disputed(group, those):
                disputed.add(name)
                details |= {one.stated[name]: detail for one in those if name in one.stated}
        every_shown = set().union(*shown.values())
        for sample in samples:
            names = every_shown - shown[sample] | disputed
            unknown[sample] = frozenset(n for n in names if not n.startswith(UNMAPPED))
    return Disputes(details, unknown)


def _disputed(group: str, lists: Sequence[_Listed]) -> Iterator[tuple[str, str]]:
    """Yield the labels that one copy states and another one denies, each with both of them."""
    for name in sorted(set().union(*(one.stated for one in lists))):
        stating = next(one for one in lists if name in one.stated)
        denying = next((one for one in lists if one.denies(name)), None)
        if denying is not None:
            theirs = ", ".join(sorted(denying.raw.values())) or "another label"
            yield (
                name,
                (
                    f"{stating.sample} and {denying.sample} have the same pixels, and in {group!r} one is "
                    f"{stating.raw[name]!r}, the other {theirs!r}"
                ),
            )


def _lists(sample: str, rows: Sequence[Mapping[str, Any]], namer: _Namer) -> dict[Place, _Listed]:
    """Return the lists of labels of one whole picture."""
    found: dict[Place, _Listed] = {}
    for row in rows:
        if row["kind"] != "image":
            continue
        place = (row["group"], row["modality"], str(row["crop"]))
        listed = found.setdefault(place, _Listed(sample))
        if name := namer.of(row, row["raw"]):
            listed.stated[name], listed.raw[name] = row["id"], row["raw"]
        listed.looked |= {namer.of(row, word) for word in row["searched"]["labels"]}
        listed.unknown |= {namer.of(row, word) for word in row["searched"]["unknown"]}
    return found


class _Namer:
    """Names words by labels of the lexicon; a word that it does not know keeps its own name."""

    def __init__(self, normaliser: Normaliser) -> None:
        self._normaliser = normaliser

    def of(self, row: Mapping[str, Any], word: str) -> str:
        """Return the name of a word of a finding; empty for one that is no label."""
        if word == ANY_LABEL:
            return word
        found = self._normaliser.resolve(word, row["source"], row["modality"])
        if found.label:
            return found.label
        return f"{UNMAPPED} {word}" if found.reason == UNMAPPED else ""
