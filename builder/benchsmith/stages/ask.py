"""Ask: a stem and options for each target at each granularity; no pixels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace

from benchsmith.core.chance import rank
from benchsmith.core.model import VIEWS, Choice, Question, Rejection
from benchsmith.core.stage_names import ALL_SOURCES
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.excerpt import facts
from benchsmith.documents.key_context import KeyContext
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.pools import PLACEHOLDER, Pool
from benchsmith.documents.query import Query
from benchsmith.stages.options import Asked, Options, Refused, arranged, options
from benchsmith.stages.several_answers import NAME as SEVERAL
from benchsmith.stages.several_answers import scenes, several
from benchsmith.tables.facts import Facts

NAME = "ask"
REVISION = 2
AXES = frozenset({"granularity", "split"})
"""Axes that a target has only when it is asked about."""
POSSIBLE = {"image": ("image",), "box": ("image", "box"), "region": VIEWS}
"""Granularities at which a finding of some kind can be asked about."""


def inputs(context: KeyContext) -> Facts:
    """Return the facts that all questions depend on."""
    return {
        **context.program(REVISION, Question),
        **context.settings("language", "seed", "views", "answers", "options", "several", "truth"),
        **context.settings("slices", "split", "subset"),
        **context.after("select", ALL_SOURCES),
        **facts(context.lexicon, context.benchmark.language),
        **context.subset_terms(),
        **{at: text for pool in context.pools.values() for at, text in _stems(pool).items()},
    }


def _stems(pool: Pool) -> Facts:
    """Return a task's stems, each under the line where it is written."""
    return {
        f"{stem.at} ({block}, {view}, {i})": stem.text
        for block, views in (("stems", pool.stems), ("several", pool.several))
        for view, stems in views.items()
        for i, stem in enumerate(stems)
    }


def views_of(choice: Choice, benchmark: Benchmark, query: Query | None) -> list[str]:
    """Return the granularities at which a target is asked about."""
    return [
        view
        for view in benchmark.views
        if view in POSSIBLE[choice.kind]
        and (query is None or query.accepts(SimpleNamespace(view=view, split=choice.split), AXES))
    ]


def ask(
    choices: Sequence[Choice],
    benchmark: Benchmark,
    lexicon: Lexicon,
    stems: Mapping[str, Pool],
    query: Query | None = None,
) -> Iterator[Question | Rejection]:
    """Ask about every target at every granularity: a question or a rejection for each.

    Pictures that show several things are asked about once more, for all of them at once, where
    the benchmark wants it.
    """
    asked: list[Asked] = []
    for choice in choices:
        views = views_of(choice, benchmark, query)
        if not views:
            yield _rejection(choice.source, choice.id, "view-not-asked", choice.kind)
        able = []
        for view in views:
            if fault := _unfit(choice, view, benchmark, stems):
                yield _rejection(choice.source, f"{choice.id}:{view}", *fault)
            else:
                able.append(view)
        asked += _together(choice, able, benchmark)
    drawn = options(asked, lexicon, benchmark)
    sharing = Counter(
        (found.mirror, view)
        for one in asked
        if isinstance(found := drawn[one.id], Options)
        for view in one.views
    )
    for one in asked:
        found = drawn[one.id]
        for view in one.views:
            id_ = f"{one.choice.id}:{view}"
            if isinstance(found, Refused):
                yield _rejection(one.choice.source, id_, *found)
                continue
            texts = stems[one.choice.task].stems[view]
            stem = texts[rank(benchmark.seed, "stem", found.mirror or one.id, view) % len(texts)]
            offered = arranged(found, one.choice.label, view, benchmark.seed, one.id)
            yield _question(
                one.choice, id_, view, lexicon, stem.at, stem.text, offered, (one.choice.label,),
                found.pool, found.pool_size, mirror=found.mirror if sharing[found.mirror, view] > 1 else "",
            )  # fmt: skip
    if "several" in benchmark.answers:
        yield from _several(asked, benchmark, lexicon, stems)


def _several(
    asked: Sequence[Asked], benchmark: Benchmark, lexicon: Lexicon, stems: Mapping[str, Pool]
) -> Iterator[Question | Rejection]:
    """Ask once about each picture that shows several things."""
    shown = scenes([a.choice for a in asked if "image" in a.views], benchmark, lexicon)
    for scene, found in several(shown, benchmark, lexicon):
        choice, id_ = scene.choice, f"{scene.choice.id}:{SEVERAL}"
        texts = stems[choice.task].several.get("image", ())
        if isinstance(found, tuple):
            yield _rejection(choice.source, id_, *found)
        elif not texts:
            yield _rejection(choice.source, id_, "no-stem", f"{choice.task}, several answers")
        else:
            stem = texts[rank(benchmark.seed, "stem", id_) % len(texts)]
            yield _question(
                choice, id_, "image", lexicon, stem.at, stem.text, found.offered, found.true,
                scene.pool, found.size, several=True,
            )  # fmt: skip


def _question(
    choice: Choice,
    id_: str,
    view: str,
    lexicon: Lexicon,
    at: str,
    text: str,
    offered: Sequence[str],
    true: Sequence[str],
    pool: str,
    size: int,
    *,
    several: bool = False,
    mirror: str = "",
) -> Question:
    modality = lexicon.modalities[choice.modality].name
    return Question(
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
        stem_at=at,
        question=text.replace(PLACEHOLDER, modality),
        options=tuple(lexicon.labels[label].name for label in offered),
        option_labels=tuple(offered),
        answers=tuple(sorted(offered.index(label) for label in true)),
        pool=pool,
        pool_size=size,
        several=several,
        mirror=f"{mirror}:{view}" if mirror else "",
    )


def _together(choice: Choice, views: Sequence[str], benchmark: Benchmark) -> list[Asked]:
    """Part a target's views into those that have the same options."""
    if benchmark.options.same == "all":
        parts = [list(views)]
    else:
        parts = [[v for v in views if v == "image"], [v for v in views if v != "image"]]
    return [Asked(choice, tuple(part)) for part in parts if part]


def _unfit(
    choice: Choice, view: str, benchmark: Benchmark, stems: Mapping[str, Pool]
) -> tuple[str, str] | None:
    """Say why a target cannot be asked about in a view, if it cannot."""
    pool = stems.get(choice.task)
    if not pool or not pool.stems.get(view):
        return "no-stem", f"{choice.task} at {view} level"
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
