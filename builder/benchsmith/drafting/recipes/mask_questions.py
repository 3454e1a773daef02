"""Questions of a draft about masks of every kind: what was looked for, and which values surround others."""

from __future__ import annotations

from collections.abc import Sequence

from benchsmith.drafting.recipes.file_looks import Look
from benchsmith.drafting.recipes.proposal import Labels

EXHAUSTIVE = "did the source look for every listed label in the whole picture? then true"


def common(entry: Labels, looks: Sequence[Look]) -> None:
    """Ask what was looked for, and which component of a label volume is meant."""
    entry.keys["exhaustive"] = False
    entry.decide["exhaustive"] = EXHAUSTIVE
    entry.some_empty = any(
        one.kind == "mask" and one.planar and not one.values and not one.grey_edges for one in looks
    )
    if looks and looks[0].parts > 1 and not looks[0].planar and entry.keys["kind"] == "volume":
        entry.keys["part"] = 0
        entry.decide["part"] = f"which of the {looks[0].parts} components?"


def shells(entry: Labels, looks: Sequence[Look], names: dict[str, str]) -> None:
    """Report which values surround others: they may be the rest of a whole structure."""
    pairs = {pair for one in looks for pair in one.around}
    if not pairs or entry.keys["kind"] == "instances":
        return
    outer = min(a for a, _ in pairs)
    inner = sorted(b for a, b in pairs if a == outer)
    whole = names.get(outer, f"value {outer}")
    listed = ", ".join(names.get(v, v) for v in inner)
    parts = [names.get(v, int(v) if v.isdigit() else v) for v in (outer, *inner)]
    entry.unsure = entry.unsure or f"{listed} lies within {whole}: does {whole} leave it out?"
    keys = {**entry.keys, "union": {whole: parts}}
    why = f"{whole} is meant with what lies in it"
    entry.otherwise.append(Labels(keys, dict(entry.decide), why, [], entry.names_stated))
