"""Select: a balanced, diverse choice of targets, each on its side of the split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields

from builder.documents.benchmark import Benchmark
from builder.documents.query import OF_TARGETS, Query
from builder.model import Choice, Rejection, Target
from builder.selectors.sides import sides
from builder.selectors.spread import spread

NAME = "select"
REVISION = 2
TARGET_FIELDS = tuple(f.name for f in fields(Target))


def select(
    targets: Sequence[Target], benchmark: Benchmark, query: Query | None = None
) -> Iterator[Choice | Rejection]:
    """Choose up to `quota.per_answer` targets for each (task, label), shared between the splits.

    With a query, only among what it accepts; a patient's side does not depend on it.
    """
    shares = {"val": benchmark.split.val, "test": benchmark.split.test}
    side = sides(targets, benchmark.seed, **shares)
    answers: dict[tuple[str, str, str], list[Target]] = {}
    for target in targets:
        if query is not None and not query.accepts(target, OF_TARGETS):
            yield _rejection(target, "outside-subset", query.text)
            continue
        answers.setdefault((target.task, target.label, side[target.patient]), []).append(target)
    for (_, _, split), candidates in sorted(answers.items()):
        room = round(benchmark.quota.per_answer * shares[split] / sum(shares.values()))
        volumes: Counter[str] = Counter()
        for target in spread(candidates, benchmark.seed):
            if volumes[target.sample] >= benchmark.quota.per_volume:
                yield _rejection(
                    target, "over-volume-share", f"{benchmark.quota.per_volume} a volume"
                )
            elif volumes.total() >= room:
                yield _rejection(target, "over-quota", f"{room} in {split}")
            else:
                volumes[target.sample] += 1
                yield Choice(**{n: getattr(target, n) for n in TARGET_FIELDS}, split=split)


def _rejection(target: Target, reason: str, detail: str) -> Rejection:
    return Rejection(
        stage=NAME, source=target.source, subject=target.id, reason=reason, detail=detail
    )
