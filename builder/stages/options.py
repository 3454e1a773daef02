"""Options: how many wrong ones, and which; never one that is true of the picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from builder.chance import draw, order, randint
from builder.documents.benchmark import Benchmark
from builder.documents.lexicon import Lexicon
from builder.documents.problems import DocumentError, Problem
from builder.model import Choice

PRINTED_LARGEST = 4
"""The published rule, randint(max(1, L), min(4, L)), is an empty range above this."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one question."""

    labels: tuple[str, ...]
    """In the order they are offered."""
    answer: int
    pool: str
    pool_size: int


def pool_of(choice: Choice, view: str) -> str:
    """Name the pool a target's wrong options come from.

    Image level: the other classes of the same source and list, of this modality. A marked region:
    every label of this modality and task, whatever its source. A region asked about without a
    mark: the labels of the same source, for only there is it known what was looked for.
    """
    parts: tuple[str, ...]
    if choice.kind == "image":
        parts = ("list", choice.split, choice.source, choice.group, choice.modality)
    elif view == "image":
        parts = ("scene", choice.split, choice.source, choice.modality, choice.task)
    else:
        parts = ("region", choice.split, choice.modality, choice.task)
    return "/".join(parts)


def pools(choices: Iterable[Choice], views: Iterable[str]) -> Mapping[str, Counter[str]]:
    """Return how often each label is the answer, for every pool."""
    found: dict[str, Counter[str]] = {}
    for choice in choices:
        for name in sorted({pool_of(choice, view) for view in views}):
            found.setdefault(name, Counter())[choice.label] += 1
    return found


def admissible(
    choice: Choice, view: str, pool: Iterable[str], lexicon: Lexicon, benchmark: Benchmark
) -> list[str]:
    """Return the labels of a pool that are wrong for this picture, in order.

    Left out are: the answer's synonyms (they are one label), its ancestors and descendants, its
    confusables, and whatever is related to something else that is true of what is shown.
    """
    true = [
        n.name
        for n in choice.neighbours
        if _is_shown(choice, view, n.in_region, n.in_box, benchmark)
    ]
    return sorted(
        label
        for label in pool
        if not lexicon.exclude(label, choice.label)
        and not any(lexicon.labels.related(label, other) for other in true)
    )


def _is_shown(
    choice: Choice, view: str, in_region: float, in_box: float, benchmark: Benchmark
) -> bool:
    if view == "image" or choice.kind == "image":
        return True
    if in_region > benchmark.truth.in_region:
        return True
    return view == "box" and in_box > benchmark.truth.in_box


def options(
    choice: Choice, view: str, counts: Counter[str], lexicon: Lexicon, benchmark: Benchmark
) -> Options | int:
    """Draw the options of a question; return the pool's size where it is too small for one.

    Raises DocumentError where the benchmark asks for the printed rule and the pool is larger than
    that rule can handle.
    """
    wrong = admissible(choice, view, counts, lexicon, benchmark)
    size = len(wrong)
    if size < max(1, benchmark.options.min_pool):
        return size
    seed = benchmark.seed
    if benchmark.options.rule == "paper-printed":
        if size > PRINTED_LARGEST:
            raise DocumentError([Problem(
                "options.rule", 1,
                f"paper-printed is an empty range for the pool {pool_of(choice, view)} of {size} labels",
                "use paper-observed, which is what the published data show",
            )])  # fmt: skip
        count = size
    else:
        count = randint(seed, min(3, size), min(4, size), "option count", choice.id)
    matched = benchmark.options.draw == "matched"
    weights = {label: float(counts[label]) if matched else 1.0 for label in wrong}
    drawn = draw(weights, count, seed, "options", choice.id)
    offered = order([*drawn, choice.label], seed, "position", choice.id, view, name=str)
    return Options(tuple(offered), offered.index(choice.label), pool_of(choice, view), size)
