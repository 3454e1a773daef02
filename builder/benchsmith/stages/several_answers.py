"""Questions with several answers: for a picture that shows several labels, which of these?

Right options are labels that the picture surely shows; wrong ones are labels of the same pool that it
surely does not. A label is drawn as a right option in proportion to the pool's pictures without it, and
as a wrong one in proportion to those with it. If a label was right more often than wrong so far in its
pool, its weight as a right option is reduced, and vice versa. So the share of its offers in which it is
right approaches that of all other labels, and knowing how common a label is does not help to guess. A
label that was right (or wrong) too often is not offered so again until it has been offered the other way:
labels that nearly every picture shows, and `no finding`, are hardly ever offered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from benchsmith.core.model import Choice
from benchsmith.core.random_order import draw, order, randint, rank
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.lexicon import Lexicon
from benchsmith.stages.unrelated_options import Apart, draw_unrelated, most_unrelated

NAME = "several"
MAX_BALANCE = 4
"""Balance from which a label is not offered as right, or below its negative as wrong: about two offers."""
MAX_EXPONENT = 60
"""Limit of the power of two by which a weight is changed."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture, and the labels of one pool that it shows."""

    choice: Choice
    """The target that the question is attached to."""
    pool: str
    present: frozenset[str]
    """Labels that are certainly in the picture, and large enough to be seen."""
    possible: frozenset[str]
    """Other labels that are or may be in the picture: neither right nor wrong. The wrong ones are
    those that `choice.searched` has as absent."""


@dataclass(frozen=True, slots=True)
class SeveralOptions:
    """The options of a question with several answers."""

    offered: tuple[str, ...]
    """In the order shown."""
    true: tuple[str, ...]
    pool_size: int
    """Labels of the pool that are wrong for the picture."""


def scenes(choices: Sequence[Choice], benchmark: Benchmark, lexicon: Lexicon) -> list[Scene]:
    """Return the pictures in which targets were chosen, one scene for each task, by id.

    `choices` are the targets asked about without a mark: their sources looked for every label of
    their list, so a label that is not stated is absent.
    """
    by_picture: dict[tuple[object, ...], list[Choice]] = {}
    for c in choices:
        place = (c.sample, c.axis, c.index, str(c.crop), c.group, c.task, c.split)
        by_picture.setdefault(place, []).append(c)
    least = max(benchmark.slices.min_share, benchmark.prominence.min_share)
    found = []
    for own in by_picture.values():
        choice = min(own, key=lambda c: (rank(benchmark.seed, NAME, c.id), c.id))
        there = {choice.label: choice.share} | {n.name: n.share for n in choice.neighbours}
        there |= {c.label: c.share for c in own}
        sure = {n for n, share in there.items() if 0 < share >= least}
        sure = {n for n in sure if _task(lexicon, n, choice.modality) == choice.task}
        of_task = f"{choice.source}/{choice.group}/{choice.modality}/{choice.task}"
        pool = f"several/{choice.split}/{of_task}"
        unknown = frozenset(n for c in own for n in c.searched.unknown)
        possible = unknown.union(there) - sure
        found.append(Scene(choice, pool, frozenset(sure), possible))
    return sorted(found, key=lambda s: s.choice.id)


def several(
    shown: Iterable[Scene], benchmark: Benchmark, lexicon: Lexicon
) -> Iterator[tuple[Scene, SeveralOptions | tuple[str, str]]]:
    """Draw the options of every scene with several labels, pool by pool; otherwise reason and detail."""
    pools: dict[str, list[Scene]] = {}
    for scene in shown:
        pools.setdefault(scene.pool, []).append(scene)
    for name, pool in sorted(pools.items()):
        yield from _pool(name, pool, benchmark, lexicon)


