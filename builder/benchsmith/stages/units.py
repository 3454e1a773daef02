"""The units of work: one image of one recipe entry, found without reading a pixel."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from benchsmith.core.contracts import (
    Annotations,
    DataFault,
    Image,
    Plugins,
    Reading,
    Request,
    SheetRow,
)
from benchsmith.core.model import Rejection
from benchsmith.documents.labels import Table
from benchsmith.documents.recipe import Every, Samples, Source
from benchsmith.text import path_patterns

STAGE = "ingest"


@dataclass(frozen=True, slots=True)
class Unit:
    """One image with its labels: what a worker ingests, and later draws, at a time."""

    source: str
    licence: str
    entry: int
    """Which samples entry of the recipe."""
    samples: Samples
    key: str
    path: Path
    part: str
    """Which picture of the file; empty for a file that is one picture."""
    fields: Mapping[str, str]
    modality: str
    patient: str
    about: Mapping[str, str]
    """Age, sex, site, laterality, view and quality, where the recipe says where they stand."""
    roots: Mapping[str, Path]
    """Folder of each root by its prefix; `recipe` is the recipe's own."""
    rows: Mapping[str, Sequence[SheetRow]]
    """This image's rows in each table, by the table's file as the recipe spells it."""

    @property
    def sample(self) -> str:
        """Id of the sample."""
        return f"{self.source}/{self.key}"

    def show(self, path: Path | str) -> str:
        """Return a file's name relative to its root, with the root's prefix."""
        return show(self.roots, path)

    def find(self, pattern: str) -> Sequence[tuple[Path, Mapping[str, str]]]:
        """Return the files a pattern means for this image."""
        prefix, _, rest = pattern.rpartition(":")
        filled = path_patterns.fill(rest, self.fields)
        return [(m.path, m.fields) for m in path_patterns.find(self.roots[prefix], filled)]

    def reading(self) -> Reading:
        """Say how the image is to be read."""
        return Reading(part=self.part, burned_in=self.samples.burned_in == "accept")

    def annotations(self, image: Image, plugins: Plugins) -> list[Annotations | DataFault]:
        """Read every labels entry; one that cannot be used gives its fault instead."""
        request = Request(
            image=image,
            fields=self.fields,
            find=self.find,
            show=self.show,
            read_labels=plugins.read_labels,
            read_image=plugins.read_image,
            path=self.path,
            part=self.part,
            own_labels=lambda: plugins.own_labels(self.path, self.part),
            rows=self.rows,
        )
        answers: list[Annotations | DataFault] = []
        for labels in self.samples.labels:
            try:
                answers.append(plugins.read_annotations(labels, request))
            except DataFault as fault:
                answers.append(fault)
        return answers


def show(roots: Mapping[str, Path], path: Path | str) -> str:
    """Return a file's name relative to the root it lies in, with that root's prefix."""
    if isinstance(path, str):
        return path
    for prefix, root in roots.items():
        if path.is_relative_to(root):
            name = path.relative_to(root).as_posix()
            return f"{prefix}:{name}" if prefix else name
    return path.name


def digest(files: Sequence[Path]) -> str:
    """Return the SHA-256 over the bytes of some files, in their order."""
    states = [path.stat() for path in files]
    return _digest(tuple((p, s.st_size, s.st_mtime_ns) for p, s in zip(files, states, strict=True)))


@lru_cache(maxsize=1)
def _digest(files: tuple[tuple[Path, int, int], ...]) -> str:
    """Read the bytes; the last answer is kept, since one file may hold thousands of pictures."""
    total = hashlib.sha256()
    for path, _, _ in files:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                total.update(block)
    return total.hexdigest()


def plan(
    source: Source, roots: Mapping[str, Path], plugins: Plugins
) -> tuple[list[Unit], list[Rejection]]:
    """List the images of a source, and what its folders and sheets leave over."""
    planner = _Planner(source, roots, plugins)
    for number in range(len(source.recipe.samples)):
        planner.entry(number)
    planner.rows_without_file()
    return planner.units, planner.rejected


