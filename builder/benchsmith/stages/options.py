"""Draw the options of each target, pool by pool; a wrong option is never true of the picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from benchsmith.core.model import Choice
from benchsmith.core.random_order import order
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.lexicon import Lexicon
from benchsmith.stages.mirrored_sets import MirroredSet
from benchsmith.stages.option_rules import OptionRules


@dataclass(frozen=True, slots=True)
class AskedTarget:
    """A target, and the views in which it is asked about with the same options."""

    choice: Choice
    views: tuple[str, ...]
    noun: str = ""
    """What the stem says is asked for; all options are values of it."""

    @property
    def id(self) -> str:
        """Name of the options: the target's id, and whether the picture has a mark."""
        return f"{self.choice.id}:{'image' if 'image' in self.views else 'marked'}"


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
    # a label that is no value of the noun in the stem could be ruled out
    return "/".join((*parts, asked.noun) if asked.noun else parts)


class Refused(NamedTuple):
    """Why there is no question."""

    reason: str
    """Code of :mod:`benchsmith.core.reasons`."""
    detail: str


def options(
    asked: Iterable[AskedTarget], lexicon: Lexicon, benchmark: Benchmark
) -> dict[str, Options | Refused]:
    """Draw the options of all targets, by :attr:`AskedTarget.id`.

    Raises DocumentError if the benchmark's rule is `paper-printed` and a pool is too large for it.
    """
    by_pool: dict[str, list[AskedTarget]] = {}
    for one in sorted(asked, key=lambda a: a.id):
        by_pool.setdefault(pool_of(one, benchmark), []).append(one)
    rules = OptionRules(lexicon, benchmark)
    return {
        id_: drawn
        for pool, members in sorted(by_pool.items())
        for id_, drawn in _pool(pool, members, rules)
    }


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
    while True:
        wrong = {
            id_: rules.admissible(a.choice, a.views, keys[_vocabulary(a)])
            for id_, a in by_id.items()
        }
        able = {id_: a for id_, a in by_id.items() if len(wrong[id_]) >= rules.fewest}
        if keys == (keys := keys.fromkeys(keys, frozenset()) | _keys(able.values())):
            break
    for id_, a in by_id.items():
        if id_ not in able:
            yield a.id, Refused("pool-too-small", f"{len(wrong[id_])} admissible in {name}")
    items = [rules.item(id_, a.choice.label, wrong[id_], name) for id_, a in able.items()]
    sets = rules.draw_sets(items, [a.choice for a in able.values()], name)
    taken = {id_ for one in sets for id_ in one.members}
    yield from ((by_id[id_].id, Refused("no-mirror", name)) for id_ in able if id_ not in taken)
    places = _key_places(sets, {id_: a.views for id_, a in able.items()}, rules.seed, name)
    for one in sets:
        mirror = one.members[0] if len(one.members) > 1 else ""
        for id_ in one.members:
            drawn = Options(one.labels, mirror, name, len(wrong[id_]), places[id_])
            yield by_id[id_].id, drawn


def _vocabulary(asked: AskedTarget) -> int | None:
    """Return the samples entry whose labels alone were looked for in a picture; None for all.

    That is so where a region is asked about without a mark, and its files do not list the labels
    that were looked for: those of another samples entry are no part of the answer.
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
    dealt: Counter[tuple[str, int]] = Counter()
    found: dict[str, dict[str, int]] = {}
    for one in sets:
        k = len(one.labels)
        for id_ in one.members:
            found[id_] = {}
            for view in views[id_]:
                hand, card = divmod(dealt[view, k], k)
                dealt[view, k] += 1
                deck = order(range(k), seed, "deal", pool, view, str(k), str(hand), name=str)
                found[id_][view] = deck[card]
    return found
