"""What a build would do and why, without doing it; what is said here is what the build then does."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchsmith.core.stage_names import JUDGE, ORDER, STAGES, WHOLE
from benchsmith.fetch.fetch_sources import Missing
from benchsmith.pipeline.build import Build
from benchsmith.pipeline.build_record import LATEST
from benchsmith.pipeline.cache_keys import Parts
from benchsmith.pipeline.reuse import MADE_FILE, Earlier, made_of
from benchsmith.pipeline.source_files import Prepared
from benchsmith.tables import nouns
from benchsmith.tables.partition import INPUTS, Partition, read_json

DONE, RUNS, PERHAPS = "up to date", "runs", "perhaps"
MOST = 5
"""Reasons that are said; the others are counted."""
LONGEST = 60
"""Characters of a value that are shown."""


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of work."""

    stage: str
    part: str
    does: str
    """``up to date``, ``runs``, or ``perhaps``: only if what it waits for comes out otherwise."""
    why: tuple[str, ...] = ()
    taken: int = 0
    """Images that are taken over from an earlier build."""
    of: int = 0
    """Images that there are; 0 where work is not by images."""


def forecast(build: Build, missing: Mapping[str, Missing] | None = None) -> list[Step]:
    """Say of each piece of work of a build, in the order of the work, what becomes of it.

    Some sources may be fetched first; what is `missing` of them is by their names.
    """
    prepared, parts = build.planned()
    earlier = Earlier(build.folder.parent)
    last = _last(build.folder)
    sources = {p.source.id: p for p in prepared}
    found: dict[tuple[str, str], Step] = {}
    for stage in ORDER:
        for part, partition in parts[stage].items():
            if partition.done:
                found[stage, part] = Step(stage, part, DONE)
            elif (stage, part) in parts.waiting:
                found[stage, part] = _waiting(stage, part, parts, last, found)
            else:
                found[stage, part] = _runs(stage, part, partition, last, earlier, sources, found)
    found = _fetched(found, parts, sources, missing or {})
    if all(step.does == DONE for step in found.values()) and not build.released(parts):
        why = "release/ is not what was exported last"
        found["release", WHOLE] = Step("release", WHOLE, RUNS, (why,))
    return list(found.values())


def _fetched(
    found: Mapping[tuple[str, str], Step],
    parts: Parts,
    sources: Mapping[str, Prepared],
    missing: Mapping[str, Missing],
) -> dict[tuple[str, str], Step]:
    """Put fetching first, and say what becomes of the work that reads what is fetched."""
    steps = {("fetch", s): Step("fetch", s, RUNS, one.why) for s, one in missing.items()}
    touched = dict(steps)
    for (stage, part), step in found.items():
        first = stage == STAGES[0]
        before = [("fetch", part)] if first else _before(stage, part, parts)
        away = [touched[key] for key in before if key in touched]
        if away:
            sure = any(b.does == RUNS for b in away)
            why = [f"{_called(b.stage, b.part)} {_verb(b)}" for b in away]
            if first and not missing[part].is_read(sources[part].files):
                sure = False
                why = ["only if the recipe reads what is fetched"]
            does = RUNS if sure or step.does == RUNS else PERHAPS
            own = step.why if step.does == RUNS else ()
            # how many images there will be is not known before they are here
            touched[stage, part] = Step(stage, part, does, tuple(dict.fromkeys((*why, *own))))
        steps[stage, part] = touched.get((stage, part), step)
    return steps


def _last(folder: Path) -> dict[tuple[str, str], Partition]:
    """Return the pieces of work of the last build, by stage and part."""
    path = folder / LATEST
    names = read_json(path) if path.is_file() else {}
    return {
        (stage, part): Partition(folder / "stages" / stage / name)
        for stage, of in names.items()
        for part, name in of.items()
    }


def _waiting(
    stage: str,
    part: str,
    parts: Parts,
    last: Mapping[tuple[str, str], Partition],
    found: Mapping[tuple[str, str], Step],
) -> Step:
    """Say what becomes of work that has no name yet."""
    before = [found[key] for key in _before(stage, part, parts) if found[key].does != DONE]
    why = tuple(f"{_called(step.stage, step.part)} runs" for step in before)
    if stage == STAGES[-1] and (JUDGE, WHOLE) not in parts.waiting:
        own = {k: v for k, v in parts[stage][part].inputs.items() if k != "verdicts"}
        facts = _facts(last.get((stage, part)))
        if facts is not None and not list(_differences(own, facts)):
            return Step(stage, part, PERHAPS, ("only if the audit judges otherwise than before",))
        why = (*_reasons(own, facts, found), *why)
    return Step(stage, part, RUNS, why)


def _before(stage: str, part: str, parts: Parts) -> list[tuple[str, str]]:
    """Return the pieces of work that one waits for."""
    at = ORDER.index(stage)
    earlier = ORDER[at - 1]
    if stage == "render":
        return [("ask", WHOLE), ("ingest", part)]
    return [(earlier, p) for p in parts[earlier] if part in (p, WHOLE) or p == WHOLE]


