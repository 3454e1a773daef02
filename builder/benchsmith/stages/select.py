"""Select: a balanced, diverse choice of targets, each on its side of a split that does not leak."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import floor
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from benchsmith.core.chance import rank
from benchsmith.core.contracts import Array
from benchsmith.core.model import Choice, Target
from benchsmith.documents.axes import OF_TARGETS
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.blind_answers import Tried
from benchsmith.documents.key_context import KeyContext
from benchsmith.documents.query import Query
from benchsmith.selectors import leak_groups, near_copies, strata
from benchsmith.selectors.answer_shares import capped
from benchsmith.selectors.candidate_columns import Index
from benchsmith.selectors.candidate_files import Sources
from benchsmith.selectors.diverse import Candidates, Fate, Limits, take
from benchsmith.selectors.left_out import left_out
from benchsmith.selectors.likeness import features, likeness
from benchsmith.selectors.people import People, people
from benchsmith.selectors.same_answer_copies import copies
from benchsmith.selectors.shortlist import HELD, Shortlist, shortlist
from benchsmith.selectors.shortlist_ledger import Ledger
from benchsmith.selectors.sieve import Sieve, accepted, field, sieved
from benchsmith.selectors.split_sides import FREE, TEST, VAL, sides
from benchsmith.selectors.spread import Covered, covered, summary
from benchsmith.selectors.take_turns import within
from benchsmith.stages import known_pictures
from benchsmith.stages.known_pictures import Known
from benchsmith.stages.patient_names import shared_names, without_patients
from benchsmith.tables import nouns
from benchsmith.tables.coded_columns import Codes, combine_codes
from benchsmith.tables.facts import Facts

NAME = "select"
REVISION = 6
SPLIT = ("test", "val")
"""The split of each side."""
REASONS = {
    Fate.LEFT: "over-quota",
    Fate.FULL_VOLUME: "over-volume-share",
    Fate.FULL_PATIENT: "over-patient-share",
    Fate.NEAR_SLICE: "slice-near",
    Fate.FULL_SOURCE: "over-source-share",
}


def inputs(context: KeyContext) -> Facts:
    """Return the facts that the choice among all targets depends on."""
    home, sources = context.library.home, [s.source for s in context.sources.values()]
    known = {
        f"{name}/{path.relative_to(home / name).as_posix()}": context.digests.of(path)
        for name in context.benchmark.contamination
        for path in known_pictures.files(home / name)
    }
    # the targets that blind answers leave out, not the answers: more of them may decide the same
    solved = {f"solved blind: {target}": asdict(one) for target, one in context.solved.items()}
    dropped = {
        f"dropped on review: {target}": why for target, why in context.library.dropped.items()
    }
    return {
        **context.program(REVISION, Choice),
        **context.settings("seed", "quota", "split", "subset", "quality", "near", "contamination"),
        **context.settings("picture"),
        **context.after("tag", *context.sources),
        "sources that share patients": shared_names(sources),
        "sources without patients": without_patients(sources),
        **context.subset_terms(),
        **known,
        **solved,
        **dropped,
    }


@dataclass(frozen=True, slots=True)
class Selection:
    """What was chosen and what was not, and what is to be known of the choice."""

    chosen: pa.Table
    """Rows of Choice, by id."""
    rejected: Iterator[pa.Table]
    """Rows of Rejection, by source and subject, a part at a time."""
    notes: dict[str, Any]


def select(
    sources: Sources,
    benchmark: Benchmark,
    query: Query | None = None,
    spaces: Mapping[str, str] | None = None,
    known: Sequence[Known] = (),
    solved: Mapping[str, Tried] | None = None,
    dropped: Mapping[str, str] | None = None,
) -> Selection:
    """Choose up to `quota.per_answer` targets for each (task, label), shared between the splits.

    With a query, only among what it accepts; nobody's side depends on it. `spaces` are the sources
    that share their names of patients, by source; copies of `known` pictures are left out,
    and so is what was `solved` blind, by target, and what people `dropped` on review, by target
    with why: the next of their answer takes the place. What is held of a candidate that is not on
    the short list is a byte.
    """
    everybody = people(sources, spaces or {})
    sieve = Sieve(sources, benchmark, query, everybody, solved or {})
    found = sieved(sieve)
    index = _index(sources, found.places, query)
    ledger = Ledger(len(index))
    wanted = accepted(index, query)
    if query is not None:
        ledger.add(np.flatnonzero(~wanted), "outside-subset", query.text)
    person, official = _people(index, everybody), _official(index)
    short, links = _linked(shortlist(index, found.ranks), benchmark, known, ledger)
    joined = leak_groups.join(person[short.rows], short.picture, links, short.answer)
    names = _names(short, joined.groups)
    side = _sides(short, joined.groups, names, benchmark, official[short.rows])
    wanted = wanted[short.rows]
    # after copies: the copy of a picture that people dropped does not take its place
    wanted[_copies(index, short, wanted, joined.links, ledger)] = False
    reviewed = _dropped(index, short, wanted, dropped or {}, ledger)
    wanted[reviewed] = False
    taken, covers = _take(index, short, np.flatnonzero(wanted), side, benchmark, ledger)
    chosen = taken
    if benchmark.quota.balance == "cap":
        chosen = _capped(index, short, taken, side, benchmark, ledger)
    order = np.array(sorted(chosen), dtype=np.int64)
    clusters = [names[g] for g in joined.groups[order].tolist()]
    return Selection(
        _chosen(sources, found.places[short.rows[order]], side[order], clusters),
        left_out(sieve, found, ledger.reasons, ledger.details, NAME),
        {
            "groups": _groups_of(joined, names),
            "pictures": {
                "compared": len(np.unique(short.picture)),
                "pairs_alike": len(joined.links.a),
            },
            "answers": _answers_of(short, order, side),
            "coverage": summary(covers),
            "blind_solved": {"left_out": found.blind, "stale": len(sieve.solved) - found.blind},
            "review": {
                "dropped": len(dropped or {}),
                "left_out": len(reviewed),
                **_missed(index, short, wanted, reviewed, taken, side, benchmark),
            },
        },
    )


def _index(sources: Sources, places: Codes, query: Query | None) -> Index:
    """Read what is needed of the short list, and of its samples."""
    asked = {field(t.axis) for t in query.terms if t.axis in OF_TARGETS} if query else set()
    rows = sources.take(places, [*HELD, *sorted(asked - set(HELD))])
    return Index(rows, sources.samples_named(pc.unique(rows["sample"])))


def _people(index: Index, everybody: People) -> Codes:
    """Return each candidate's group by what the sources say."""
    patients = index.named("patient")
    names = np.array([*map(everybody.group, patients.names), ""])
    group = np.unique(names, return_inverse=True)[1].astype(np.int64)
    return group[:-1][patients.codes]


