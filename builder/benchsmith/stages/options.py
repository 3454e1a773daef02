"""Draw the options of each target, pool by pool; a wrong option is never true of the picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from benchsmith.core.random_order import dealt, order
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.lexicon import Lexicon
from benchsmith.stages.asked_target import AskedTarget
from benchsmith.stages.mirrored_sets import MirroredSet
from benchsmith.stages.option_rules import OptionRules
from benchsmith.stages.unrelated_options import most_unrelated
from benchsmith.stages.wider_pools import joined

MayAsk = Callable[[str, Sequence[AskedTarget]], bool]
"""Whether a task has stems that fit labels of other tasks, in the views of some targets."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one target."""

    labels: tuple[str, ...]
    """Sorted; :func:`in_order` returns them as a view shows them."""
    mirror: str
    """Name of the mirrored set; empty if no other question has these options."""
    pool: str
    pool_size: int
    """Admissible labels of the pool."""
    key_place: Mapping[str, int]
    """The key's position, by view."""
    task: str
    """The task whose stems ask: the first by name where a pool joins several tasks."""


def pool_of(asked: AskedTarget, benchmark: Benchmark) -> str:
    """Return the name of the pool that a target's wrong options come from.

    Whole picture: the other classes of the same source, list and modality. Marked region: every
    label of this modality and task, from all sources unless the benchmark asks for the same one.
    Region without a mark: the labels of the same source, since only that source states which
    labels were looked for.
    """
    c = asked.choice
    parts: tuple[str, ...]
    if c.kind == "image":
        parts = ("list", c.split, c.source, c.group, c.modality)
    elif "image" in asked.views:
        parts = ("scene", c.split, c.source, c.modality, c.task)
    elif benchmark.options.regions == "same-source":
        parts = ("region", c.split, c.source, c.modality, c.task)
    else:
        parts = ("region", c.split, c.modality, c.task)
    # a label that does not fit the noun in the stem could be ruled out
    return "/".join((*parts, asked.noun) if asked.noun else parts)


class Refused(NamedTuple):
    """Why there is no question."""

    reason: str
    """Code of :mod:`benchsmith.core.reasons`."""
    detail: str


Drawn = dict[str, Options | Refused]
"""What was drawn, by :attr:`AskedTarget.id`."""


def options(
    asked: Iterable[AskedTarget],
    lexicon: Lexicon,
    benchmark: Benchmark,
    may_ask: MayAsk = lambda task, members: False,
    known: dict[tuple[str, ...], Drawn] | None = None,
) -> Drawn:
    """Draw the options of all targets.

    `known` caches each pool's result between calls, for the same lexicon and benchmark. Raises
    DocumentError if the benchmark's rule is `paper-printed` and a pool is too large for it.
    """
    by_pool: dict[str, list[AskedTarget]] = {}
    for one in sorted(asked, key=lambda a: a.id):
        by_pool.setdefault(pool_of(one, benchmark), []).append(one)
    rules = OptionRules(lexicon, benchmark)

    def enough(members: Sequence[AskedTarget]) -> bool:
        return rules.enough_keys(frozenset(a.choice.label for a in members))

    known = {} if known is None else known
    found: Drawn = {}
    for pool, members in sorted(joined(by_pool, lexicon.task_kinds, enough, may_ask).items()):
        name = (pool, *(f"{a.id} {' '.join(a.views)}" for a in members))
        if name not in known:
            known[name] = dict(_pool(pool, members, rules))
        found |= known[name]
    return found


def in_order(drawn: Options, label: str, view: str, seed: int, id_: str) -> tuple[str, ...]:
    """Return the options in the order of one view: the key `label` at its place, the others by rank.

    `id_` is :attr:`AskedTarget.id`.
    """
    others = [n for n in drawn.labels if n != label]
    offered = order(others, seed, "position", id_, view, name=str)
    place = drawn.key_place[view]
    return (*offered[:place], label, *offered[place:])


def _pool(
    name: str, asked: Sequence[AskedTarget], rules: OptionRules
) -> Iterator[tuple[str, Options | Refused]]:
    """Draw the options of one pool among the labels that are a key in it.

    A label that is never the key could be ruled out. Leaving out a target may remove its label from
    the keys, so targets are left out until the keys stay the same.
    """
    by_id = {a.choice.id: a for a in asked}  # a target is asked about once in a pool
    keys = _keys(asked)
    at_first: dict[str, int] = {}
    while True:
        wrong = {
            id_: rules.admissible(a.choice, a.views, keys[_vocabulary(a)])
            for id_, a in by_id.items()
        }
        for id_, labels in wrong.items():
            at_first.setdefault(id_, most_unrelated(labels, rules.apart))
        able = {id_: a for id_, a in by_id.items() if rules.enough(wrong[id_], a.choice.label)}
        if keys == (keys := keys.fromkeys(keys, frozenset()) | _keys(able.values())):
            break
    for id_, a in by_id.items():
        if id_ not in able:
            what = f"{at_first[id_]} of {rules.fewest(a.choice.label)} admissible in {name}"
            yield a.id, Refused("pool-too-small", what)
    items = [rules.item(id_, a.choice, wrong[id_], name) for id_, a in able.items()]
    sets = rules.draw_sets(items, [a.choice for a in able.values()], name)
    taken = {id_ for one in sets for id_ in one.members}
    yield from ((by_id[id_].id, Refused("no-mirror", name)) for id_ in able if id_ not in taken)
    places = _key_places(sets, {id_: a.views for id_, a in able.items()}, rules.seed, name)
    task = min(a.choice.task for a in asked)
    for one in sets:
        mirror = one.members[0] if len(one.members) > 1 else ""
        for id_ in one.members:
            drawn = Options(one.labels, mirror, name, len(wrong[id_]), places[id_], task)
            yield by_id[id_].id, drawn


def _vocabulary(asked: AskedTarget) -> int | None:
    """Return the samples entry whose labels alone were looked for in a picture; None for all.

    This applies if a region is asked about without a mark and its files do not list the labels
    that were looked for. Labels of another samples entry are then not options.
    """
    c = asked.choice
    own = c.kind != "image" and "image" in asked.views and not c.searched.lists_labels
    return c.entry if own else None


def _keys(asked: Iterable[AskedTarget]) -> dict[int | None, frozenset[str]]:
    """Return the labels that are a key, in all and by samples entry."""
    found: dict[int | None, set[str]] = {None: set()}
    for one in asked:
        found[None].add(one.choice.label)
        found.setdefault(one.choice.entry, set()).add(one.choice.label)
    return {entry: frozenset(labels) for entry, labels in found.items()}


def _key_places(
    sets: Sequence[MirroredSet], views: Mapping[str, tuple[str, ...]], seed: int, pool: str
) -> dict[str, dict[str, int]]:
    """Deal the key's positions like cards, by item and view.

    Among each k questions of a pool and view with k options, every position occurs once.
    """
    times: Counter[tuple[str, int]] = Counter()
    found: dict[str, dict[str, int]] = {}
    for one in sets:
        k = len(one.labels)
        for id_ in one.members:
            found[id_] = {}
            for view in views[id_]:
                found[id_][view] = dealt(times[view, k], k, seed, "deal", pool, view, str(k))
                times[view, k] += 1
    return found
