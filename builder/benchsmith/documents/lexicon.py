"""The lexicon folder: the clinical words, and what follows from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchsmith.documents import axes as axes_
from benchsmith.documents import translations, tree, tsv
from benchsmith.documents.problems import Problems, did_you_mean
from benchsmith.documents.translations import Names
from benchsmith.documents.tree import Axis
from benchsmith.text.languages import ENGLISH
from benchsmith.text.normal_form import normal
from benchsmith.text.spelling import clashes

ANY = "*"
PLACEMENTS = ("label", "modality", "task", "department", "agreed_by")
ABBREVIATIONS = ("abbreviation", "expansion", "sources", "modalities", "reviewed_by", "note")
DROPS = ("raw", "reviewed_by", "note")
MAPPING = ("raw", "relation", "label", "reviewed_by", "note")
CONFUSABLES = ("a", "b", "reason", "reviewed_by")
WINDOWS = ("id", "kind", "level", "width", "low", "high", "anatomy", "modalities", "source", "note")
LICENCES = ("id", "name", "url", "redistribute", "commercial", "attribution", "share_alike", "note")
CURATORS = ("id", "name", "role")
ID = r"[a-z0-9]+(-[a-z0-9]+)*"
NO_ID = "letters a to z, digits, and one hyphen between them"


@dataclass(frozen=True, slots=True)
class Placement:
    """Task and department of a label, for a modality or for all."""

    task: str
    department: str
    at: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a signed row makes of a source's word."""

    relation: str
    """``exact``, ``broad`` or ``drop``."""
    label: str
    note: str
    at: str


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """What a short form stands for, and where."""

    expansion: str
    sources: tuple[str, ...]
    modalities: tuple[str, ...]
    at: str