def _official(index: Index) -> Array:
    """Return which part of its own split each candidate's source puts it in."""
    said = index.about("official", np.arange(len(index)))
    return np.array([strata.official(name) for name in said.names], dtype="U5")[said.codes]


def _linked(
    short: Shortlist, benchmark: Benchmark, known: Sequence[Known], ledger: Ledger
) -> tuple[Shortlist, near_copies.Links]:
    """Return which pictures are copies, without those that are copies of known ones."""
    own = short.pictures()
    columns = zip(*(k[1:] for k in known), strict=True) if known else ([], [], [])
    types = (pa.string(), pa.string(), pa.binary())
    theirs = near_copies.pictures(
        *(pa.array(list(c), t) for c, t in zip(columns, types, strict=True))
    )
    near = benchmark.near
    least = _least(short, benchmark)
    loosest = float(least.min(initial=near.similarity))
    links = near_copies.links(near_copies.join(own, theirs), near.radius, loosest, len(own))
    both = np.maximum(least[links.a], np.append(least, 0.0)[np.minimum(links.b, len(own))])
    links = links.where(links.similarity >= both)
    foreign = links.b >= len(own)
    name = {
        a: known[b - len(own)].name
        for a, b in zip(
            links.a[foreign][::-1].tolist(), links.b[foreign][::-1].tolist(), strict=True
        )
    }
    spoilt = np.isin(short.picture, np.array(sorted(name), dtype=np.int64))
    details = [f"of {name[p]}" for p in short.picture[spoilt].tolist()]
    ledger.add(short.rows[spoilt], "contaminated", details)
    gone = np.isin(links.a, list(name)) | np.isin(links.b, list(name))
    return short.where(~spoilt), links.where(~foreign & ~gone)


def _least(short: Shortlist, benchmark: Benchmark) -> npt.NDArray[np.float64]:
    """Return how alike a copy of each picture must look."""
    near = benchmark.near
    first = np.unique(short.picture, return_index=True)[1]
    of = [near.modalities.get(name, near.similarity) for name in short.modality.names]
    return np.array([*of, 0.0])[short.modality.codes[first]]


