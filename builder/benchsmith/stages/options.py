"""Options: how many wrong ones, and which; never one that is true of the picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from benchsmith.core.chance import draw, order, randint
from benchsmith.core.model import Choice
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.stages.mirrored_sets import Item, Mirror, Near, fair, mirrors
from benchsmith.stages.nearness import alike, nearness

PRINTED_LARGEST = 4
"""The published rule, randint(max(1, L), min(4, L)), is an empty range above this."""
OBSERVED = (3, 4)
"""Wrong options of the published data in pools that are large enough, evenly."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A target, and the granularities at which it is asked about with the same options."""

    choice: Choice
    views: tuple[str, ...]

    @property
    def id(self) -> str:
        """Name of the options: the target's, and whether the picture bears a mark."""
        return f"{self.choice.id}:{'image' if 'image' in self.views else 'marked'}"


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one target."""

    labels: tuple[str, ...]
    """Sorted; :func:`arranged` puts them in the order of a view."""
    mirror: str
    """Name of the set of questions that have these options; empty where no other has."""
    pool: str
    pool_size: int
    place: Mapping[str, int]
    """The key's position, by view."""


def pool_of(asked: Asked, benchmark: Benchmark) -> str:
    """Name the pool a target's wrong options come from.

    Image level: the other classes of the same source and list, of this modality. A marked region:
    every label of this modality and task, whatever its source. A region asked about without a
    mark: the labels of the same source, for only there is it known what was looked for.
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
    return "/".join(parts)


class Refused(NamedTuple):
    """Why there is no question: a code of :mod:`benchsmith.core.reasons`, and what was met."""

    reason: str
    detail: str


def options(
    asked: Iterable[Asked], lexicon: Lexicon, benchmark: Benchmark
) -> dict[str, Options | Refused]:
    """Draw the options of all that is asked, by :attr:`Asked.id`.

    Raises DocumentError where the benchmark asks for the printed rule and a pool is larger than
    that rule can handle.
    """
    by_pool: dict[str, list[Asked]] = {}
    for one in sorted(asked, key=lambda a: a.id):
        by_pool.setdefault(pool_of(one, benchmark), []).append(one)
    rules = _Rules(lexicon, benchmark)
    return {
        id_: drawn
        for pool, members in sorted(by_pool.items())
        for id_, drawn in _pool(pool, members, rules)
    }


def arranged(drawn: Options, label: str, view: str, seed: int, id_: str) -> tuple[str, ...]:
    """Return the options in the order of one view: the key at its place, the others by rank."""
    others = [n for n in drawn.labels if n != label]
    offered = order(others, seed, "position", id_, view, name=str)
    return (*offered[: drawn.place[view]], label, *offered[drawn.place[view] :])


def _pool(
    name: str, asked: Sequence[Asked], rules: _Rules
) -> Iterator[tuple[str, Options | Refused]]:
    """Draw the options of one pool: only among labels that are a key in it.

    A label that is never the key would give itself away as wrong.
    """
    by_id = {a.choice.id: a for a in asked}  # a target is asked about once in a pool
    keys = {a.choice.label for a in asked}
    while True:
        wrong = {id_: rules.admissible(a, keys) for id_, a in by_id.items()}
        able = {id_: a for id_, a in by_id.items() if len(wrong[id_]) >= rules.fewest}
        if keys == (keys := {a.choice.label for a in able.values()}):
            break
    for id_, a in by_id.items():
        if id_ not in able:
            yield a.id, Refused("pool-too-small", f"{len(wrong[id_])} admissible in {name}")
    items = [rules.item(id_, a.choice.label, wrong[id_], name) for id_, a in able.items()]
    sets = rules.sets(items, list(able.values()), name)
    taken = {id_ for one in sets for id_ in one.members}
    yield from ((by_id[id_].id, Refused("no-mirror", name)) for id_ in able if id_ not in taken)
    places = _places(sets, {id_: a.views for id_, a in able.items()}, rules.seed, name)
    for one in sets:
        mirror = one.members[0] if len(one.members) > 1 else ""
        for id_ in one.members:
            drawn = Options(one.labels, mirror, name, len(wrong[id_]), places[id_])
            yield by_id[id_].id, drawn


def _places(
    sets: Sequence[Mirror], views: Mapping[str, tuple[str, ...]], seed: int, pool: str
) -> dict[str, dict[str, int]]:
    """Deal the key's positions: of k questions with k options each position is dealt once."""
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