def _runs(
    stage: str,
    part: str,
    partition: Partition,
    last: Mapping[tuple[str, str], Partition],
    earlier: Earlier,
    sources: Mapping[str, Prepared],
    found: Mapping[tuple[str, str], Step],
) -> Step:
    same = earlier.same(partition)
    if same is not None:
        return Step(stage, part, RUNS, (f"{same.folder.parents[2].name} has it built already",))
    before = last.get((stage, part))
    facts = _facts(before)
    why = list(_reasons(partition.inputs, facts, found))
    if stage != "ingest":
        return Step(stage, part, RUNS, tuple(why))
    p = sources[part]
    wanted = made_of(p, partition.inputs)
    taken = sum(len(one.ids()) for one in earlier.take(stage, part, wanted))
    if before is not None and facts is not None and facts.get(f"images of {part}") != p.digest:
        why = [w for w in why if not w.startswith("images of ")]
        why += _images(before, wanted)
    return Step(stage, part, RUNS, tuple(why), taken, len(p.units))


def _images(before: Partition, wanted: Mapping[str, str]) -> Iterator[str]:
    """Say how the images of a source differ from those that were read last."""
    path = before.folder / MADE_FILE
    old: dict[str, str] = {}
    if path.is_file():
        made = nouns.read(path)
        old = dict(zip(made["id"].to_pylist(), made["fingerprint"].to_pylist(), strict=True))
    groups = {
        "new": sorted(wanted.keys() - old.keys()),
        "gone": sorted(old.keys() - wanted.keys()),
        "changed": sorted(i for i in wanted.keys() & old.keys() if wanted[i] != old[i]),
    }
    for what, ids in groups.items():
        if ids:
            named = ", ".join(ids[:3]) + (", ..." if len(ids) > 3 else "")
            yield f"{len(ids)} {'image is' if len(ids) == 1 else 'images are'} {what}: {named}"


def _facts(partition: Partition | None) -> dict[str, Any] | None:
    path = partition.folder / INPUTS if partition else None
    return read_json(path) if path and path.is_file() else None


def _reasons(
    new: Mapping[str, Any],
    old: Mapping[str, Any] | None,
    found: Mapping[tuple[str, str], Step],
) -> Iterator[str]:
    if old is None:
        yield "it was not built before"
        return
    for fact, what in _differences(new, old):
        stage, _, part = fact.partition(" ")
        step = found.get((stage, part))
        yield (
            f"{_called(stage, part)} {'runs' if step.does != DONE else 'is another'}"
            if step
            else (f"{fact} {what}")
        )


def _differences(new: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    # as JSON knows them, which the old ones were read from
    new = json.loads(json.dumps(dict(new), default=str))
    for fact in sorted(new.keys() | old.keys()):
        if fact == "verdicts" or (
            new.get(fact) == old.get(fact) and (fact in new) == (fact in old)
        ):
            continue
        if fact not in old:
            yield fact, f"is new: {_shown(new[fact])}"
        elif fact not in new:
            yield fact, f"is gone; it was {_shown(old[fact])}"
        else:
            yield fact, f"is {_shown(new[fact])}; it was {_shown(old[fact])}"


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        value = [f"{key} {_shown(one)}" for key, one in value.items() if one not in ("", None)]
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = ", ".join(_shown(one) for one in value if one not in ("", None))
    text = json.dumps(value) if isinstance(value, bool) else str(value)
    text = text or "nothing"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def _verb(step: Step) -> str:
    return "perhaps runs" if step.does == PERHAPS else step.does


def _called(stage: str, part: str) -> str:
    return stage if part == WHOLE else f"{stage} {part}"


def lines(name: str, steps: Sequence[Step]) -> Iterator[str]:
    """Return a forecast as lines for people."""
    todo = [step for step in steps if step.does != DONE]
    if not todo:
        yield f"{name}: all {len(steps)} pieces of work are up to date"
        return
    yield f"{name}: {len(todo)} of {len(steps)} pieces of work are not up to date"
    for step in todo:
        also = f": {step.of - step.taken} of {step.of} images are read" if step.of else ""
        yield f"  {_called(step.stage, step.part)} {_verb(step)}{also}"
        for why in step.why[:MOST]:
            yield f"    {why}"
        if len(step.why) > MOST:
            yield f"    and {len(step.why) - MOST} more"


def as_json(name: str, steps: Sequence[Step]) -> dict[str, Any]:
    """Return a forecast for programs."""
    return {
        "benchmark": name,
        "up_to_date": all(step.does == DONE for step in steps),
        "steps": [
            {
                "stage": step.stage,
                "part": step.part,
                "does": step.does,
                "why": list(step.why),
                "images": step.of,
                "taken": step.taken,
            }
            for step in steps
        ],
    }
