"""The facts in the cache key of select."""

from __future__ import annotations

from dataclasses import asdict

from benchsmith.core.evidence import RECOGNITION
from benchsmith.core.model import Choice
from benchsmith.documents.cache_key_context import KeyContext
from benchsmith.documents.lexicon_excerpt import facts
from benchsmith.stages.patient_names import shared_names, without_patients
from benchsmith.tables.facts import Facts
from benchsmith.text.unicode_names import printable

NAME = "select"
REVISION = 15


def inputs(context: KeyContext) -> Facts:
    """Return the facts that the choice among all targets depends on.

    Targets without a question are replaced, so the choice depends on all that questions depend on.
    """
    sources = [s.source for s in context.sources.values()]
    # the targets that blind answers leave out, not the answers: more of them may decide the same
    solved = {f"solved blind: {target}": asdict(one) for target, one in context.solved.items()}
    dropped = {
        f"dropped in a review: {target}": why for target, why in context.library.dropped.items()
    }
    return {
        **context.program(REVISION, Choice),
        **context.settings("seed", "quota", "split", "subset", "quality", "near", "contamination"),
        **context.settings("picture", "editions", "hidden"),
        **_asked_facts(context),
        **context.after("tag", *context.sources),
        "sources that share patients": shared_names(sources),
        "sources without patients": without_patients(sources),
        **context.subset_terms(),
        **(context.settings("tolerate") if context.benchmark.tolerate.drop_source else {}),
        **({} if RECOGNITION in context.benchmark.skills else {"wrong options": "not needed"}),
        **(_known_files(context) if context.benchmark.contamination else {}),
        **{f"left out: {target}": list(why) for target, why in context.retired.items()},
        **solved,
        **dropped,
    }


def _known_files(context: KeyContext) -> Facts:
    """Return the digest of each file whose pictures models may know."""
    from benchsmith.stages import known_pictures  # reads pictures, which few benchmarks need here

    home = context.library.home
    return {
        f"{name}/{printable(path.relative_to(home / name).as_posix())}": context.digests.of(path)
        for name in context.benchmark.contamination
        for path in known_pictures.files(home / name)
    }


def _asked_facts(context: KeyContext) -> Facts:
    """Return what decides which targets have a question: no name, and of stems what they say of kinds."""
    lexicon = context.lexicon
    words = sorted({word.casefold() for said in lexicon.task_kinds.values() for word in said})
    stems = {
        f"question_pools, {task} at {view} level": sorted(
            {" | ".join(w for w in words if w in s.text.casefold()) for s in found}
        )
        for task, pool in context.pools.items()
        for view, found in pool.stems.items()
    }
    names = tuple(f"lexicon/tree/{axis}" for axis in ("task", "department", "granularity"))
    decides = {
        place: fact
        for place, fact in facts(lexicon, context.benchmark.language).items()
        if not place.startswith(names) and not place.endswith(": name")
    }
    settings = ("language", "seed", "views", "options", "truth", "prominence", "subset")
    return {**context.settings(*settings), **decides, **stems}