@dataclass(frozen=True, slots=True)
class Window:
    """An intensity window. Level and width in HU, or low and high in percent of the foreground."""

    id: str
    kind: str
    level: float
    width: float
    low: float
    high: float
    anatomy: tuple[str, ...]
    modalities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Licence:
    """What a licence allows."""

    id: str
    name: str
    url: str
    redistribute: bool
    commercial: bool


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything in `lexicon/`, checked."""

    labels: Axis
    modalities: Axis
    tasks: Axis
    departments: Axis
    granularities: Axis
    placements: Mapping[tuple[str, str], Placement]
    mappings: Mapping[str, Mapping[str, Mapped]]
    """By source, then by the raw label's normal form."""
    abbreviations: Mapping[str, tuple[Abbreviation, ...]]
    drops: Mapping[str, str]
    """Words that are no label in any source, in normal form, with the line that says so."""
    confusables: frozenset[frozenset[str]]
    windows: tuple[Window, ...]
    licences: Mapping[str, Licence]
    curators: frozenset[str]
    """Who may sign a row, and vote."""
    axes: Mapping[str, Axis] = field(default_factory=dict)
    """Every axis of `lexicon/tree/` by its name, the five above too, as they are shown."""
    names: Mapping[str, Names] = field(default_factory=dict)
    """What terms are called in other languages: by language, axis and id."""

    def speaking(self, language: str) -> Lexicon:
        """Return the lexicon with the names of a language to show; its ids stay as they are."""
        if language == ENGLISH:
            return self
        of = self.names[language]
        axes = {
            axis: terms.speaking(of[axis]) if axis in of else terms
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

    def stem_names(self, language: str) -> list[str]:
        """Return the labels' names and synonyms in normal form that a language's stems may not say."""
        if language == ENGLISH:
            return self.labels.names()
        of = self.names[language]["label"].values()
        return [normal(each) for name in of for each in (name.name, *name.synonyms)]

    def place(self, label: str, modality: str) -> Placement | None:
        """Return a label's placement: of its modality, else of the nearest one above, else of all.

        A label without a name in the language that is spoken has none.
        """
        if label in self.labels.nameless:
            return None
        for above in (*self.modalities.line_up(modality), ANY):
            if found := self.placements.get((label, above)):
                return found
        return None

    def window(self, label: str, modality: str) -> Window | None:
        """Return the window for an anatomy in a modality: the most specific of both wins."""
        best: tuple[tuple[int, int], Window] | None = None
        labels = (*self.labels.line_up(label), ANY)
        modalities = (*self.modalities.line_up(modality), ANY)
        for window in self.windows:
            near_modality = _first(modalities, window.modalities)
            near_label = _first(labels, window.anatomy)
            if near_modality is None or near_label is None:
                continue
            distance = (near_modality, near_label)
            if best is None or distance < best[0]:
                best = (distance, window)
        return None if best is None else best[1]

    def exclude(self, a: str, b: str) -> bool:
        """Say whether two labels are never offered against each other."""
        return self.labels.related(a, b) or frozenset((a, b)) in self.confusables


def _first(line: tuple[str, ...], names: tuple[str, ...]) -> int | None:
    return next((i for i, term in enumerate(line) if term in names), None)


def read(folder: Path, problems: Problems, sources: frozenset[str] | None = None) -> Lexicon:
    """Read the lexicon, noting every problem in it.

    With `sources`, of mappings only those of theirs: a draft for another source stops nobody.
    """
    files = axes_.files(folder / "tree", problems)
    axes = {name: tree.read(path, problems) for name, path in files.items()}
    signers = curators(folder, problems)
    check = _Checker(axes, problems, signers)
    for term in axes["label"]:
        if term.mesh and not re.fullmatch(r"M\d{7,9}", term.mesh):
            problems.add(
                folder / "tree" / "label.tsv",
                term.line,
                f"{term.mesh!r} is no MeSH concept UI",
                "it looks like M0011970",
            )
    _clashes(folder, axes["label"], problems)
    return Lexicon(
        labels=axes["label"],
        modalities=axes["modality"],
        tasks=axes["task"],
        departments=axes["department"],
        granularities=axes["granularity"],
        placements=_placements(folder, check),
        mappings=_mappings(folder, check, sources),
        abbreviations=_abbreviations(folder, check),
        drops=_drops(folder, check),
        confusables=_confusables(folder, check),
        windows=_windows(folder, check),
        licences=_licences(folder, problems),
        curators=frozenset(signers),
        axes=axes,
        names=translations.read(folder / "tree", axes, problems),
    )


def _clashes(folder: Path, labels: Axis, problems: Problems) -> None:
    owners = {name: term for name in labels.names() if (term := labels.by_name(name))}
    for same in clashes((name, term.id) for name, term in owners.items()).values():
        last = max((owners[name] for name in same), key=lambda term: term.line)
        what = f"{' and '.join(map(repr, same))} differ in spelling alone"
        hint = "one name belongs to one term"
        problems.add(folder / "tree" / "label.tsv", last.line, what, hint)


class _Checker:
    def __init__(self, axes: Mapping[str, Axis], problems: Problems, curators: set[str]) -> None:
        self.axes, self.problems, self.curators = axes, problems, curators

    def term(
        self, row: tsv.Row, column: str, axis: str, names: Iterable[str], *, any_: bool = False
    ) -> None:
        for name in names:
            if name not in self.axes[axis] and not (any_ and name == ANY):
                self.problems.add(
                    row.path,
                    row.line,
                    f"unknown {axis} {name!r} in `{column}`",
                    did_you_mean(name, self.axes[axis].terms),
                )

    def signed(self, row: tsv.Row, column: str) -> None:
        names = row.list(column)
        if not names:
            self.problems.add(
                row.path,
                row.line,
                "is not signed",
                f"put a curator of lexicon/curators.tsv into `{column}`",
            )
        for name in names:
            if name not in self.curators:
                self.problems.add(
                    row.path,
                    row.line,
                    f"unknown curator {name!r}",
                    did_you_mean(name, self.curators),
                )

    def at(self, row: tsv.Row) -> str:
        return f"{self.problems.show(row.path)}:{row.line}"


def curators(folder: Path, problems: Problems) -> set[str]:
    """Return the ids of those who may sign a row, and vote."""
    found: dict[str, int] = {}
    for row in tsv.read(folder / "curators.tsv", CURATORS, problems):
        if not re.fullmatch(ID, row["id"]):
            problems.add(
                row.path, row.line, f"{row['id']!r} is no id in lower case with hyphens", NO_ID
            )
        elif (other := found.setdefault(row["id"], row.line)) != row.line:
            problems.add(row.path, row.line, f"{row['id']!r} stands on line {other} too")
    return set(found)


def _placements(folder: Path, check: _Checker) -> dict[tuple[str, str], Placement]:
    found: dict[tuple[str, str], Placement] = {}
    for row in tsv.read(folder / "placements.tsv", PLACEMENTS, check.problems):
        check.term(row, "label", "label", [row["label"]])
        check.term(row, "modality", "modality", [row["modality"]], any_=True)
        check.term(row, "task", "task", [row["task"]])
        check.term(row, "department", "department", [row["department"]])
        check.signed(row, "agreed_by")
        key = (row["label"], row["modality"])
        if key in found:
            check.problems.add(row.path, row.line, f"{key} is placed at {found[key].at} too")
        found[key] = Placement(row["task"], row["department"], check.at(row))
    return found


def _mappings(
    folder: Path, every: _Checker, sources: frozenset[str] | None
) -> dict[str, dict[str, Mapped]]:
    result: dict[str, dict[str, Mapped]] = {}
    unheard = _Checker(every.axes, Problems(every.problems.home), every.curators)
    for path in sorted((folder / "mappings").glob("*.tsv")):
        check = every if sources is None or path.stem in sources else unheard
        rows: dict[str, Mapped] = {}
        for row in tsv.read(path, MAPPING, check.problems):
            mapped = Mapped(row["relation"], row["label"], row["note"], check.at(row))
            if mapped.relation not in ("exact", "broad", "drop"):
                check.problems.add(
                    path, row.line, f"unknown relation {mapped.relation!r}", "exact, broad or drop"
                )
            elif mapped.relation == "drop":
                if mapped.label or not mapped.note:
                    check.problems.add(
                        path, row.line, "a drop has no label, and a note that says why"
                    )
            else:
                check.term(row, "label", "label", [mapped.label])
            check.signed(row, "reviewed_by")
            other = rows.setdefault(normal(row["raw"]), mapped)
            if other is not mapped:
                check.problems.add(path, row.line, f"{row['raw']!r} is mapped at {other.at} too")
        result[path.stem] = rows
    return result


def _abbreviations(folder: Path, check: _Checker) -> dict[str, tuple[Abbreviation, ...]]:
    found: dict[str, list[Abbreviation]] = {}
    for row in tsv.read(folder / "abbreviations.tsv", ABBREVIATIONS, check.problems):
        new = Abbreviation(
            row["expansion"], row.list("sources"), row.list("modalities"), check.at(row)
        )
        check.term(row, "modalities", "modality", new.modalities, any_=True)
        check.signed(row, "reviewed_by")
        short = normal(row["abbreviation"])
        for other in found.get(short, []):
            if normal(other.expansion) != normal(new.expansion) and _scopes_meet(
                other, new, check.axes["modality"]
            ):
                check.problems.add(
                    row.path,
                    row.line,
                    f"{row['abbreviation']!r} has another meaning at {other.at}",
                    "narrow `sources` or `modalities`",
                )
        found.setdefault(short, []).append(new)
    return {short: tuple(rows) for short, rows in found.items()}


def _scopes_meet(a: Abbreviation, b: Abbreviation, modalities: Axis) -> bool:
    """Say whether some source has a modality in which both hold: a modality's descendants count."""
    sources = ANY in a.sources or ANY in b.sources or bool(set(a.sources) & set(b.sources))
    return sources and any(
        ANY in (x, y) or modalities.related(x, y) for x in a.modalities for y in b.modalities
    )


def _drops(folder: Path, check: _Checker) -> dict[str, str]:
    path = folder / "drops.tsv"
    found = {}
    for row in tsv.read(path, DROPS, check.problems) if path.is_file() else ():
        check.signed(row, "reviewed_by")
        if check.axes["label"].by_name(normal(row["raw"])):
            check.problems.add(path, row.line, f"{row['raw']!r} names a label")
        found[normal(row["raw"])] = check.at(row)
    return found


def _confusables(folder: Path, check: _Checker) -> frozenset[frozenset[str]]:
    pairs = set()
    for row in tsv.read(folder / "confusables.tsv", CONFUSABLES, check.problems):
        check.term(row, "a, b", "label", [row["a"], row["b"]])
        check.signed(row, "reviewed_by")
        pairs.add(frozenset((row["a"], row["b"])))
    return frozenset(pairs)


def _windows(folder: Path, check: _Checker) -> tuple[Window, ...]:
    found: list[Window] = []
    for row in tsv.read(folder / "windows.tsv", WINDOWS, check.problems):
        check.term(row, "anatomy", "label", row.list("anatomy"), any_=True)
        check.term(row, "modalities", "modality", row.list("modalities"), any_=True)
        needed = {"hu": ("level", "width"), "percentile": ("low", "high")}.get(row["kind"])
        if needed is None:
            check.problems.add(
                row.path, row.line, f"unknown kind {row['kind']!r}", "hu or percentile"
            )
            continue
        if not row["source"]:
            check.problems.add(row.path, row.line, "has no source")
        numbers = dict.fromkeys(("level", "width", "low", "high"), 0.0)
        try:
            numbers |= {name: float(row[name]) for name in needed}
        except ValueError:
            check.problems.add(row.path, row.line, f"{' and '.join(needed)} are not numbers")
            continue
        if row["kind"] == "hu" and numbers["width"] <= 0:
            check.problems.add(row.path, row.line, "the width is not above 0")
        if row["kind"] == "percentile" and not 0 <= numbers["low"] < numbers["high"] <= 100:
            check.problems.add(row.path, row.line, "low and high are not percentiles in order")
        if any(w.id == row["id"] for w in found):
            check.problems.add(row.path, row.line, f"{row['id']!r} stands twice")
        found.append(
            Window(
                id=row["id"],
                kind=row["kind"],
                **numbers,
                anatomy=row.list("anatomy"),
                modalities=row.list("modalities"),
            )
        )
    return tuple(found)


def _licences(folder: Path, problems: Problems) -> dict[str, Licence]:
    found = {}
    for row in tsv.read(folder / "licences.tsv", LICENCES, problems):
        for column in ("redistribute", "commercial", "attribution", "share_alike"):
            if row[column] not in ("yes", "no"):
                problems.add(row.path, row.line, f"`{column}` is {row[column]!r}", "yes or no")
        if row["id"] in found:
            problems.add(row.path, row.line, f"{row['id']!r} stands twice")
        found[row["id"]] = Licence(
            row["id"],
            row["name"],
            row["url"],
            row["redistribute"] == "yes",
            row["commercial"] == "yes",
        )
    return found
