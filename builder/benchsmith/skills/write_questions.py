"""Write the questions of skills: words, options and their order, and the targets that they are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from benchsmith.core.alteration import MIRROR, TURN, Alteration, Place
from benchsmith.core.evidence import RECOGNITION
from benchsmith.core.model import Choice, Question, Rejection
from benchsmith.core.random_order import dealt, order, rank
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.pool import Stem
from benchsmith.documents.pools import PLACEHOLDER
from benchsmith.documents.query import Query
from benchsmith.documents.skill_pools import KindPool, SkillPools
from benchsmith.skills.admissible import fault_of, without_repeats
from benchsmith.skills.balanced_sets import Set, draw_sets
from benchsmith.skills.chains import Told, in_turn, told_by, with_wanted
from benchsmith.skills.contract import SAYS, Draft, Scene, Unclear
from benchsmith.skills.numbered_boxes import numbered
from benchsmith.skills.numeric_ladders import with_options
from benchsmith.skills.position import UPSIDE_DOWN
from benchsmith.skills.table import load
from benchsmith.stages import ask_key


@dataclass(slots=True)
class Asked:
    """The questions of skills."""

    questions: list[Question] = field(default_factory=list)
    shown: list[Choice] = field(default_factory=list)
    """The targets of the questions."""
    rejected: list[Rejection] = field(default_factory=list)


def ask_skills(
    scenes: Sequence[Scene],
    benchmark: Benchmark,
    lexicon: Lexicon,
    pools: SkillPools,
    query: Query,
    left_out: Mapping[str, tuple[str, str]] | None = None,
) -> Asked:
    """Ask about scenes with each skill of a benchmark.

    `left_out` are targets that people or models rejected, each with reason and detail.
    """
    made = Asked()
    told: Told = set()
    for skill in in_turn(set(benchmark.skills) - {RECOGNITION}, chains=benchmark.chains):
        function, drafts = load(skill), list[Draft]()
        said: set[tuple[str, ...]] = set()
        for scene in scenes:
            for found in function(scene, benchmark.margins):
                if isinstance(found, Unclear):
                    id_ = f"{scene.id}~{skill}.{found.subject}"
                    made.rejected.append(_rejection(scene, id_, found.reason, found.detail))
                    continue
                fault = fault_of(found, skill, benchmark, lexicon, pools, query)
                if fault and (scene.id, *fault) in said:
                    continue  # a fault of one label is reported once, and not for each of its pairs
                if fault:
                    said.add((scene.id, *fault))
                fault = fault or (left_out or {}).get(_target(found, skill))
                if fault:
                    made.rejected.append(_rejection(scene, _target(found, skill), *fault))
                else:
                    drafts.append(found)
        drafts = without_repeats(drafts)
        drafts = with_options(drafts, benchmark.seed, benchmark.per_skill.options)
        sets, unused = draw_sets(skill, with_wanted(drafts, told), benchmark)
        if benchmark.chains:
            told |= told_by(draft for one in sets for draft in one)
        for draft, reason in unused:
            id_, detail = _target(draft, skill), f"{draft.group}: {draft.key}"
            made.rejected.append(_rejection(draft.scene, id_, reason, detail))
        _write(skill, sets, made, benchmark, lexicon, pools[skill] if sets else {})
    return made


def _write(
    skill: str,
    sets: Iterable[Set],
    made: Asked,
    benchmark: Benchmark,
    lexicon: Lexicon,
    pools: Mapping[str, KindPool],
) -> None:
    """Add the questions and targets of sets; the key's place is dealt like cards in each kind."""
    times: Counter[tuple[str, str, int]] = Counter()
    seed = benchmark.seed

    def ordered(draft: Draft, key: str, id_: str) -> tuple[str, ...]:
        k, cell = len(draft.options), (draft.scene.anchor.split, draft.kind)
        if draft.in_order:
            return draft.options
        place = dealt(times[*cell, k], k, seed, "deal", skill, *cell)
        times[*cell, k] += 1
        others = order((o for o in draft.options if o != key), seed, "position", id_, name=str)
        return (*others[:place], key, *others[place:])

    for one in sets:
        name = _target(one[0], skill)
        pool = pools[one[0].kind]
        stem = pool.stems[rank(seed, "stem", name) % len(pool.stems)]
        for draft in (numbered(d, times, seed, skill) for d in one):
            target = _target(draft, skill)
            shown = _shown(draft, target)
            id_ = f"{target}:{draft.view}"
            asked = _question(
                draft, skill, shown, stem, ordered(draft, draft.key, id_), pool, lexicon
            )
            made.shown.append(shown)
            if not draft.turn:
                mirror = f"{name}:{draft.view}" if len(one) > 1 and not draft.evened else ""
                made.questions.append(replace(asked, mirror=mirror))
                continue
            made.questions.append(replace(asked, pair=id_))
            for number, (turn, right) in enumerate(draft.turns):
                kind = TURN if turn == UPSIDE_DOWN else MIRROR
                again = f"{target}~{kind}" + (f"{turn}" if number else "")
                options = ordered(draft, right, again)
                made.shown.append(replace(shown, id=again))
                made.questions.append(
                    replace(
                        asked,
                        id=f"{again}:{draft.view}",
                        target=again,
                        options=tuple(_text(o, pool, lexicon) for o in options),
                        option_labels=options,
                        answers=(options.index(right),),
                        pair=id_,
                        alteration=Alteration(
                            kind=kind,
                            asked=Place(layer=shown.layer, value=shown.value),
                            orientation=turn,
                        ),
                    )
                )


