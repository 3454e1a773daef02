"""Pictures with the same pixels, in two files or by two entries, whose labels contradict each other.

A label that one of them states, and that another one does not although its source looked for it, is
disputed: it is neither asked nor a wrong option. Marks are compared in the same way, plane by plane, and so are
their places (:mod:`benchsmith.stages.contradicting_marks`). What a copy states in another list, or marks, is true of the
picture too, so it is no wrong option either. Copies that differ in pixels, and copies in other sources, are
compared by the selection (:mod:`benchsmith.selectors.contradicting_looks`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import pyarrow as pa

from benchsmith.core.absent_labels import ANY_LABEL
from benchsmith.selectors.contradicting_lists import ListedLabels, disputes_of
from benchsmith.stages import contradicting_marks
from benchsmith.stages.contradicting_marks import clashes, plane_of
from benchsmith.stages.normaliser import Normaliser
from benchsmith.stages.resolved_word import STRANGE, UNMAPPED
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
    "neighbours",
    *contradicting_marks.COLUMNS,
)
"""Columns of findings that are compared."""
DENIED_COLUMNS = ("id", "source", "modality", "denied")
"""Columns of samples that are compared."""
Place = tuple[str, str, str]
"""A list of labels, as pools of options have it: its name and modality; and the rectangle that it is about. Of
marks it is the entry, and the plane."""


@dataclass(frozen=True, slots=True)
class Disputes:
    """What copies of pictures say about each other."""

    details: Mapping[str, str] = field(default_factory=dict)
    """By id of a finding that is disputed, by which copy."""
    unknown: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By sample, labels of the lexicon that its copies state, or that are disputed."""


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
    denied: pa.Table | None = None,
) -> Disputes:
    """Compare the labels of samples with the same pixels; `findings` are their rows, with `COLUMNS`.

    `denied` are rows of samples with `DENIED_COLUMNS`; without it, every list has a label.
    """
    of_sample: dict[str, list[dict[str, Any]]] = {}
    for row in [*findings.to_pylist(), *_denied_rows(denied)]:
        of_sample.setdefault(row["sample"], []).append(row)
    namer = _Namer(normaliser, chain.from_iterable(of_sample.values()))
    details: dict[str, str] = {}
    unknown: dict[str, frozenset[str]] = {}
    for samples in copies:
        lists: dict[Place, list[ListedLabels]] = {}
        shown: dict[str, set[str]] = {}
        for sample in samples:
            rows = of_sample.get(sample, [])
            stated = [row for row in rows if row["id"]]
            shown[sample] = {name for row in stated if (name := namer.of(row, row["raw"]))}
            for place, listed in _lists(sample, rows, namer).items():
                lists.setdefault(place, []).append(listed)
        disputed: set[str] = set()
        for (group, *_), those in lists.items():
            for one in disputes_of(those, normaliser.lineage):
                disputed.add(one.name)
                where = f"in {group!r} " if one.stating.verb == "is" else ""
                detail = (
                    f"{one.stating.sample} and {one.denying.sample} have the same pixels, and "
                    f"{where}one {one.words()}"
                )
                ids = chain.from_iterable(o.stated.get(one.name, ()) for o in those)
                details |= dict.fromkeys(ids, detail)
        stating = {
            sample: [row for row in of_sample.get(sample, []) if row["id"]] for sample in samples
        }
        for clash in clashes(stating, normaliser, namer.looked_for):
            disputed |= clash.labels
            details |= {id_: clash.said for id_ in clash.ids if id_ not in details}
        every_shown = set().union(*shown.values())
        for sample in samples:
            names = every_shown - shown[sample] | disputed
            unknown[sample] = frozenset(n for n in names if not n.startswith(UNMAPPED))
    return Disputes(details, unknown)


def _denied_rows(samples: pa.Table | None) -> Iterable[dict[str, Any]]:
    """Yield a row with `COLUMNS`, without id and label, for each list in which no label is true."""
    for sample in [] if samples is None else samples.to_pylist():
        for one in sample["denied"]:
            yield {
                "id": "", "source": sample["source"], "sample": sample["id"],
                "modality": sample["modality"], "kind": "image", "group": one["group"],
                "raw": "", "crop": None, "searched": {"labels": one["labels"], "unknown": []},
            }  # fmt: skip


def _lists(
    sample: str, rows: Sequence[Mapping[str, Any]], namer: _Namer
) -> dict[Place, ListedLabels]:
    """Return the lists of labels of one whole picture, and the labels that are marked in its planes."""
    found: dict[Place, ListedLabels] = {}
    for row in rows:
        marked = row["kind"] != "image"
        place = (row["group"], row["modality"], str(row["crop"]))
        if marked:
            place = (f"entry {row['entry']}", row["modality"], str(plane_of(row)))
        listed = found.setdefault(place, ListedLabels(sample, "marks" if marked else "is"))
        if row["id"] and (name := namer.of(row, row["raw"])):
            listed.state(name, row["raw"], row["id"])
        # a mark that is too small to be asked about has no finding, but is beside others
        for beside in row["neighbours"] if marked else ():
            if name := namer.of(row, beside["name"]):
                listed.state(name, beside["name"])
        listed.looked |= namer.looked(row)
        listed.unknown |= {namer.of(row, word) for word in row["searched"]["unknown"]}
        # a mark whose word the lexicon does not know may be of any label
        if marked and any(name.startswith(UNMAPPED) for name in listed.stated):
            listed.unknown.add(ANY_LABEL)
    return found


class _Namer:
    """Names words by labels of the lexicon; a word that it does not know keeps its own name."""

    def __init__(self, normaliser: Normaliser, rows: Iterable[Mapping[str, Any]]) -> None:
        """`rows` are all findings that are compared."""
        self._normaliser = normaliser
        self._marked: dict[int, set[str]] = {}
        for row in rows:
            if row["kind"] != "image":
                self._marked.setdefault(row["entry"], set()).add(self.of(row, row["raw"]))

    def of(self, row: Mapping[str, Any], word: str) -> str:
        """Return the label's name for a word of a finding; empty for a word that is not a label."""
        if word == ANY_LABEL:
            return word
        found = self._normaliser.resolve(word, row["source"], row["modality"])
        if found.label:
            return found.label
        return f"{UNMAPPED} {word}" if found.reason in STRANGE else ""

    def looked(self, row: Mapping[str, Any]) -> set[str]:
        """Return the labels that the source of a finding looked for.

        An entry that looked for all labels that it marks anywhere denies those that these findings have: another
        entry of the same source may have others.
        """
        found = {self.of(row, word) for word in row["searched"]["labels"]}
        if ANY_LABEL in found and row["kind"] != "image":
            found = found - {ANY_LABEL} | self._marked[row["entry"]]
        return found

    def looked_for(self, row: Mapping[str, Any], label: str) -> bool:
        """Return whether the source of a mark looked for all marks of a label."""
        unknown = {self.of(row, word) for word in row["searched"]["unknown"]}
        return label in self.looked(row) and not unknown & {label, ANY_LABEL}
