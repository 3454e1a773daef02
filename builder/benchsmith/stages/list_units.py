"""List the units of a source: its images with their rows of the tables, without reading a pixel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchsmith.core.contracts import DataFault, Plugins, SheetRow
from benchsmith.core.model import Rejection
from benchsmith.documents.recipe import Every, Samples, Source
from benchsmith.stages.named_pictures import Picture, name_faults, without
from benchsmith.stages.patient_names import one_spelling, stated_patients
from benchsmith.stages.pictures_beside import with_pictures_beside
from benchsmith.stages.source_tables import SourceTables
from benchsmith.stages.table_rows import EntryTable, Place, is_unwanted, own_rows
from benchsmith.stages.units import SHOWN_FILES, STAGE, Unit, name_below, show
from benchsmith.text import file_endings, path_misses, path_patterns, unicode_names

SHOWN_COLUMNS = 10
"""Columns of a table that a message names."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The images of a source, and what was rejected while they were listed."""

    units: list[Unit]
    rejected: list[Rejection]
    pictures: list[Picture]
    """Every picture, rejected or not."""


def list_units(
    source: Source, roots: Mapping[str, Path], plugins: Plugins
) -> tuple[list[Unit], list[Rejection]]:
    """List the images of a source, as :func:`list_source` does, and the rejections."""
    listed = list_source(source, roots, plugins)
    return listed.units, listed.rejected


def list_source(source: Source, roots: Mapping[str, Path], plugins: Plugins) -> Listed:
    """List the images of a source; reject images without rows, rows without images, and shared keys.

    `roots` is the folder of each path prefix.
    """
    lister = _Lister(source, roots, plugins)
    for number in range(len(source.recipe.samples)):
        lister.add_entry(number)
    lister.reject_shared_keys()
    lister.tables.reject_unused({picture.fields["key"] for picture in lister.pictures})
    lister.reject_names()
    units = one_spelling(lister.units)
    units = with_pictures_beside(source, roots, units, lister.pictures)
    return Listed(units, lister.rejected, lister.pictures)


