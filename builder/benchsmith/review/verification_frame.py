"""Draw the order in which a build's keys are verified, and add the questions of later builds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

from benchsmith.core.build_files import AUDIT
from benchsmith.documents.verification import SUSPECTS, Framed, Unit, Verified, settled
from benchsmith.review.built_cases import Case, CaseStore
from benchsmith.statistics.sampling_plan import merged, shuffled, strata_of


def suspected_targets(output: Path, cases: CaseStore) -> set[str]:
    """Return the targets of a build that the checks of labels suspect, from its ``audit.json``."""
    path = output / cases.name / AUDIT
    if not path.is_file():
        return set()
    ids = {id_ for _, id_ in json.loads(path.read_text("utf-8")).get("suspects", ())}
    return {cases.by_id[id_].target for id_ in ids if id_ in cases.by_id}


def extended(
    frame: Sequence[Framed],
    verified: Sequence[Verified],
    cases: Mapping[Unit, Case],
    suspects: Collection[str],
    seed: int,
) -> list[Framed]:
    """Return the frame with a wave of the cases that are not in it; the unchanged frame if all are in it.

    `suspects` are targets. The questions that already count keep the first places, since a new wave
    may depend on their verdicts. The others are rearranged: the strata of the new wave take turns
    with the earlier ones after they have caught up.
    """
    known = {one.unit for one in frame}
    new = {unit: case for unit, case in cases.items() if unit not in known}
    if not new:
        return list(frame)
    wave = max((one.wave for one in frame), default=0) + 1
    suspected = sorted(unit for unit, case in new.items() if case.target in suspects)
    first = [
        *(one for one in frame if one.stratum == SUSPECTS),
        *(Framed(0, wave, SUSPECTS, *unit) for unit in suspected),
    ]
    verdicts = settled(verified)
    random = [one for one in frame if one.stratum != SUSPECTS]
    # a question that left the build before it was judged does not end the count
    counted = list(takewhile(lambda one: one.unit in verdicts or one.unit not in cases, random))
    rows = {one.unit: one for one in random}
    rows |= _drawn({unit: new[unit] for unit in set(new) - set(suspected)}, wave, seed)
    strata: dict[str, list[Unit]] = {}
    for unit, one in rows.items():
        strata.setdefault(_turn(one), []).append(unit)
    rest = merged(strata, Counter(map(_turn, counted)), seed)
    ordered = [*first, *counted, *(rows[unit] for _, unit in rest)]
    return [replace(one, place=place) for place, one in enumerate(ordered, start=1)]


def _drawn(cases: Mapping[Unit, Case], wave: int, seed: int) -> dict[Unit, Framed]:
    """Return the rows of a new wave, in random order."""
    names = {f"{unit.question} {unit.seen}": unit for unit in cases}
    strata = strata_of({name: (cases[u].source, cases[u].task) for name, u in names.items()})
    return {
        names[name]: Framed(0, wave, strata[name], *names[name]) for name in shuffled(names, seed)
    }


def _turn(one: Framed) -> str:
    return f"{one.wave} {one.stratum}"