def _names(short: Shortlist, group: Codes) -> list[str]:
    """Return each group's name: that of its first patient."""
    first = np.full(int(group.max(initial=-1)) + 1, len(short.patient.names))
    np.minimum.at(first, group, short.patient.codes)
    return [short.patient.names[i] for i in first.tolist()]


def _sides(
    short: Shortlist, group: Codes, names: Sequence[str], benchmark: Benchmark, official: Array
) -> npt.NDArray[np.int8]:
    """Return the side of each candidate on the short list.

    What a patient can give counts, which is not more than `quota.per_patient` for an answer. The
    strata are the answers, and in each source the modalities and the tasks in them: an answer that
    only one patient shows cannot be shared out, its modality can.
    """
    given = within(combine_codes(short.answer, short.patient.codes), short.ranks)
    counts = given < benchmark.quota.per_patient
    place = combine_codes(short.source, short.modality.codes)
    columns = (short.answer, combine_codes(place, short.task), place)
    fixed = np.full(len(names), FREE, np.int8)
    if benchmark.split.official == "respect":
        fixed[group[(official == "train") | (official == "val")]] = VAL
        fixed[group[official == "test"]] = TEST
    of_group = sides(
        group[counts],
        [column[counts] for column in columns],
        np.array([rank(benchmark.seed, "side", name) for name in names], dtype=np.uint64),
        benchmark.split.val / (benchmark.split.val + benchmark.split.test),
        fixed,
    )
    return of_group[group]


def _copies(
    index: Index,
    short: Shortlist,
    wanted: npt.NDArray[np.bool_],
    links: near_copies.Links,
    ledger: Ledger,
) -> Codes:
    """Return the wanted candidates that are copies of others of the same answer."""
    own = np.flatnonzero(wanted)
    copy, first = copies(
        links, short.picture[own], short.answer[own], short.sample[own], short.ranks[own]
    )
    kept = index.rows["id"].take(pa.array(short.rows[own[first]])).to_pylist()
    ledger.add(short.rows[own[copy]], "near-duplicate", [f"of {id_}" for id_ in kept])
    return own[copy]


def _dropped(
    index: Index,
    short: Shortlist,
    wanted: npt.NDArray[np.bool_],
    dropped: Mapping[str, str],
    ledger: Ledger,
) -> Codes:
    """Return the wanted candidates that people dropped on review."""
    own = np.flatnonzero(wanted)
    ids = index.rows["id"].take(pa.array(short.rows[own])).to_pylist() if dropped else []
    found = [(place, dropped[id_]) for place, id_ in zip(own, ids, strict=False) if id_ in dropped]
    places = np.array([place for place, _ in found], np.int64)
    ledger.add(short.rows[places], "review-dropped", [why for _, why in found])
    return places


def _missed(
    index: Index,
    short: Shortlist,
    wanted: npt.NDArray[np.bool_],
    reviewed: Codes,
    taken: Sequence[int],
    side: npt.NDArray[np.int8],
    benchmark: Benchmark,
) -> dict[str, int]:
    """Say how many dropped candidates would be taken, and how many of these have others instead.

    Each answer on a side is taken for itself, so those that lost something are taken once more
    with it.
    """
    cell = short.answer * 2 + side
    lost = np.isin(cell, cell[reviewed])
    before = wanted.copy()
    before[reviewed] = True
    rows = np.flatnonzero(before & lost)
    would = _take(index, short, rows, side, benchmark, Ledger(len(index)))[0] if rows.size else []
    missed = len(set(would) & set(reviewed.tolist()))
    fewer = len(would) - int(lost[np.array(taken, np.int64)].sum())
    return {"missed": missed, "filled": min(max(missed - fewer, 0), missed)}


