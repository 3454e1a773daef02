"""Ask: write the questions about each chosen target, with stem and options; no pixels are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace

from benchsmith.core.evidence import RECOGNITION
from benchsmith.core.model import VIEWS, Choice, Question, Rejection
from benchsmith.core.random_order import rank
from benchsmith.documents.axes import QUESTION_FIELDS
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.pools import NOUNS, PLACEHOLDER, Pool, Stem
from benchsmith.documents.query import Query
from benchsmith.stages import crowded_box, prominence
from benchsmith.stages.ask_key import NAME
from benchsmith.stages.asked_target import AskedTarget
from benchsmith.stages.fitting_stems import fitting
from benchsmith.stages.options import Drawn, Options, Refused, in_order, options
from benchsmith.stages.several_answers import NAME as SEVERAL
from benchsmith.stages.several_answers import SeveralOptions, scenes, several

AXES = frozenset(QUESTION_FIELDS)
"""Query axes that only exist once a target is asked about."""
POSSIBLE_VIEWS = {"image": ("image",), "box": ("image", "box"), "region": VIEWS}
"""The views in which each kind of finding can be asked about."""


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
    noun: str = ""
    """What fills `<attribute>` or `<object>`."""


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
    asked, unfit = askable(choices, benchmark, lexicon, stems, query)
    yield from unfit
    drawn = draw_options(asked, benchmark, lexicon, stems)
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
            every = stems[found.task].stems[view]
            texts = fitting(every, found.task, found.labels, one.choice.modality, lexicon)
            if not texts:
                detail = f"no stem of {found.task} at {view} level fits all options"
                yield _rejection(one.choice.source, id_, "no-stem", detail)
                continue
            stem = texts[rank(benchmark.seed, "stem", found.mirror or one.id, view) % len(texts)]
            offer = _Offer(
                labels=in_order(found, one.choice.label, view, benchmark.seed, one.id),
                true=(one.choice.label,),
                pool=found.pool,
                pool_size=found.pool_size,
                mirror=found.mirror if set_sizes[found.mirror, view] > 1 else "",
                noun=one.noun,
            )
            yield _question(one.choice, id_, view, stem, offer, lexicon)
    if "several" in benchmark.answers:
        yield from _several(asked, benchmark, lexicon, stems)


def askable(
    choices: Sequence[Choice],
    benchmark: Benchmark,
    lexicon: Lexicon,
    stems: Mapping[str, Pool],
    query: Query | None = None,
) -> tuple[list[AskedTarget], list[Rejection]]:
    """Return the targets in the views that can be asked, and rejections of the other views."""
    asked: list[AskedTarget] = []
    unfit: list[Rejection] = []
    for choice in choices:
        views = _views_of(choice, benchmark, query)
        if not views:
            unfit.append(_rejection(choice.source, choice.id, "view-not-asked", choice.kind))
        usable = []
        for view in views:
            if fault := _unfit(choice, view, benchmark, lexicon, stems) or _nameless(
                choice, benchmark, lexicon, stems
            ):
                unfit.append(_rejection(choice.source, f"{choice.id}:{view}", *fault))
            else:
                usable.append(view)
        noun = _noun(choice, benchmark, lexicon, stems) if usable else ""
        asked += _by_options(choice, usable, benchmark, noun)
    return asked, unfit


def draw_options(
    asked: Sequence[AskedTarget],
    benchmark: Benchmark,
    lexicon: Lexicon,
    stems: Mapping[str, Pool],
    known: dict[tuple[str, ...], Drawn] | None = None,
) -> Drawn:
    """Draw the options of all targets; `known` as in :func:`benchsmith.stages.options.options`."""

    def may_ask(task: str, members: Sequence[AskedTarget]) -> bool:
        texts = stems[task].stems if task in stems else {}
        labels, modality = {a.choice.label for a in members}, members[0].choice.modality
        views = {view for one in members for view in one.views}
        return all(fitting(texts.get(v, ()), task, labels, modality, lexicon) for v in views)

    return options(asked, lexicon, benchmark, may_ask, known)


def _views_of(choice: Choice, benchmark: Benchmark, query: Query | None) -> list[str]:
    """Return the views in which a target is asked about."""
    return [
        view
        for view in benchmark.views
        if view in POSSIBLE_VIEWS[choice.kind]
        and (query is None or query.accepts(_asked_as(choice, view), AXES))
    ]


def _asked_as(choice: Choice, view: str) -> SimpleNamespace:
    """Return the fields of a question of recognition that queries read."""
    return SimpleNamespace(view=view, split=choice.split, skill=RECOGNITION)


def _unfit(
    choice: Choice, view: str, benchmark: Benchmark, lexicon: Lexicon, stems: Mapping[str, Pool]
) -> tuple[str, str] | None:
    """Return why a target cannot be asked about in a view, as reason and detail; None if it can."""
    texts = stems[choice.task].stems.get(view, ()) if choice.task in stems else ()
    if not texts:
        return "no-stem", f"{choice.task} at {view} level"
    if not fitting(texts, choice.task, [choice.label], choice.modality, lexicon):
        return "no-stem", f"no stem of {choice.task} at {view} level fits {choice.label}"
    if view == "image" and not choice.searched.knows_absence:
        return "absence-unknown", choice.stated_at
    if choice.kind == "image":
        return None
    if view == "image" and (what := prominence.fault(choice, benchmark.prominence, lexicon)):
        return "not-prominent", what
    if view == "box" and (what := crowded_box.fault(choice, benchmark.truth)):
        return "region-in-crowd", what
    return None


def _noun(choice: Choice, benchmark: Benchmark, lexicon: Lexicon, stems: Mapping[str, Pool]) -> str:
    """Return the noun for the placeholder in the stems of a target's task; empty if it needs none."""
    if not stems[choice.task].words.noun:
        return ""
    return lexicon.noun(choice.label, choice.source, benchmark.language)


