"""Ask: write the questions about each chosen target, with stem and options; no pixels are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace

from benchsmith.core.model import VIEWS, Choice, Question, Rejection
from benchsmith.core.random_order import rank
from benchsmith.core.stage_names import ALL_SOURCES
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.excerpt import facts
from benchsmith.documents.key_context import KeyContext
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.pools import PLACEHOLDER, Pool, Stem
from benchsmith.documents.query import Query
from benchsmith.stages.options import AskedTarget, Options, Refused, in_order, options
from benchsmith.stages.several_answers import NAME as SEVERAL
from benchsmith.stages.several_answers import SeveralOptions, scenes, several
from benchsmith.tables.facts import Facts

NAME = "ask"
REVISION = 4
AXES = frozenset({"granularity", "split"})
"""Query axes that only exist once a target is asked about."""
POSSIBLE_VIEWS = {"image": ("image",), "box": ("image", "box"), "region": VIEWS}
"""The views in which each kind of finding can be asked about."""


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


@dataclass(frozen=True, slots=True)
class _Offer:
    """The options of one question, in the order shown."""

    labels: Sequence[str]
    true: Sequence[str]
    pool: str
    pool_size: int
    mirror: str = ""
    """Name of the mirrored set, if other questions are in it."""
    several: bool = False


def ask(
    choices: Sequence[Choice],
    benchmark: Benchmark,
    lexicon: Lexicon,
    stems: Mapping[str, Pool],
    query: Query | None = None,
) -> Iterator[Question | Rejection]:
    """Ask about each target in each of its views: a question or a rejection for every one.

    If the benchmark wants several answers, each picture that shows several labels is asked about
    once more. `stems` has the pool of each task. Raises DocumentError if the benchmark's rule for
    options cannot handle a pool.
    """
    asked: list[AskedTarget] = []
    for choice in choices:
        views = _views_of(choice, benchmark, query)
        if not views:
            yield _rejection(choice.source, choice.id, "view-not-asked", choice.kind)
        usable = []
        for view in views:
            if fault := _unfit(choice, view, benchmark, stems):
                yield _rejection(choice.source, f"{choice.id}:{view}", *fault)
            else:
                usable.append(view)
        asked += _by_options(choice, usable, benchmark)
    drawn = options(asked, lexicon, benchmark)
    set_sizes = Counter(
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
            offer = _Offer(
                labels=in_order(found, one.choice.label, view, benchmark.seed, one.id),
                true=(one.choice.label,),
                pool=found.pool,
                pool_size=found.pool_size,
                mirror=found.mirror if set_sizes[found.mirror, view] > 1 else "",
            )
            yield _question(one.choice, id_, view, stem, offer, lexicon)
    if "several" in benchmark.answers:
        yield from _several(asked, benchmark, lexicon, stems)


def _views_of(choice: Choice, benchmark: Benchmark, query: Query | None) -> list[str]:
    """Return the views in which a target is asked about."""
    return [
        view
        for view in benchmark.views
        if view in POSSIBLE_VIEWS[choice.kind]
        and (query is None or query.accepts(SimpleNamespace(view=view, split=choice.split), AXES))
    ]


def _unfit(
    choice: Choice, view: str, benchmark: Benchmark, stems: Mapping[str, Pool]
) -> tuple[str, str] | None:
    """Return why a target cannot be asked about in a view, as reason and detail; None if it can."""
    pool = stems.get(choice.task)
    if not pool or not pool.stems.get(view):
        return "no-stem", f"{choice.task} at {view} level"
    if view == "image" and not choice.searched.knows_absence:
        return "absence-unknown", choice.stated_at
    if choice.kind == "image":
        return None
    if view == "box" and choice.box is not None:
        fill = choice.area_px / choice.box.area
        crowded = any(n.in_box > 0 for n in choice.neighbours)
        if crowded and fill < benchmark.truth.fill:
            return "region-in-crowd", f"it fills {fill:.2f} of its box"
    return None


def _by_options(choice: Choice, views: Sequence[str], benchmark: Benchmark) -> list[AskedTarget]:
    """Group a target's views: those of one group have the same options."""
    if benchmark.options.same == "all":
        groups = [list(views)]
    else:
        groups = [[v for v in views if v == "image"], [v for v in views if v != "image"]]
    return [AskedTarget(choice, tuple(group)) for group in groups if group]


def _several(
    asked: Sequence[AskedTarget], benchmark: Benchmark, lexicon: Lexicon, stems: Mapping[str, Pool]
) -> Iterator[Question | Rejection]:
    """Ask about each picture that shows several labels: which of these does it show?"""
    shown = scenes([a.choice for a in asked if "image" in a.views], benchmark, lexicon)
    for scene, found in several(shown, benchmark, lexicon):
        choice, id_ = scene.choice, f"{scene.choice.id}:{SEVERAL}"
        texts = stems[choice.task].several.get("image", ())
        if not isinstance(found, SeveralOptions):
            yield _rejection(choice.source, id_, *found)
        elif not texts:
            yield _rejection(choice.source, id_, "no-stem", f"{choice.task}, several answers")
        else:
            stem = texts[rank(benchmark.seed, "stem", id_) % len(texts)]
            offer = _Offer(found.offered, found.true, scene.pool, found.pool_size, several=True)
            yield _question(choice, id_, "image", stem, offer, lexicon)


def _question(
    choice: Choice, id_: str, view: str, stem: Stem, offer: _Offer, lexicon: Lexicon
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
        stem_at=stem.at,
        question=stem.text.replace(PLACEHOLDER, modality),
        options=tuple(lexicon.labels[label].name for label in offer.labels),
        option_labels=tuple(offer.labels),
        answers=tuple(sorted(offer.labels.index(label) for label in offer.true)),
        pool=offer.pool,
        pool_size=offer.pool_size,
        several=offer.several,
        mirror=f"{offer.mirror}:{view}" if offer.mirror else "",
    )


def _rejection(source: str, subject: str, reason: str, detail: str) -> Rejection:
    return Rejection(stage=NAME, source=source, subject=subject, reason=reason, detail=detail)