def _question(
    draft: Draft,
    skill: str,
    shown: Choice,
    stem: Stem,
    options: tuple[str, ...],
    pool: KindPool,
    lexicon: Lexicon,
) -> Question:
    anchor = draft.scene.anchor
    text = stem.text.replace(PLACEHOLDER, lexicon.modalities[anchor.modality].name)
    said = [*(lexicon.labels[label].name for label in draft.subjects), *draft.words]
    for name, words in zip(pool.names, said, strict=True):
        text = text.replace(f"<{name}>", words)
    label = draft.about.label if draft.about else draft.subjects[0]
    place = lexicon.place(label, anchor.modality)
    assert place is not None
    return Question(
        id=f"{shown.id}:{draft.view}",
        target=shown.id,
        source=anchor.source,
        sample=anchor.sample,
        split=anchor.split,
        view=draft.view,
        task=place.task,
        department=place.department,
        modality=anchor.modality,
        label=label,
        stem_at=stem.at,
        question=text,
        options=tuple(_text(o, pool, lexicon) for o in options),
        option_labels=options,
        answers=(options.index(draft.key),),
        pool=f"{skill}/{draft.kind}/{anchor.split}/{anchor.source}/{anchor.modality}",
        pool_size=len(options) - 1,
        several=False,
        mirror="",
        skill=skill,
        evidence=draft.evidence,
        form=draft.form,
    )


def _text(option: str, pool: KindPool, lexicon: Lexicon) -> str:
    """Return the text of an option: a number, its own text, or the name of its label."""
    if option.startswith(SAYS):
        # the first word is replaced by the language's, such as in "box 2"
        first, *more = option.removeprefix(SAYS).split(" ")
        return " ".join([pool.options.get(f"{SAYS}{first}", first), *more])
    return pool.options[option] if pool.options else lexicon.labels[option].name


def _target(draft: Draft, skill: str) -> str:
    """Return the name of what a draft asks about: a structure, or several, in one picture."""
    more = f".{draft.variant}" if draft.variant else ""
    return f"{draft.scene.id}~{skill}.{draft.kind}.{'|'.join(draft.subjects)}{more}"


def _shown(draft: Draft, target: str) -> Choice:
    """Return the row of a question's target: its structure, or the picture if the structure is absent.

    The region that the picture was chosen for is not that of an absent structure.
    """
    if draft.about:
        return replace(draft.about.shown, id=target)
    return replace(draft.scene.anchor, id=target, kind="image", box=None)


def _rejection(scene: Scene, id_: str, reason: str, detail: str) -> Rejection:
    return Rejection(
        stage=ask_key.NAME, source=scene.anchor.source, subject=id_, reason=reason, detail=detail
    )