class _Planner:
    def __init__(self, source: Source, roots: Mapping[str, Path], plugins: Plugins) -> None:
        self._source, self._roots, self._plugins = source, roots, plugins
        self._taken: dict[str, str] = {}
        self._tables: dict[_Keyed, _Rows] = {}
        self._answered: set[tuple[_Keyed, int]] = set()
        """Lines of tables that a picture was found for, by the key that found it."""
        self.units: list[Unit] = []
        self.rejected: list[Rejection] = []

    def _reject(self, reason: str, subject: str, detail: str = "") -> None:
        self.rejected.append(
            Rejection(
                stage=STAGE, source=self._source.id, subject=subject, reason=reason, detail=detail
            )
        )

    def entry(self, number: int) -> None:
        """List the images of one samples entry."""
        samples = self._source.recipe.samples[number]
        prefix, _, pattern = samples.images.rpartition(":")
        tables: list[tuple[Table, _Rows]] = []
        for table in samples.sheets:
            try:
                rows = self._table(table)
                tables.append((table, _by_path(rows, pattern) if table.key_is == "path" else rows))
            except DataFault as fault:
                self._reject(fault.reason, table.file, fault.detail)
                return
        matches = path_patterns.find(self._roots[prefix], pattern)
        if not matches:
            self._reject("file-missing", samples.images, "nothing is there for this pattern")
        for match in matches:
            for part in self._parts(samples, match.path):
                self._image(number, samples, match, part, tables)

    def _table(self, table: Table) -> _Rows:
        place = _keyed(table)
        if place not in self._tables:
            prefix, _, name = table.file.rpartition(":")
            found = [m.path for m in path_patterns.find(self._roots[prefix], name)]
            if len(found) != 1:
                raise DataFault("file-missing", table.file, "the table is not there")
            self._tables[place] = self._plugins.read_table(found[0], table)
        return self._tables[place]

    def _parts(self, samples: Samples, path: Path) -> list[tuple[str, str]]:
        """Return name and spelling of each picture that is wanted of a file."""
        wanted = samples.parts
        if wanted is None:
            return [("", "")]
        if isinstance(wanted, tuple):
            return [
                (str(p), str(p)) if isinstance(p, int) else (p.name, p.spelling()) for p in wanted
            ]
        try:
            there = self._plugins.parts(path)
        except DataFault as fault:
            self._reject(fault.reason, show(self._roots, path), fault.detail)
            return []
        step = wanted.every if isinstance(wanted, Every) else 1
        return [(name, name) for name in there[::step]]

    def _image(
        self,
        number: int,
        samples: Samples,
        match: path_patterns.Match,
        part: tuple[str, str],
        tables: Sequence[tuple[Table, _Rows]],
    ) -> None:
        pair = _key(samples, match, self._plugins.stem(match.path))
        key = f"{pair}~{part[0]}" if part[0] else pair
        shown = show(self._roots, match.path) + (f" part {part[0]}" if part[0] else "")
        root = self._roots[samples.images.rpartition(":")[0]]
        below = path_patterns.without_ending(match.path.relative_to(root).as_posix())
        rows: dict[str, Sequence[SheetRow]] = {}
        answered: set[tuple[_Keyed, int]] = set()
        for table, listed in tables:
            if own := listed.get(below if table.key_is == "path" else pair):
                rows[table.file] = own
                answered |= {(_keyed(table), row.line) for row in own}
        if tables and not rows:
            self._reject("not-listed", shown)
            return
        cells = {c: cell for listed in rows.values() for c, cell in listed[0].cells.items()}
        if key in self._taken:
            self._reject("header", shown, f"{key!r} is also the key of {self._taken[key]}")
            return
        self._taken[key] = shown
        self._answered |= answered
        fields = {**match.fields, "key": pair, "part": part[0]}
        modality = _value(samples.modality, cells, fields)
        patient = _value(samples.patient, cells, fields)
        if not modality or not patient:
            what = "patient" if modality else "modality"
            self._reject(f"no-{what}", shown, f"its row names no {what}")
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
                    name: _value(said, cells, fields)
                    for name, said in samples.about
                    if said is not None
                },
                roots=self._roots,
                rows=rows,
            )
        )

    def rows_without_file(self) -> None:
        """Reject the rows of tables that no image answered to."""
        for place, listed in self._tables.items():
            for key, rows in listed.items():
                if (place, rows[0].line) not in self._answered:
                    at = f"{place[0]}:{rows[0].line}"
                    self._reject("file-missing", at, f"there is no file for {key!r}")


def _key(samples: Samples, match: path_patterns.Match, stem: str) -> str:
    """Return what pairs an image with its labels: `{key}`, what `key` says, or the file's name.

    Where folders of the pattern have placeholders, their values stand before the name, since the
    same name may stand in each of them.
    """
    if samples.key is not None:
        return path_patterns.fill(samples.key, match.fields)
    if "key" in match.fields:
        return match.fields["key"]
    folders = samples.images.rpartition(":")[2].rstrip("/").split("/")[:-1]
    names = [name for folder in folders for name in path_patterns.placeholders(folder)]
    return "/".join([*(match.fields[name] for name in names), stem])


def _by_path(rows: _Rows, pattern: str) -> _Rows:
    """Return rows by as much of their path as the pattern of the images has."""
    depth = pattern.count("/") + 1
    return {"/".join(key.split("/")[-depth:]): listed for key, listed in rows.items()}


def _keyed(table: Table) -> _Keyed:
    return table.file, table.key, table.key_is


def _value(text: str, cells: Mapping[str, str], fields: Mapping[str, str]) -> str:
    """Return what a recipe's `modality`, `patient` or `about` means for one image."""
    if text.startswith("column:"):
        return cells.get(text.removeprefix("column:"), "").strip()
    return fields["key"] if text == "key" else path_patterns.fill(text, fields)


_Keyed = tuple[str, str, str]
"""A table's file, its key column, and how that is read: one file may be keyed in several ways."""
_Rows = Mapping[str, Sequence[SheetRow]]
"""Rows of a table by their key."""
