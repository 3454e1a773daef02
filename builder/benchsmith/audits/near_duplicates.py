"""Near-duplicates: no picture of val may be in test under another name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pyarrow as pa

from benchsmith.audits.audit_row import AuditRow
from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.contract import check, none_of, not_run
from benchsmith.core.verdicts import Found, Offender
from benchsmith.documents.benchmark import Marks
from benchsmith.selectors.alike_across import NO_HASH, alike_across
from benchsmith.selectors.near_copies import Pictures, pictures

MIN_SPREAD = 8.0
"""Standard deviation in grey levels below which a hash does not identify a picture."""
RECALL = (
    "known to be found of such copies: 99 % of those cut by 5 % on each side with another gamma, mirrored or "
    "not (half of fundus photographs), 85 % of those with a black and 72 % with a white border"
)
"""Measured on real pictures of ten kinds; docs/selection.md has the figures of each."""


@check(
    "G2",
    asks="Are the splits free of near-duplicate pictures?",
    formula="pictures of test with a picture of val, of another patient, that is a copy by the rule of the "
    "selection: hashes within near.radius bits and looks (16 x 16 whitened frequencies) with a cosine of at least "
    "near.similarity, or looks with one of at least near.aligned after one is cropped to fit the other; for the "
    "modalities of near.modalities at least that value; each also for mirror images, hashes also for turned and "
    "inverted ones",
    remedy="Look at both pictures (`benchsmith explain ID`): give them the same `patient` in the recipe, or drop "
    "one on review; if they only look alike, raise their modality's value in `near.modalities`.",
    hard=True,
    needs=("phash",),
    every=True,
    altered=False,
)
def near_duplicates(table: AuditTable, marks: Marks) -> Found:
    """Copies that were recompressed, windowed, marked, mirrored, cropped or given a border are found."""
    if len(table.codes("split")[1]) < 2:
        return not_run(f"there is only the split {table.rows[0].split}", len(table))
    sides = {split: _pictures_of(table, split) for split in table.split_order}
    if sum(map(bool, sides.values())) < 2:
        return not_run("one of the splits has no picture with a hash")
    offenders: dict[str, Offender] = {}
    for early, late in combinations(table.split_order, 2):
        if sides[early] and sides[late]:
            for one, other, how in _copies(table, sides[early], sides[late]):
                why = f"a copy of {one.id} in {early} ({how})"
                offenders.setdefault(other.id, Offender(other.id, why))
    later, earlier = " or ".join(table.split_order[1:]), " or ".join(table.split_order[:-1])
    return none_of(
        [offenders[id_] for id_ in sorted(offenders)],
        sum(len(sides[split]) for split in table.split_order[1:]),
        f"pictures of {later} with a near-duplicate in {earlier} ({RECALL})",
        of=f"pictures of {later}",
    )  # fmt: skip


def _copies(
    table: AuditTable, val: list[AuditRow], test: list[AuditRow]
) -> Iterator[tuple[AuditRow, AuditRow, str]]:
    """Yield the pairs of copies of two patients, and their similarity."""
    kinds = [[_modality(table, row) for row in rows] for rows in (val, test)]
    links = alike_across(_appearance(val), _appearance(test), table.near, (kinds[0], kinds[1]))
    for a, b, bits, like in zip(
        links.a.tolist(), links.b.tolist(), links.distance.tolist(), links.similarity, strict=True
    ):
        one, other = val[a], test[b]
        if _whose(one) != _whose(other):
            how = f"{bits} bits" if bits < NO_HASH else "after a crop"
            yield one, other, f"{how}, similarity {like:.2f}"


def _pictures_of(table: AuditTable, split: str) -> list[AuditRow]:
    """Return one row for each picture of a split and patient, in the order of hashes."""
    seen: dict[tuple[str, str, bytes], AuditRow] = {}
    for row in table.rows:
        textured = row.spread is None or row.spread >= MIN_SPREAD
        if row.split == split and row.phash and textured:
            seen.setdefault((row.phash, _whose(row), row.look or b""), row)
    return [seen[key] for key in sorted(seen)]


def _whose(row: AuditRow) -> str:
    return row.group or row.patient or row.target


def _modality(table: AuditTable, row: AuditRow) -> str:
    """Return the modality's id; a release folder has its name."""
    id_ = "-".join(row.modality.casefold().split())
    return id_ if id_ in table.near.modalities else row.modality


def _appearance(rows: list[AuditRow]) -> Pictures:
    return pictures(
        pa.array([row.phash or "" for row in rows], pa.string()),
        pa.array([row.mirrors or "" for row in rows], pa.string()),
        pa.array([row.look or b"" for row in rows], pa.binary()),
    )