class _Lister:
    def __init__(self, source: Source, roots: Mapping[str, Path], plugins: Plugins) -> None:
        self._source, self._roots, self._plugins = source, roots, plugins
        self._paths: dict[str, dict[Path, str]] = {}
        """The files of each key, with their names for display."""
        self.tables = SourceTables(roots, plugins, self._reject)
        self.units: list[Unit] = []
        self.pictures: list[Picture] = []
        self.rejected: list[Rejection] = []

    def _reject(self, reason: str, subject: str, detail: str = "") -> None:
        self.rejected.append(
            Rejection(
                stage=STAGE, source=self._source.id, subject=subject, reason=reason, detail=detail
            )
        )

    def add_entry(self, number: int) -> None:
        """List the images of one samples entry."""
        samples = self._source.recipe.samples[number]
        prefix, _, pattern = samples.images.rpartition(":")
        tables: list[EntryTable] = []
        for table in samples.sheets:
            if table.is_per_group:
                continue
            try:
                tables.append(self.tables.of_entry(table, table.file, pattern))
            except DataFault as fault:
                self._reject(fault.reason, table.file, fault.detail)
                return
        matches = path_patterns.find(self._roots[prefix], pattern)
        if not matches:
            why = path_misses.why_nothing(self._roots[prefix], pattern)
            self._reject("file-missing", samples.images, why)
        for match in matches:
            for part in self._parts(samples, match.path):
                self._add_image(number, match, part, tables)

    def _parts(self, samples: Samples, path: Path) -> list[tuple[str, str]]:
        """Return the name and the spelling of each wanted picture of a file."""
        wanted = samples.parts
        if wanted is None:
            return [("", "")]
        if isinstance(wanted, tuple):
            return [(str(p), str(p)) if isinstance(p, int) else (p.name, p.part()) for p in wanted]
        try:
            there = self._plugins.parts(path)
        except DataFault as fault:
            self._reject(fault.reason, show(self._roots, path), fault.detail)
            return []
        step = wanted.every if isinstance(wanted, Every) else 1
        return [(name, name) for name in there[::step]]

    def _add_image(
        self,
        number: int,
        match: path_patterns.Match,
        part: tuple[str, str],
        tables: Sequence[EntryTable],
    ) -> None:
        """Add the unit of one picture of one file, or reject it; `part` is its name and spelling."""
        samples = self._source.recipe.samples[number]
        pair = _key(samples, match, self._plugins.stem(match.path))
        key = f"{pair}~{part[0]}" if part[0] else pair
        shown = show(self._roots, match.path) + (f" part {part[0]}" if part[0] else "")
        root = self._roots[samples.images.rpartition(":")[0]]
        below = file_endings.without_ending(name_below(root, match.path) or match.path.name)
        fields = {**match.fields, "key": pair, "part": part[0]}
        self.pictures.append(Picture(number, fields, match.path))
        tables = [*tables, *self.tables.of_group(samples, fields)]
        place = Place(pair, unicode_names.composed(below), fields)
        rows, used, missing = own_rows(tables, place)
        if is_unwanted(tables, place):
            self._reject("row-unwanted", shown, "no row of it is accepted by `where`")
            return
        if tables and not rows:
            self._reject("not-listed", shown, missing)
            return
        self.tables.used |= used
        files = self._paths.setdefault(key, {})
        if match.path in files:
            self._reject(
                "key-twice", shown, f"an earlier entry of `samples` has the key {key!r} too"
            )
            return
        files[match.path] = shown
        own = {"modality": samples.modality, "patient": samples.patient}
        values = {what: _values(text, rows, fields) for what, text in own.items()}
        if samples.patient.startswith("column:"):
            values["patient"] = stated_patients(values["patient"])
        for what, found in values.items():
            if len(found) != 1:
                several = f"its rows state different ones: {', '.join(found[:SHOWN_FILES])}"
                self._reject(
                    f"no-{what}", shown, several if found else _no_cell(what, own[what], rows)
                )
                return
        self.units.append(
            Unit(
                source=self._source.id,
                licence=self._source.recipe.licence,
                entry=number,
                samples=samples,
                key=key,
                path=match.path,
                part=part[1],
                fields=fields,
                modality=values["modality"][0],
                patient=f"{self._source.id}/{values['patient'][0]}",
                about={
                    name: _one(_values(text, rows, fields))
                    for name, text in samples.about
                    if text is not None
                },
                roots=self._roots,
                rows=rows,
            )
        )

    def reject_shared_keys(self) -> None:
        """Reject all images that share a key: their labels cannot be distinguished."""
        shared = {key: files for key, files in self._paths.items() if len(files) > 1}
        for key, files in shared.items():
            names = list(files.values())
            for shown in names:
                others = [name for name in names if name != shown]
                more = f" and {len(others) - SHOWN_FILES} more" if len(others) > SHOWN_FILES else ""
                what = f"{key!r} is also the key of {', '.join(others[:SHOWN_FILES])}{more}"
                self._reject("key-twice", shown, what)
        self.units = [unit for unit in self.units if unit.key not in shared]

    def reject_names(self) -> None:
        """Reject what label files name that is not a picture, or more than one."""
        shared: set[Path] = set()
        for fault in name_faults(self._source, self._roots, self.pictures, self._plugins):
            self._reject(fault.reason, fault.subject, fault.detail)
            if fault.picture is not None:
                shared.add(fault.picture)
        self.units = without(self.units, shared)


def _key(samples: Samples, match: path_patterns.Match, stem: str) -> str:
    """Return the key that pairs an image with its labels.

    It is the recipe's `key`, else the placeholder `{key}`, else the file's name `stem`. If folders
    of the pattern have placeholders, their values precede the name, since each of these folders may
    have a file of that name.
    """
    if samples.key is not None:
        return path_patterns.fill(samples.key, match.fields)
    if "key" in match.fields:
        return match.fields["key"]
    folders = samples.images.rpartition(":")[2].rstrip("/").split("/")[:-1]
    names = [name for folder in folders for name in path_patterns.placeholders(folder)]
    return "/".join([*(match.fields[name] for name in names), stem])


def _no_cell(what: str, rule: str, rows: Mapping[str, Sequence[SheetRow]]) -> str:
    """Return why an image's tables state no patient or modality."""
    column = rule.removeprefix("column:")
    names = list(dict.fromkeys(n for listed in rows.values() for r in listed for n in r.cells))
    if column in names:
        return f"its row has no {what}"
    return f"the table has no column {column!r}; there are: {', '.join(names[:SHOWN_COLUMNS])}"


def _values(
    text: str, rows: Mapping[str, Sequence[SheetRow]], fields: Mapping[str, str]
) -> list[str]:
    """Return the values of a recipe's `modality`, `patient` or `about` for one image, sorted.

    Rows and tables may have one column with different cells; empty ones are left out.
    """
    if text.startswith("column:"):
        column = text.removeprefix("column:")
        cells = {r.cells.get(column, "").strip() for listed in rows.values() for r in listed}
        return sorted(cells - {""})
    value = fields["key"] if text == "key" else path_patterns.fill(text, fields)
    return [value] if value else []


def _one(values: Sequence[str]) -> str:
    """Return the only value; empty text if there is none, or if several contradict each other."""
    return values[0] if len(values) == 1 else ""
