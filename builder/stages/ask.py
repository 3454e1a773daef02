"""Ask: a stem and options for each target at each granularity; no pixels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace

from builder.chance import rank
from builder.documents.benchmark import Benchmark
from builder.documents.lexicon import Lexicon
from builder.documents.pools import PLACEHOLDER, Pool
from builder.documents.query import Query
from builder.model import VIEWS, Choice, Question, Rejection
from builder.stages.options import options, pool_of, pools

NAME = "ask"
REVISION = 1
ASKED = frozenset({"granularity", "split"})
"""Axes that a target has only when it is asked about."""


POSSIBLE = {"image": ("image",), "box": ("image", "box"), "region": VIEWS}
"""Granularities at which a finding of some kind can be asked about."""


def views_of(choice: Choice, benchmark: Benchmark, query: Query | None) -> list[str]:
    """Return the granularities at which a target is asked about."""
    return [
        view
        for view in benchmark.views
        if view in POSSIBLE[choice.kind]
        and (query is None or query.accepts(SimpleNamespace(view=view, split=choice.split), ASKED))
    ]


def ask(
    choices: Sequence[Choice],
    benchmark: Benchmark,
    lexicon: Lexicon,
    stems: Mapping[str, Pool],
    query: Query | None = None,
) -> Iterator[Question | Rejection]:
    """Ask about every target at every granularity: a question or a rejection for each."""
    counts = pools(choices, benchmark.views)
    for choice in choices:
        views = views_of(choice, benchmark, query)
        if not views:
            yield _rejection(choice.source, choice.id, "view-not-asked", choice.kind)
        for view in views:
            id_ = f"{choice.id}:{view}"
            if fault := _unfit(choice, view, benchmark):
                yield _rejection(choice.source, id_, *fault)
                continue
            pool = stems.get(choice.task)
            texts = pool.stems.get(view, ()) if pool else ()
            if not texts:
                yield _rejection(choice.source, id_, "no-stem", f"{choice.task} at {view} level")
                continue
            drawn = options(choice, view, counts[pool_of(choice, view)], lexicon, benchmark)
            if isinstance(drawn, int):
                detail = f"{drawn} admissible in {pool_of(choice, view)}"
                yield _rejection(choice.source, id_, "pool-too-small", detail)
                continue
            stem = texts[rank(benchmark.seed, "stem", id_) % len(texts)]
            modality = lexicon.modalities[choice.modality].name
            yield Question(
                id=id_,
                target=choice.id,
                source=choice.source,
                sample=choice.sample,
                split=choice.split,
                view=view,
                task=choice.task,
                department=choice.department,
                modality=choice.modality,
                label=choice.label,
                stem_at=stem.at,
                question=stem.text.replace(PLACEHOLDER, modality),
                options=tuple(lexicon.labels[label].name for label in drawn.labels),
                option_labels=drawn.labels,
                answers=(drawn.answer,),
                pool=drawn.pool,
                pool_size=drawn.pool_size,
            )


def _unfit(choice: Choice, view: str, benchmark: Benchmark) -> tuple[str, str] | None:
    """Say why a region cannot be asked about in a view, if it cannot."""
    if choice.kind == "image":
        return None
    if view == "image" and not choice.exhaustive:
        return "absence-unknown", choice.stated_at
    if view == "box" and choice.box is not None:
        fill = choice.area_px / choice.box.area
        crowd = any(n.in_box > 0 for n in choice.neighbours)
        if crowd and fill < benchmark.truth.fill:
            return "region-in-crowd", f"it fills {fill:.2f} of its box"
    return None


def _rejection(source: str, subject: str, reason: str, detail: str) -> Rejection:
    return Rejection(stage=NAME, source=source, subject=subject, reason=reason, detail=detail)
