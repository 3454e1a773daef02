"""Select: choose a balanced, diverse set of targets and assign each to a split without leaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from benchsmith.core.model import Choice
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.blind_answers import BlindAnswer
from benchsmith.documents.query import Query
from benchsmith.selectors import official_parts
from benchsmith.selectors.alike_across import leave_out_across
from benchsmith.selectors.answer_shares import leave_out_frequent
from benchsmith.selectors.candidate_files import CandidateFiles
from benchsmith.selectors.candidate_sides import candidate_sides, group_names
from benchsmith.selectors.candidate_status import Judge
from benchsmith.selectors.chosen_rows import chosen_rows
from benchsmith.selectors.contradicted import leave_out_contradicted, unknown_of
from benchsmith.selectors.contradicting_looks import Compared, Comparison, compare
from benchsmith.selectors.edition_parts import (
    drawn_anew,
    hidden_side,
    leave_out_other_parts,
)
from benchsmith.selectors.first_pass import first_pass
from benchsmith.selectors.known_copies import KnownPicture, without_known
from benchsmith.selectors.leak_groups import leak_groups
from benchsmith.selectors.left_out import left_out
from benchsmith.selectors.people import patient_groups
from benchsmith.selectors.query_columns import accepted
from benchsmith.selectors.quotas import Quotas
from benchsmith.selectors.refilling import fill_until_asked
from benchsmith.selectors.reviewed import leave_out_dropped, leave_out_named, replacements
from benchsmith.selectors.same_answer_copies import leave_out_copies
from benchsmith.selectors.sample_names import of_shortlist, sample_names
from benchsmith.selectors.selection_notes import answer_counts, group_counts
from benchsmith.selectors.shortlist import read, shortlist
from benchsmith.selectors.shortlist_ledger import Ledger
from benchsmith.selectors.source_totals import leave_out_beyond
from benchsmith.selectors.split_sides import SPLITS
from benchsmith.selectors.spread import summary
from benchsmith.stages import refill
from benchsmith.stages.options import Refused
from benchsmith.stages.select_key import NAME
from benchsmith.tables import record_tables


@dataclass(frozen=True, slots=True)
class Selection:
    """The chosen targets, the rejected ones, and figures about the choice."""

    chosen: pa.Table
    """Rows of Choice, sorted by id."""
    rejected: Iterator[pa.Table]
    """Rows of Rejection in batches, by source and subject."""
    notes: dict[str, Any]


def select(
    files: CandidateFiles,
    benchmark: Benchmark,
    query: Query | None = None,
    namespaces: Mapping[str, str] | None = None,
    known: Sequence[KnownPicture] = (),
    solved: Mapping[str, BlindAnswer] | None = None,
    dropped: Mapping[str, str] | None = None,
    retired: Mapping[str, tuple[str, str]] | None = None,
    faulty: Mapping[str, Sequence[str]] | None = None,
    unasked: refill.Unasked | None = None,
    comparison: Comparison | None = None,
) -> Selection:
    """Choose up to `quota.per_answer` targets for each (task, label), divided between the splits.

    Candidates must be accepted by the `query`, if there is one; it does not affect the split.
    `namespaces` names, by source, the patient names that several sources share. Left out are copies of
    `known` pictures, targets that models `solved` without the picture, targets that reviewers `dropped`
    (id to reason), `retired` ones (id to reason and detail), all targets of `faulty` sources (id to
    shares), and those for which `unasked` finds no question; the next candidates of their answers take
    their places. Without a `comparison`, copies with contradicting labels are not searched for. Raises
    DocumentError if the sources' own splits are used and a word for a part is not understood.
    """
    solved, dropped = solved or {}, dropped or {}
    if benchmark.split.official != "ignore":
        official_parts.check(files)
    patients = patient_groups(files, namespaces or {})
    judge = Judge(benchmark, query, solved, faulty or {})
    sample_ids = sample_names(files)
    found = first_pass(files, judge, patients, sample_ids)
    candidates = read(files, found.positions, query)
    ledger = Ledger(len(candidates))
    in_query = accepted(candidates, query)
    if query is not None:
        ledger.add(np.flatnonzero(~in_query), "outside-subset", query.text)

    whole = shortlist(candidates, found.ranks)
    short, links = without_known(whole, benchmark.near, known, ledger)
    without = frozenset(faulty or {})
    compared = compare(files, short, links, comparison, without) if comparison else Compared()
    links = compared.joined(links)
    person = patients.of(candidates)[short.rows]
    groups = leak_groups(person, short.picture, links, short.answer)
    content = of_shortlist(candidates, sample_ids)
    persons = [content.persons[name] for name in short.patient.names]
    group_ids = group_names(short, groups.group, persons)
    side = candidate_sides(short, groups.group, group_ids, benchmark)
    names = group_names(short, groups.group, short.patient.names)

    wanted = in_query[short.rows]
    wanted[leave_out_contradicted(short, wanted, compared, ledger)] = False
    unknown = unknown_of(short, compared)
    wanted[leave_out_copies(short, wanted, groups.links, ledger)] = False
    wanted[leave_out_across(short, wanted, side, benchmark.near, ledger)] = False
    own_groups = [names[g] for g in groups.group.tolist()]
    wanted[leave_out_other_parts(short, wanted, side, own_groups, benchmark, ledger)] = False
    short = replace(short, ranks=drawn_anew(short, side, content.samples, benchmark))
    # only now, so that a copy does not replace the picture that reviewers dropped
    reviewed = leave_out_dropped(short, wanted, dropped, ledger)
    wanted[reviewed] = False
    wanted[leave_out_named(short, wanted, retired or {}, ledger)] = False
    quotas = Quotas(short, side, benchmark)

    def within_total(chosen: list[int], most: int, notes: Ledger) -> list[int]:
        """Leave out what is beyond the total of a source; an edition's open splits have their own share."""
        if benchmark.editions is None:
            return leave_out_beyond(short, chosen, side, most, notes)
        hidden = hidden_side(side, benchmark)
        shares = [getattr(benchmark.split, split) for split in SPLITS]
        kept: list[int] = []
        for of in (True, False):
            own = [s for s, split in enumerate(SPLITS) if (split in benchmark.hidden) == of]
            total = round(most * sum(shares[s] for s in own) / sum(shares))
            some = [place for place in chosen if hidden[place] == of]
            kept += leave_out_beyond(short, some, side, total, notes)
        return kept

    def limit(chosen: list[int], notes: Ledger) -> list[int]:
        if most := benchmark.quota.source_total:
            chosen = within_total(chosen, most, notes)
        if benchmark.quota.balance == "cap":
            chosen = leave_out_frequent(short, chosen, side, benchmark.quota.options, notes)
        return chosen

    def without_question(chosen: Sequence[int]) -> Mapping[int, Refused]:
        if unasked is None:
            return {}
        places = np.array(sorted(chosen), dtype=np.int64)
        # groups do not matter to questions
        rows = found.positions[short.rows[places]]
        table = chosen_rows(files, rows, side[places], content, None, unknown)
        lost = unasked(record_tables.from_table(table, Choice))
        ids = short.ids(places) if lost else []
        return {p: lost[i] for p, i in zip(places.tolist(), ids, strict=False) if i in lost}

    refilled = fill_until_asked(quotas, short, side, wanted, limit, without_question, ledger)
    filled, chosen = refilled.filled, refilled.chosen
    order = np.array(sorted(chosen), dtype=np.int64)
    clusters = [group_ids[g] for g in groups.group[order].tolist()]
    return Selection(
        chosen=chosen_rows(
            files, found.positions[short.rows[order]], side[order], content, clusters, unknown
        ),
        rejected=left_out(files, judge, found, ledger, NAME),
        notes={
            "one_person": {s: list(counts) for s, counts in sorted(patients.one_person.items())},
            "groups": group_counts(groups, names),
            "pictures": {
                "compared": len(np.unique(short.picture)),
                "pairs_alike": len(groups.links.a),
                "pairs_opened": compared.opened,
                "labels_contradicted": len(compared.gone),
            },
            "answers": answer_counts(short, order, side),
            **_edition_notes(benchmark, int(hidden_side(side, benchmark)[order].sum())),
            "coverage": summary(filled.coverage),
            "without_question": refilled.unasked,
            "blind_solved": {
                "left_out": found.blind_solved,
                "stale": len(solved) - found.blind_solved,
            },
            "review": {
                "dropped": len(dropped),
                "left_out": len(reviewed),
                **replacements(quotas, short, side, wanted, reviewed, filled.chosen),
            },
        },
    )


def _edition_notes(benchmark: Benchmark, hidden: int) -> dict[str, Any]:
    if benchmark.editions is None:
        return {}
    (draw,) = benchmark.editions.draws
    return {"edition": {"name": draw.name, "part": draw.part, "hidden": hidden}}