def _pool(
    name: str, pool: Sequence[Scene], benchmark: Benchmark, lexicon: Lexicon
) -> Iterator[tuple[Scene, SeveralOptions | tuple[str, str]]]:
    """Draw the options of one pool's scenes in random order, up to the quota."""
    absent, apart = _absent(pool, lexicon), cache(lexicon.exclude)
    pictures_with = Counter(n for s in pool for n in s.present)
    pictures_without = Counter(n for wrong in absent.values() for n in wrong)
    share = {"val": benchmark.split.val, "test": benchmark.split.test}
    quota = round(benchmark.several.per_task * share[pool[0].choice.split] / sum(share.values()))
    # of each label: right offers minus wrong ones, weighted so that the expected change is 0
    balance: Counter[str] = Counter()
    for scene in order(pool, benchmark.seed, NAME, name, name=lambda s: s.choice.id):
        if len(scene.present) < 2:
            continue  # a picture with one label has a question with one answer
        if not quota:
            yield scene, ("over-quota", f"at most {benchmark.several.per_task} of a task and list")
            continue
        right = {
            n: pictures_without[n] * _factor(-balance[n])
            for n in _unrelated(scene.present, benchmark.seed, scene.choice.id, lexicon)
            if balance[n] < MAX_BALANCE
        }
        wrong = {
            n: pictures_with[n] * _factor(balance[n])
            for n in absent[scene.choice.id]
            if balance[n] > -MAX_BALANCE
        }
        drawn = _options(scene, right, wrong, benchmark, apart)
        if isinstance(drawn, SeveralOptions):
            quota -= 1
            wrong_count = len(drawn.offered) - len(drawn.true)
            for n in drawn.offered:
                balance[n] += wrong_count if n in drawn.true else -len(drawn.true)
        yield scene, drawn


def _absent(pool: Sequence[Scene], lexicon: Lexicon) -> dict[str, frozenset[str]]:
    """Return, by target id, the labels of the pool that are surely absent from each picture."""
    keys = frozenset[str]().union(*(s.present for s in pool))
    by_entry: dict[int, frozenset[str]] = {}
    for s in pool:
        by_entry[s.choice.entry] = by_entry.get(s.choice.entry, frozenset()) | s.present
    excluded, related = cache(lexicon.exclude), cache(lexicon.labels.related)
    found = {}
    for s in pool:
        there, c = s.present | s.possible, s.choice
        listed = c.kind == "image" or c.searched.lists_labels
        found[c.id] = frozenset(
            n
            for n in (keys if listed else by_entry[c.entry]) - there
            if c.searched.is_absent(n, related) and not any(excluded(n, one) for one in there)
        )
    return found


def _factor(balance: int) -> float:
    """Return the factor of a weight for a label's balance of right and wrong offers."""
    return 2.0 ** max(-MAX_EXPONENT, min(MAX_EXPONENT, balance))


def _options(
    scene: Scene,
    right: Mapping[str, float],
    wrong: Mapping[str, float],
    benchmark: Benchmark,
    apart: Apart,
) -> SeveralOptions | tuple[str, str]:
    """Draw the number of options and of right ones, then the labels by weight; else why not."""
    rules, seed, id_ = benchmark.several, benchmark.seed, scene.choice.id
    usable = sum(weight > 0 for weight in right.values())
    most = min(rules.most_true, usable)
    if most < rules.fewest_true:
        return "pool-too-small", f"{usable} of {len(scene.present)} labels may still be right"
    able = most_unrelated((n for n, weight in wrong.items() if weight > 0), apart)
    if able < max(1, rules.fewest_options - most):
        return "pool-too-small", f"{able} admissible in {scene.pool}"
    largest = max(rules.fewest_options, min(rules.most_options, most + able))
    total = randint(seed, rules.fewest_options, largest, NAME, "options", id_)
    low = max(rules.fewest_true, total - able)
    true = randint(seed, low, min(most, total - 1), NAME, "true", id_)
    drawn = draw(right, true, seed, NAME, "right", id_)
    others = draw_unrelated(wrong, total - true, apart, seed, NAME, "wrong", id_)
    offered = order([*drawn, *others], seed, NAME, "position", id_, name=str)
    return SeveralOptions(tuple(offered), tuple(drawn), len(wrong))


def _unrelated(labels: Iterable[str], seed: int, id_: str, lexicon: Lexicon) -> list[str]:
    """Return labels so that none is an ancestor, descendant or confusable of another."""
    kept: list[str] = []
    for label in order(labels, seed, NAME, "kept", id_, name=str):
        if not any(lexicon.exclude(label, other) for other in kept):
            kept.append(label)
    return kept


def _task(lexicon: Lexicon, label: str, modality: str) -> str:
    place = lexicon.place(label, modality)
    return place.task if place else ""
