"""The whole lexicon: the axes of the tree and every table beside them, read and checked together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path

from benchsmith.documents import axes as axes_
from benchsmith.documents import translations, tree
from benchsmith.documents.lexicon import (
    abbreviations,
    confusables,
    curators,
    drops,
    intensity_windows,
    label_names,
    licences,
    placements,
    reasoning_rules,
    stem_nouns,
    task_kinds,
    word_mappings,
)
from benchsmith.documents.lexicon.abbreviations import Abbreviation
from benchsmith.documents.lexicon.intensity_windows import Window
from benchsmith.documents.lexicon.licences import Licence
from benchsmith.documents.lexicon.placements import Placement
from benchsmith.documents.lexicon.reasoning_rules import Rule
from benchsmith.documents.lexicon.row_checks import ANY, RowChecks
from benchsmith.documents.lexicon.stem_nouns import Nouns
from benchsmith.documents.lexicon.task_kinds import TaskKinds
from benchsmith.documents.lexicon.word_mappings import Mapped
from benchsmith.documents.problems import Problems
from benchsmith.documents.translations import Names
from benchsmith.documents.tree import Axis
from benchsmith.text.languages import ENGLISH
from benchsmith.text.normal_form import normal


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything in `lexicon/` except the votes."""

    labels: Axis
    modalities: Axis
    tasks: Axis
    departments: Axis
    granularities: Axis
    placements: Mapping[tuple[str, str], Placement]
    """By label and modality (``*`` for all modalities)."""
    mappings: Mapping[str, Mapping[str, Mapped]]
    """By source, then by the raw word's normal form."""
    abbreviations: Mapping[str, tuple[Abbreviation, ...]]
    """By the short form's normal form."""
    drops: Mapping[str, str]
    """Words that are not labels in any source, in normal form, each with its file and line."""
    confusables: frozenset[frozenset[str]]
    windows: tuple[Window, ...]
    licences: Mapping[str, Licence]
    curators: frozenset[str]
    """Ids of the people who may sign rows and vote."""
    axes: Mapping[str, Axis] = field(default_factory=dict)
    """Every axis of `lexicon/tree/` by name, the five above included, in display order."""
    names: Mapping[str, Names] = field(default_factory=dict)
    """Names of terms in other languages: by language, axis and id."""
    nouns: Nouns = field(default_factory=dict)
    """What stems call the property, or the counted thing, that a label is a value of."""
    task_kinds: TaskKinds = field(default_factory=dict)
    """By task and kind of label, the words that the stems asked must not have."""
    rules: tuple[Rule, ...] = ()
    """What follows from measurements, by published criteria."""
    window_of: Mapping[tuple[str, str], Window] = field(init=False, repr=False, compare=False)
    """By label and modality (``*`` for all), the first window in the table that names both."""

    def __post_init__(self) -> None:
        """Index the windows, because one is looked up for each structure of each picture."""
        found: dict[tuple[str, str], Window] = {}
        for window in self.windows:
            for pair in product(window.anatomy, window.modalities):
                found.setdefault(pair, window)
        object.__setattr__(self, "window_of", found)  # a frozen class sets its own fields so

    def in_language(self, language: str) -> Lexicon:
        """Return the lexicon with display names in a language; ids stay the same."""
        if language == ENGLISH:
            return self
        names = self.names[language]
        axes = {
            axis: terms.with_names(names[axis]) if axis in names else terms
            for axis, terms in self.axes.items()
        }
        return replace(
            self,
            axes=axes,
            labels=axes["label"],
            modalities=axes["modality"],
            tasks=axes["task"],
            departments=axes["department"],
            granularities=axes["granularity"],
        )

    def names_banned_in_stems(self, language: str) -> list[str]:
        """Return the labels' names and synonyms in a language, as normal forms."""
        if language == ENGLISH:
            return self.labels.names()
        names = self.names[language]["label"].values()
        return [normal(each) for name in names for each in (name.name, *name.synonyms)]

    def place(self, label: str, modality: str) -> Placement | None:
        """Return a label's placement, or None.

        The placement for the modality itself is preferred, then that for its nearest ancestor,
        then that for all modalities. A label without a name in the display language has none.
        """
        if label in self.labels.nameless:
            return None
        for term in (*self.modalities.lineage(modality), ANY):
            if found := self.placements.get((label, term)):
                return found
        return None

    def window(self, label: str, modality: str) -> Window | None:
        """Return the most specific window for an anatomy in a modality, or None.

        A nearer modality is preferred to a nearer label; of several equally near ones, the first in the
        table is taken.
        """
        labels = (*self.labels.lineage(label), ANY)
        for term in (*self.modalities.lineage(modality), ANY):
            for anatomy in labels:
                if found := self.window_of.get((anatomy, term)):
                    return found
        return None

    def noun(self, label: str, source: str, language: str) -> str:
        """Return the noun that stems use for a label of a source, or an empty string."""
        return stem_nouns.noun_of(self.nouns, self.labels, label, source, language)

    def exclude(self, a: str, b: str) -> bool:
        """Return whether two labels must not be options of one question."""
        return self.labels.related(a, b) or frozenset((a, b)) in self.confusables


def read(folder: Path, sources: frozenset[str] | None = None) -> Lexicon:
    """Return the lexicon in a folder (``lexicon/``).

    With `sources`, problems in the mappings of other sources are ignored. Raises DocumentError
    with every problem found.
    """
    problems = Problems(folder.parent)
    lexicon = collect(folder, problems, sources)
    problems.raise_any()
    return lexicon


def collect(folder: Path, problems: Problems, sources: frozenset[str] | None = None) -> Lexicon:
    """Read like :func:`read`, but add problems to `problems` instead of raising.

    If there are any, the lexicon is incomplete.
    """
    files = axes_.files(folder / "tree", problems)
    axes = {name: tree.collect(path, problems) for name, path in files.items()}
    signers = curators.collect(folder, problems)
    check = RowChecks(axes, problems, signers)
    label_names.check(axes["label"], problems)
    places = placements.collect(folder, check)
    return Lexicon(
        labels=axes["label"],
        modalities=axes["modality"],
        tasks=axes["task"],
        departments=axes["department"],
        granularities=axes["granularity"],
        placements=places,
        mappings=word_mappings.collect(folder, check, sources),
        abbreviations=abbreviations.collect(folder, check),
        drops=drops.collect(folder, check),
        confusables=confusables.collect(folder, check),
        windows=intensity_windows.collect(folder, check),
        licences=licences.collect(folder, problems),
        curators=signers,
        axes=axes,
        names=translations.collect(folder / "tree", axes, problems),
        nouns=stem_nouns.collect(folder, check),
        task_kinds=task_kinds.collect(folder, check, axes["label"], places),
        rules=reasoning_rules.collect(folder, check),
    )