def _take(
    index: Index,
    short: Shortlist,
    wanted: Codes,
    side: npt.NDArray[np.int8],
    benchmark: Benchmark,
    ledger: Ledger,
) -> tuple[list[int], list[Covered]]:
    """Return the chosen of every answer on every side, and how well they cover its candidates."""
    quota, shares = benchmark.quota, (benchmark.split.test, benchmark.split.val)
    room = [round(quota.per_answer * share / sum(shares)) for share in shares]
    of_source = [max(1, floor(quota.source_share * n)) for n in room]
    seen = features(index, short.rows, short.looks)
    cells = strata.people(index, short.rows)
    apart = strata.apart(index, short.rows, short.axis, quota.apart_mm, quota.apart_share)
    place = np.asarray(short.looks["index"]).astype(np.float64)
    details = {
        Fate.LEFT: [f"{n} in {split}" for n, split in zip(room, SPLIT, strict=True)],
        Fate.FULL_SOURCE: [f"{n} of a source" for n in of_source],
        Fate.FULL_VOLUME: [f"{quota.per_volume} a volume"] * 2,
        Fate.FULL_PATIENT: [f"{quota.per_patient} a patient"] * 2,
        Fate.NEAR_SLICE: [f"less than {quota.apart_mm:g} mm or {quota.apart_share:g} of the stack"]
        * 2,
    }
    key = short.answer[wanted] * 2 + side[wanted]
    order = wanted[np.lexsort((wanted, short.ranks[wanted], key))]
    key = short.answer[order] * 2 + side[order]
    chosen: list[int] = []
    covers: list[Covered] = []
    fate = np.zeros(len(short), np.int8)
    for own in np.split(order, np.flatnonzero(np.diff(key)) + 1):
        if not own.size:
            continue
        which = int(side[own[0]])
        like = likeness(seen[own])
        candidates = Candidates(
            [c[own] for c in (short.source, short.patient.codes, cells, short.sample, short.axis.codes)],
            short.sample[own], short.patient.codes[own], short.axis.codes[own], place[own],
            apart[own], like,
        )  # fmt: skip
        limits = Limits(room[which], quota.per_volume, quota.per_patient, of_source[which])
        taken, fates = take(candidates, limits)
        fate[own] = fates
        chosen += own[taken].tolist()
        if 0 < len(taken) < len(own):
            covers.append(covered(like, taken, int(short.ranks[own[0]])))
    for one, reason in REASONS.items():
        rows = wanted[fate[wanted] == one]
        ledger.add(short.rows[rows], reason, [details[one][s] for s in side[rows].tolist()])
    return chosen, covers


def _capped(
    index: Index,
    short: Shortlist,
    chosen: Sequence[int],
    side: npt.NDArray[np.int8],
    benchmark: Benchmark,
    ledger: Ledger,
) -> list[int]:
    """Return the chosen without those whose label would be the answer too often in its pool.

    A pool is of one side: of a modality and task for regions, of a source's list for pictures.
    """
    taken = np.array(chosen, dtype=np.int64)
    kind, listed = (index.named(n) for n in ("kind", "group"))
    rows = short.rows[taken]
    whole = np.array([n == "image" for n in kind.names])[kind.codes[rows]]
    pool = combine_codes(
        side[taken].astype(np.int64), short.modality.codes[taken], whole.astype(np.int64),
        np.where(whole, short.source[taken], short.task[taken]),
        np.where(whole, listed.codes[rows], 0),
    )  # fmt: skip
    over, tops = capped(pool, short.answer[taken], benchmark.quota.options)
    ledger.add(rows[over], "over-balance", [f"{n} in its pool" for n in tops[over].tolist()])
    return [int(n) for n in taken[~over]]


def _chosen(
    sources: Sources, places: Codes, side: npt.NDArray[np.int8], clusters: Sequence[str]
) -> pa.Table:
    """Return the rows of Choice."""
    schema = nouns.schema(Choice)
    table = sources.take(places, nouns.schema(Target).names)
    splits = [SPLIT[s] for s in side.tolist()]
    table = table.append_column("split", pa.array(splits, pa.string()))
    table = table.append_column("cluster", pa.array(clusters, pa.string()))
    return table.select(schema.names).cast(schema).sort_by("id")


def _groups_of(joined: leak_groups.Joined, names: Sequence[str]) -> dict[str, Any]:
    """Say how many groups there are, and which is the largest."""
    sizes = np.bincount(joined.groups, minlength=1)
    return {
        "count": len(names),
        "joined_by_likeness": joined.merged,
        "chains_taken_apart": joined.chains,
        "largest": {
            "candidates": int(sizes.max()),
            "cluster": names[int(sizes.argmax())] if names else "",
        },
    }


def _answers_of(short: Shortlist, order: Codes, side: npt.NDArray[np.int8]) -> dict[str, int]:
    """Say how many answers are on both sides, and on one alone."""
    on: dict[int, set[int]] = {}
    for answer, s in zip(short.answer[order].tolist(), side[order].tolist(), strict=True):
        on.setdefault(answer, set()).add(s)
    counts = Counter("both" if len(s) > 1 else SPLIT[min(s)] for s in on.values())
    return {"both": counts["both"], "test_only": counts["test"], "val_only": counts["val"]}
