"""Questions with several answers: one for a picture that shows several things."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from benchsmith.core.chance import draw, order, randint, rank
from benchsmith.core.model import Choice
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.lexicon import Lexicon

NAME = "several"
MOST = 60
"""Powers of two by which a label that leans to one side is drawn less or more."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture, and what of one pool it shows."""

    choice: Choice
    """The target that speaks for it."""
    pool: str
    present: frozenset[str]
    """Labels that are surely there, and large enough to be seen."""
    perhaps: frozenset[str]
    """Other labels that are there or may be: neither right nor wrong."""


@dataclass(frozen=True, slots=True)
class Several:
    """The options of a question with several answers."""

    offered: tuple[str, ...]
    true: tuple[str, ...]
    size: int
    """Labels of the pool that are wrong for the picture."""


def scenes(choices: Sequence[Choice], benchmark: Benchmark, lexicon: Lexicon) -> list[Scene]:
    """Return the pictures that targets were chosen in, each once for each task, in order.

    `choices` are those asked about without a mark: their sources looked for every label of their
    list, so that what is not stated is absent.
    """
    pictures: dict[tuple[object, ...], list[Choice]] = {}
    for c in choices:
        place = (c.sample, c.axis, c.index, str(c.crop), c.group, c.task, c.split)
        pictures.setdefault(place, []).append(c)
    found = []
    for of in pictures.values():
        choice = min(of, key=lambda c: (rank(benchmark.seed, NAME, c.id), c.id))
        there = {choice.label: choice.share} | {n.name: n.share for n in choice.neighbours}
        there |= {c.label: c.share for c in of}
        sure = {n for n, share in there.items() if share >= benchmark.slices.min_share}
        sure = {n for n in sure if _task(lexicon, n, choice.modality) == choice.task}
        of_task = f"{choice.source}/{choice.group}/{choice.modality}/{choice.task}"
        pool = f"several/{choice.split}/{of_task}"
        found.append(Scene(choice, pool, frozenset(sure), frozenset(there) - sure))
    return sorted(found, key=lambda s: s.choice.id)


def several(
    shown: Iterable[Scene], benchmark: Benchmark, lexicon: Lexicon
) -> Iterator[tuple[Scene, Several | tuple[str, str]]]:
    """Draw the options of every picture with several things: or a reason and its detail.

    A label is drawn as a right option in proportion to the pool's pictures without it, and as a
    wrong one in proportion to those with it; whichever it was more often so far in its pool, it is
    less likely to be again. So the share of its offers in which it is right comes near to that of
    all others, and who knows only how common a label is learns nothing from its being offered.
    """
    pools: dict[str, list[Scene]] = {}
    for scene in shown:
        pools.setdefault(scene.pool, []).append(scene)
    related = cache(lexicon.exclude)
    for name, of in sorted(pools.items()):
        keys = frozenset().union(*(s.present for s in of))
        absent = {
            s.choice.id: frozenset(
                n
                for n in keys - s.present - s.perhaps
                if not any(related(n, other) for other in s.present | s.perhaps)
            )
            for s in of
        }
        with_it = Counter(n for s in of for n in s.present)
        without = Counter(n for wrong in absent.values() for n in wrong)
        share = {"val": benchmark.split.val, "test": benchmark.split.test}
        room = round(benchmark.several.per_task * share[of[0].choice.split] / sum(share.values()))
        lean: Counter[str] = (
            Counter()
        )  # right offers over wrong ones, weighed to be 0 at their mean
        for scene in order(of, benchmark.seed, NAME, name, name=lambda s: s.choice.id):
            if len(scene.present) < 2:
                continue  # it shows one thing: that is asked as such
            if not room:
                yield scene, ("over-quota", f"{benchmark.several.per_task} a task and list")
                continue
            right = {
                n: without[n] * _damped(-lean[n])
                for n in _unrelated(scene.present, benchmark.seed, scene.choice.id, lexicon)
            }
            wrong = {n: with_it[n] * _damped(lean[n]) for n in absent[scene.choice.id]}
            drawn = _options(scene, right, wrong, benchmark)
            if isinstance(drawn, Several):
                room -= 1
                wrong_ones = len(drawn.offered) - len(drawn.true)
                for n in drawn.offered:
                    lean[n] += wrong_ones if n in drawn.true else -len(drawn.true)
            yield scene, drawn


def _damped(lean: int) -> float:
    """Return the factor of a weight for how far a label leans to one side."""
    return 2.0 ** max(-MOST, min(MOST, lean))


def _options(
    scene: Scene, right: Mapping[str, float], wrong: Mapping[str, float], benchmark: Benchmark
) -> Several | tuple[str, str]:
    """Draw how many options and how many of them right, then which, by their weights."""
    rules, seed, id_ = benchmark.several, benchmark.seed, scene.choice.id
    able = sum(weight > 0 for weight in right.values())
    most = min(rules.most_true, able)
    if most < rules.fewest_true:
        return "pool-too-small", f"{able} of {len(scene.present)} labels are absent elsewhere"
    if len(wrong) < max(1, rules.fewest_options - most):
        return "pool-too-small", f"{len(wrong)} admissible in {scene.pool}"
    largest = max(rules.fewest_options, min(rules.most_options, most + len(wrong)))
    total = randint(seed, rules.fewest_options, largest, NAME, "options", id_)
    low = max(rules.fewest_true, total - len(wrong))
    true = randint(seed, low, min(most, total - 1), NAME, "true", id_)
    drawn = draw(right, true, seed, NAME, "right", id_)
    others = draw(wrong, total - true, seed, NAME, "wrong", id_)
    offered = order([*drawn, *others], seed, NAME, "position", id_, name=str)
    return Several(tuple(offered), tuple(drawn), len(wrong))


def _unrelated(labels: Iterable[str], seed: int, id_: str, lexicon: Lexicon) -> list[str]:
    """Leave out what is a kind or part of another: never two names for one thing."""
    kept: list[str] = []
    for label in order(labels, seed, NAME, "kept", id_, name=str):
        if not any(lexicon.exclude(label, other) for other in kept):
            kept.append(label)
    return kept


def _task(lexicon: Lexicon, label: str, modality: str) -> str:
    place = lexicon.place(label, modality)
    return place.task if place else ""
