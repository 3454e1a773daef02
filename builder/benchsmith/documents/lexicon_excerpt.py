"""The part of the lexicon that some labels and modalities need.

Stages after `tag` get an excerpt instead of the lexicon, so they cannot depend on the rest of it.
The excerpt's :func:`facts` are part of their cache keys: a change to an unused word invalidates
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from benchsmith.documents.lexicon import ANY, Lexicon
from benchsmith.documents.tree import Axis
from benchsmith.tables.facts import Facts
from benchsmith.text.languages import ENGLISH, LANGUAGES


def excerpt(
    lexicon: Lexicon,
    labels: Iterable[str],
    modalities: Iterable[str],
    windows: Iterable[str],
    licences: Iterable[str],
) -> Lexicon:
    """Return a lexicon of these labels, modalities, windows and licences.

    Ancestors of labels and modalities are included. Labels keep their synonyms; notes and line
    numbers are removed.
    """
    label_ids = {term for label in labels for term in lexicon.labels.lineage(label)}
    modality_ids = {
        term for modality in modalities for term in lexicon.modalities.lineage(modality)
    }
    placements = {
        key: replace(place, at="")
        for key, place in lexicon.placements.items()
        if key[0] in label_ids
    }
    tasks = {place.task for place in placements.values()}
    departments = {place.department for place in placements.values()}
    axes = {
        "label": _only(lexicon.labels, label_ids, synonyms=True),
        "modality": _only(lexicon.modalities, modality_ids),
        "task": _only(lexicon.tasks, tasks),
        "department": _only(lexicon.departments, departments),
        "granularity": _only(lexicon.granularities, lexicon.granularities.terms),
    }
    return replace(
        lexicon,
        labels=axes["label"],
        modalities=axes["modality"],
        tasks=axes["task"],
        departments=axes["department"],
        granularities=axes["granularity"],
        placements=placements,
        mappings={},
        abbreviations={},
        drops={},
        confusables=frozenset(pair for pair in lexicon.confusables if pair <= label_ids),
        windows=tuple(w for w in lexicon.windows if w.id in set(windows)),
        licences={id_: row for id_, row in lexicon.licences.items() if id_ in set(licences)},
        curators=frozenset(),
        axes=axes,
        names={},
        nouns={key: noun for key, noun in lexicon.nouns.items() if key[0] in label_ids},
        task_kinds={key: words for key, words in lexicon.task_kinds.items() if key[0] in tasks},
    )


def _only(axis: Axis, ids: Iterable[str], *, synonyms: bool = False) -> Axis:
    """Return some terms of an axis without notes and lines; with `synonyms`, sorted by id."""
    wanted = set(ids)
    kept = [t for t in axis if t.id in wanted]
    if synonyms:
        kept.sort(key=lambda term: term.id)
    bare = {
        t.id: replace(t, synonyms=t.synonyms if synonyms else (), note="", path=Path(), line=0)
        for t in kept
    }
    found = Axis(bare)
    found.nameless = axis.nameless & wanted
    return found


def facts(some: Lexicon, language: str = ENGLISH) -> Facts:
    """Return everything in an excerpt except synonyms, licences and windows, by place."""
    ending = LANGUAGES[language].ending
    found: dict[str, Any] = {}
    for name, axis in some.axes.items():
        tree = f"lexicon/tree/{name}"
        for order, term in enumerate(axis):
            # a release lists tasks and departments in their file's order
            own: Facts = {"mesh": term.mesh, "kind": term.kind}
            extra: Facts = own if name == "label" else {"order": order}
            found[f"{tree}.tsv: {term.id}"] = {"parent": term.parent, **extra}
            shown = "" if term.id in axis.nameless else term.name
            found[f"{tree}{ending}.tsv: {term.id}: name"] = shown
    for (label, modality), place in some.placements.items():
        row = f"lexicon/placements.tsv: {label}, {'any modality' if modality == ANY else modality}"
        found[row] = {"task": place.task, "department": place.department}
    for (label, source, of_language), noun in some.nouns.items():
        if of_language == language:
            found[f"lexicon/nouns.tsv: {label}, {source}, {language}"] = noun
    for (task, kind), words in some.task_kinds.items():
        found[f"lexicon/task_kinds.tsv: {task}, {kind}"] = list(words)
    for pair in some.confusables:
        found[f"lexicon/confusables.tsv: {', '.join(sorted(pair))}"] = True
    return found


def synonyms(some: Lexicon) -> Facts:
    """Return the labels' synonyms, by place."""
    return {f"lexicon/tree/label.tsv: {t.id}: synonyms": list(t.synonyms) for t in some.labels}


def for_release(some: Lexicon) -> Facts:
    """Return the licences and windows, and who signed the placements, by place."""
    signed = {
        f"lexicon/placements.tsv: {label}, {modality}: agreed_by": list(place.agreed_by)
        for (label, modality), place in some.placements.items()
    }
    found = signed | {
        f"lexicon/licences.tsv: {id_}": asdict(row) for id_, row in some.licences.items()
    }
    return found | {f"lexicon/windows.tsv: {w.id}": asdict(w) for w in some.windows}