class _Rules:
    """What a benchmark says of options, with what the lexicon says of pairs kept at hand."""

    def __init__(self, lexicon: Lexicon, benchmark: Benchmark) -> None:
        self._lexicon, self._benchmark = lexicon, benchmark
        self.seed = benchmark.seed
        count = benchmark.options.count if benchmark.options.rule == "fixed" else 1
        self.fewest = max(1, benchmark.options.min_pool, count)
        self._excluded: Callable[[str, str], bool] = cache(lexicon.exclude)
        self._related: Callable[[str, str], bool] = cache(lexicon.labels.related)

    def admissible(self, asked: Asked, keys: Iterable[str]) -> frozenset[str]:
        """Return the labels that are wrong for this picture in every view.

        Left out are: the key's synonyms (they are one label), its ancestors and descendants, its
        confusables, and whatever is related to something else that is true of what is shown.
        """
        own = asked.choice.label
        true = self._shown(asked)
        return frozenset(
            label
            for label in keys
            if not self._excluded(label, own)
            and not any(self._related(label, other) for other in true)
        )

    def _shown(self, asked: Asked) -> list[str]:
        """Return the other labels that are true of the picture or of what is marked in it."""
        truth, choice = self._benchmark.truth, asked.choice
        if choice.kind == "image" or "image" in asked.views:
            return [n.name for n in choice.neighbours]
        boxed = "box" in asked.views
        return [
            n.name
            for n in choice.neighbours
            if n.in_region > truth.in_region or (boxed and n.in_box > truth.in_box)
        ]

    def item(self, id_: str, label: str, wrong: frozenset[str], pool: str) -> Item:
        """Return what is to be drawn for."""
        count = self._count(id_, len(wrong), pool)
        rules = self._benchmark.options
        fewest = rules.fewest if rules.rule == "paper-observed" else count
        return Item(id_, label, wrong, count, fewest)

    def _count(self, id_: str, size: int, pool: str) -> int:
        """Return how many wrong options to offer, of `size` that are admissible."""
        rule = self._benchmark.options.rule
        if rule == "fixed":
            return self._benchmark.options.count
        if rule == "paper-observed":
            low, high = (min(n, size) for n in OBSERVED)
            return randint(self.seed, low, high, "option count", id_)
        if size > PRINTED_LARGEST:
            raise DocumentError([Problem(
                "options.rule", 1,
                f"paper-printed is an empty range for the pool {pool} of {size} labels",
                "use paper-observed, which is what the published data show",
            )])  # fmt: skip
        return size

    def sets(self, items: Sequence[Item], asked: Sequence[Asked], pool: str) -> list[Mirror]:
        """Draw each item's options, in sets where the benchmark wants them."""
        near = self._near(asked)
        rules = self._benchmark.options
        if rules.draw == "mirrored" and rules.rule != "paper-printed":
            made = mirrors(items, self.seed, pool, near)
            if rules.unmirrored == "keep":
                return made
            if rules.unmirrored == "drop":
                return [one for one in made if one.closed]
            return fair(made, {i.id: i.label for i in items})
        uniform = rules.draw == "uniform"
        counts = Counter(i.label for i in items)
        found = []
        for item in items:
            weights = {
                n: (1.0 if uniform else float(counts[n])) * near(item.label, n) for n in item.wrong
            }
            drawn = draw(weights, item.count, self.seed, "options", item.id)
            found.append(Mirror((item.id,), tuple(sorted([*drawn, item.label]))))
        return found

    def _near(self, asked: Sequence[Asked]) -> Near:
        if self._benchmark.options.prefer == "any" or not asked:
            return alike
        together = {frozenset((a.choice.label, n.name)) for a in asked for n in a.choice.neighbours}
        return nearness(self._lexicon, asked[0].choice.modality, frozenset(together))
