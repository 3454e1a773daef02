"""List the units of a source: its images with their rows of the tables, without reading a pixel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from benchsmith.core.contracts import DataFault, Plugins
from benchsmith.core.model import Rejection
from benchsmith.documents.labels import Table
from benchsmith.documents.recipe import Every, Samples, Source
from benchsmith.stages.named_pictures import Picture, name_faults, without
from benchsmith.stages.table_rows import (
    TableKey,
    Wanted,
    WantedTable,
    by_path,
    composed_keys,
    is_unwanted,
    last_parts,
    own_rows,
    table_key,
    wanted_rows,
)
from benchsmith.stages.units import STAGE, Unit, show
from benchsmith.text import file_endings, path_misses, path_patterns, unicode_names

SHOWN_FILES = 3
SHOWN_COLUMNS = 10
"""Other files of a key that a message names."""


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
    lister.reject_unused_rows()
    lister.reject_names()
    return Listed(lister.units, lister.rejected, lister.pictures)


class _Lister:
    def __init__(self, source: Source, roots: Mapping[str, Path], plugins: Plugins) -> None:
        self._source, self._roots, self._plugins = source, roots, plugins
        self._paths: dict[str, dict[Path, str]] = {}
        """The files of each key, with their names for display."""
        self._tables: dict[TableKey, Wanted] = {}
        self._used: set[tuple[TableKey, int]] = set()
        """Lines of tables that belong to an image."""
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
        tables: list[WantedTable] = []
        for table in samples.sheets:
            try:
                wanted = self._table(table)
                if table.key_is == "path":
                    rows = by_path(wanted.rows, pattern, table.file)
                    unwanted = frozenset(last_parts(key, pattern) for key in wanted.unwanted)
                    wanted = Wanted(rows, unwanted - rows.keys())
                tables.append((table, wanted))
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

    def _table(self, table: Table) -> Wanted:
        place = table_key(table)
        if place not in self._tables:
            prefix, _, name = table.file.rpartition(":")
            found = [m.path for m in path_patterns.find(self._roots[prefix], name)]
            if not found:
                why = path_misses.why_nothing(self._roots[prefix], name)
                raise DataFault("file-missing", table.file, why)
            if len(found) > 1:
                shown = ", ".join(show(self._roots, path) for path in found[:SHOWN_FILES])
                what = f"the table is not one file but {len(found)}: {shown}"
                raise DataFault("file-missing", table.file, what)
            rows = composed_keys(self._plugins.read_table(found[0], table))
            wanted = self._tables[place] = wanted_rows(rows, table)
            if wanted.left_out:
                what = f"{wanted.left_out} rows have other cells than `where` accepts"
                self._reject("row-unwanted", table.file, what)
        return self._tables[place]

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
        tables: Sequence[WantedTable],
    ) -> None:
        """Add the unit of one picture of one file, or reject it; `part` is its name and spelling."""
        samples = self._source.recipe.samples[number]
        pair = _key(samples, match, self._plugins.stem(match.path))
        key = f"{pair}~{part[0]}" if part[0] else pair
        shown = show(self._roots, match.path) + (f" part {part[0]}" if part[0] else "")
        root = self._roots[samples.images.rpartition(":")[0]]
        below = file_endings.without_ending(match.path.relative_to(root).as_posix())
        below = unicode_names.composed(below)
        rows, used = own_rows(tables, pair, below)
        fields = {**match.fields, "key": pair, "part": part[0]}
        self.pictures.append(Picture(number, fields, match.path))
        if is_unwanted(tables, pair, below):
            self._reject("row-unwanted", shown, "no row of it is accepted by `where`")
            return
        if tables and not rows:
            self._reject("not-listed", shown)
            return
        cells = {c: cell for listed in rows.values() for c, cell in listed[0].cells.items()}
        self._used |= used
        files = self._paths.setdefault(key, {})
        if match.path in files:
            self._reject("key-twice", shown, f"{key!r} is its key in an earlier entry of `samples`")
            return
        files[match.path] = shown
        modality = _value(samples.modality, cells, fields)
        patient = _value(samples.patient, cells, fields)
        if not modality or not patient:
            what = "patient" if modality else "modality"
            rule = samples.patient if modality else samples.modality
            self._reject(f"no-{what}", shown, _no_cell(what, rule, cells))
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
                modality=modality,
                patient=f"{self._source.id}/{patient}",
                about={
                    name: _value(text, cells, fields)
                    for name, text in samples.about
                    if text is not None
                },
                roots=self._roots,
                rows=rows,
            )
        )

    def reject_shared_keys(self) -> None:
        """Reject all images that share a key: their labels cannot be told apart."""
        shared = {key: files for key, files in self._paths.items() if len(files) > 1}
        for key, files in shared.items():
            names = list(files.values())
            for shown in names:
                others = [name for name in names if name != shown]
                more = f" and {len(others) - SHOWN_FILES} more" if len(others) > SHOWN_FILES else ""
                what = f"{key!r} is also the key of {', '.join(others[:SHOWN_FILES])}{more}"
                self._reject("key-twice", shown, what)
        self.units = [unit for unit in self.units if unit.key not in shared]

    def reject_unused_rows(self) -> None:
        """Reject the rows of tables that belong to no image."""
        for place, listed in self._tables.items():
            for key, rows in listed.rows.items():
                if (place, rows[0].line) not in self._used:
                    at = f"{place[0]}:{rows[0].line}"
                    self._reject("no-picture", at, f"there is no file for {key!r}{self._near(key)}")

    def _near(self, key: str) -> str:
        """Return what a key of a table means if it is a file's name, in words."""
        stem = PurePosixPath(file_endings.without_ending(key.replace("\\", "/"))).name
        if stem == key or not any(picture.fields["key"] == stem for picture in self.pictures):
            return ""
        return (
            f"; the key of the picture is {stem!r}: `key_is: stem` takes cells for names of files"
        )

    def reject_names(self) -> None:
        """Reject what label files name that is no picture, or more than one."""
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


def _no_cell(what: str, rule: str, cells: Mapping[str, str]) -> str:
    """Return why a table states no patient or modality."""
    column = rule.removeprefix("column:")
    if column in cells:
        return f"its row has no {what}"
    return (
        f"the table has no column {column!r}; there are: {', '.join(list(cells)[:SHOWN_COLUMNS])}"
    )


def _value(text: str, cells: Mapping[str, str], fields: Mapping[str, str]) -> str:
    """Return the value of a recipe's `modality`, `patient` or `about` for one image."""
    if text.startswith("column:"):
        return cells.get(text.removeprefix("column:"), "").strip()
    return fields["key"] if text == "key" else path_patterns.fill(text, fields)
