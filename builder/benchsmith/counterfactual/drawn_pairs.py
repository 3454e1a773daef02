"""Draw at most one altered view for each unit of questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from benchsmith.core.alteration import MOVE
from benchsmith.core.model import Choice
from benchsmith.core.random_order import rank
from benchsmith.counterfactual.altered_view import AlteredView, NoTruth
from benchsmith.counterfactual.asked_unit import AskedUnit
from benchsmith.counterfactual.exchange import Change, exchanged

UNBALANCED = "unbalanced-pair"


class KnownView(NamedTuple):
    """An altered view whose truth is known."""

    unit: AskedUnit
    view: AlteredView
    right: frozenset[str]
    """The labels that are right."""

    @property
    def changes(self) -> bool:
        """Whether the answer differs from that of the original picture."""
        return self.right != self.unit.key


def draw_pairs(
    known: Sequence[KnownView], units: Sequence[AskedUnit], seed: int
) -> tuple[list[KnownView], list[NoTruth]]:
    """Return the views that are asked about, and those whose new answers would be too frequent.

    A view that changes the answer is preferred, as far as these balance in their pool: see
    :mod:`benchsmith.counterfactual.exchange`. The others are drawn by rank, with equal probability
    for each kind.
    """
    chosen = _exchanges(known, {_mark(one.choice) for one in units if one.marked}, seed)
    lost = [
        NoTruth(
            one.unit.id, one.view.alteration.kind,
            f"{min(one.right)} would be right more often than before", UNBALANCED,
        )
        for one in known
        if one.changes and not one.unit.several and one.unit.id not in chosen
    ]  # fmt: skip
    rest: dict[str, list[KnownView]] = {}
    for one in known:
        if one.unit.id not in chosen and not (one.changes and not one.unit.several):
            rest.setdefault(one.unit.id, []).append(one)
    for id_, views in sorted(rest.items()):
        chosen[id_] = min(views, key=lambda one: _turn(one, seed))
    return [chosen[id_] for id_ in sorted(chosen)], _once(lost)


def _turn(one: KnownView, seed: int) -> tuple[int, str]:
    """Return the rank of a view, by its kind first, so that a kind with many views is not more frequent."""
    kind = one.view.alteration.kind
    own = sorted(one.right)
    return rank(seed, "altered", one.unit.id, kind), f"{rank(seed, 'view', *own):020d}"


def _exchanges(known: Iterable[KnownView], taken: set[str], seed: int) -> dict[str, KnownView]:
    """Return, by unit, the views that change the answer and balance within their pool.

    `taken` are the marks of original questions: the same picture is not asked about twice.
    """
    pools: dict[str, dict[Change, KnownView]] = {}
    for one in known:
        kind = one.view.alteration.kind
        mark = _mark(one.view.shown) if kind == MOVE else ""
        if one.changes and not one.unit.several and mark not in taken:
            change = Change(one.unit.id, min(one.unit.key), min(one.right), kind, mark)
            # counts of questions balance only among units with equal numbers of questions
            pool = f"{one.unit.pool} {' '.join(one.unit.views)}"
            pools.setdefault(pool, {})[change] = one
    return {
        change.unit: views[change]
        for pool, views in sorted(pools.items())
        for change in exchanged(list(views), seed, pool)
    }


def _mark(shown: Choice) -> str:
    """Return the name of what is marked in a picture."""
    place = (shown.axis, shown.index, shown.layer, shown.value)
    return f"{shown.content or shown.sample} {' '.join(map(str, place))}"


def _once(lost: Iterable[NoTruth]) -> list[NoTruth]:
    """Return one rejection for each unit and kind, the first by its detail."""
    first: dict[tuple[str, str], NoTruth] = {}
    for one in sorted(lost, key=lambda n: (n.unit, n.kind, n.detail)):
        first.setdefault((one.unit, one.kind), one)
    return list(first.values())
