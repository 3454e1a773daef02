"""Normalise: a source's own words become the lexicon's labels, in steps that can be seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from typing import NamedTuple

from builder.documents.lexicon import ANY, Lexicon
from builder.model import Finding, Label, Neighbour, Rejection
from builder.spelling import forms
from builder.words import normal, take_side

NAME = "normalise"
REVISION = 2
FINDING_FIELDS = tuple(f.name for f in fields(Finding))


class Resolved(NamedTuple):
    """What the lexicon makes of one raw label."""

    label: str
    """Empty when there is none."""
    laterality: str
    decided_at: str
    reason: str = ""
    """Why there is no label: a code of :mod:`builder.reasons`."""


class Normaliser:
    """Resolves raw labels, each distinct one once."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._known: dict[tuple[str, str, str], Resolved] = {}

    def resolve(self, raw: str, source: str, modality: str) -> Resolved:
        """Return the label of a raw word: by a signed mapping, else by an exact name.

        The steps, in their order: the source's mapping; a name or synonym of the lexicon; the
        same two with left or right taken off; the same for each other spelling of the name
        (:mod:`builder.spelling`); an abbreviation that holds for this source and modality. Each
        step is named in `decided_at`. Nothing is matched by likeness.
        """
        key = (raw, source, modality)
        if key not in self._known:
            self._known[key] = self._resolve(*key)
        return self._known[key]

    def _resolve(self, raw: str, source: str, modality: str) -> Resolved:
        tries: list[tuple[str, str, str]] = []
        for spelled in forms(raw):
            steps = "".join(f", {step}" for step in spelled.steps)
            sided = take_side(spelled.name)
            tries.append((spelled.name, "", steps))
            if sided.side:
                tries.append((sided.name, sided.side, f"{steps}, {sided.side} taken off"))
        for word, side, step in tries:
            if found := self._exact(word, source):
                return found._replace(laterality=side, decided_at=found.decided_at + step)
        for word, side, step in tries:
            for short in self._lexicon.abbreviations.get(word, ()):
                if not _holds(short.sources, (source,)):
                    continue
                if not _holds(short.modalities, self._lexicon.modalities.line_up(modality)):
                    continue
                long = take_side(normal(short.expansion))
                if found := self._exact(long.name, source):
                    at = f"{short.at}, {found.decided_at}{step}"
                    return found._replace(laterality=side or long.side, decided_at=at)
        return Resolved("", "", "", "unmapped-label")

    def _exact(self, word: str, source: str) -> Resolved | None:
        row = self._lexicon.mappings.get(source, {}).get(word)
        if row is not None:
            reason = "dropped-label" if row.relation == "drop" else ""
            return Resolved(row.label, "", row.at, reason)
        # a bare number is some source's code, never a name
        term = None if word.isdigit() else self._lexicon.labels.by_name(word)
        return None if term is None else Resolved(term.id, "", self._lexicon.labels.at(term.id))


def _holds(scope: tuple[str, ...], names: tuple[str, ...]) -> bool:
    return ANY in scope or any(n in scope for n in names)


def normalise(findings: Iterable[Finding], normaliser: Normaliser) -> Iterator[Label | Rejection]:
    """Give each finding its label, and its neighbours theirs."""
    for finding in findings:
        found = normaliser.resolve(finding.raw, finding.source, finding.modality)
        if found.reason:
            detail = f"{finding.raw!r}, stated at {finding.stated_at}"
            if found.decided_at:
                detail += f", dropped at {found.decided_at}"
            yield Rejection(stage=NAME, source=finding.source, subject=finding.id,
                            reason=found.reason, detail=detail)  # fmt: skip
            continue
        kept = {name: getattr(finding, name) for name in FINDING_FIELDS}
        kept["neighbours"] = _neighbours(finding, normaliser)
        yield Label(**kept, label=found.label, laterality=found.laterality,
                    decided_at=found.decided_at)  # fmt: skip


def _neighbours(finding: Finding, normaliser: Normaliser) -> tuple[Neighbour, ...]:
    """Name a finding's neighbours by label; those of one label (both kidneys) become one."""
    merged: dict[str, Neighbour] = {}
    for other in finding.neighbours:
        label = normaliser.resolve(other.name, finding.source, finding.modality).label
        if not label:
            continue
        before = merged.get(label, Neighbour(name=label, in_region=0.0, in_box=0.0, share=0.0))
        merged[label] = replace(
            before,
            in_region=before.in_region + other.in_region,
            in_box=before.in_box + other.in_box,
            share=before.share + other.share,
        )
    return tuple(merged[label] for label in sorted(merged))