def _nameless(
    choice: Choice, benchmark: Benchmark, lexicon: Lexicon, stems: Mapping[str, Pool]
) -> tuple[str, str] | None:
    """Return why the stems of a target's task cannot be filled; None if they can."""
    wanted = stems[choice.task].words.noun
    if not wanted or _noun(choice, benchmark, lexicon, stems):
        return None
    return "no-noun", f"{choice.label} of {choice.source}, for {NOUNS[wanted]}"


def _by_options(
    choice: Choice, views: Sequence[str], benchmark: Benchmark, noun: str
) -> list[AskedTarget]:
    """Group a target's views: those of one group have the same options."""
    if benchmark.options.same == "all":
        groups = [list(views)]
    else:
        groups = [[v for v in views if v == "image"], [v for v in views if v != "image"]]
    return [AskedTarget(choice, tuple(group), noun) for group in groups if group]


def _several(
    asked: Sequence[AskedTarget], benchmark: Benchmark, lexicon: Lexicon, stems: Mapping[str, Pool]
) -> Iterator[Question | Rejection]:
    """Ask which of several labels a picture shows, for each picture that shows several."""
    shown = scenes([a.choice for a in asked if "image" in a.views], benchmark, lexicon)
    for scene, found in several(shown, benchmark, lexicon):
        choice, id_ = scene.choice, f"{scene.choice.id}:{SEVERAL}"
        every = stems[choice.task].several.get("image", ())
        if not isinstance(found, SeveralOptions):
            yield _rejection(choice.source, id_, *found)
            continue
        texts = fitting(every, choice.task, found.offered, choice.modality, lexicon)
        if not texts:
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
        question=_filled(stem.text, modality, offer.noun),
        options=tuple(lexicon.labels[label].name for label in offer.labels),
        option_labels=tuple(offer.labels),
        answers=tuple(sorted(offer.labels.index(label) for label in offer.true)),
        pool=offer.pool,
        pool_size=offer.pool_size,
        several=offer.several,
        mirror=f"{offer.mirror}:{view}" if offer.mirror else "",
    )


def _filled(text: str, modality: str, noun: str) -> str:
    """Return a stem with the modality's name and the noun instead of its placeholders."""
    for placeholder in NOUNS.values():
        text = text.replace(placeholder, noun)
    return text.replace(PLACEHOLDER, modality)


def _rejection(source: str, subject: str, reason: str, detail: str) -> Rejection:
    return Rejection(stage=NAME, source=source, subject=subject, reason=reason, detail=detail)
