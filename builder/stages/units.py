"""The units of work: one image of one recipe entry, found without reading a pixel."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder import patterns
from builder.documents.recipe import Samples, Source
from builder.model import Rejection
from builder.ports import Annotations, DataFault, Image, Plugins, Request, SheetRow

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
    fields: Mapping[str, str]
    modality: str
    patient: str
    roots: Mapping[str, Path]
    """Folder of each root by its prefix; `recipe` is the recipe's own."""
    rows: Mapping[str, SheetRow]
    """This image's row in each sheet, by the sheet's file as the recipe spells it."""

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
        filled = patterns.fill(rest, self.fields)
        return [(m.path, m.fields) for m in patterns.find(self.roots[prefix], filled)]

    def annotations(self, image: Image, plugins: Plugins) -> list[Annotations | DataFault]:
        """Read every labels entry; one that cannot be used gives its fault instead."""
        request = Request(image, self.fields, self.find, self.show, plugins.read_labels, self.rows)
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
    total = hashlib.sha256()
    for path in files:
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
        self._sheets: dict[str, Mapping[str, SheetRow]] = {}
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
        sheets: dict[str, Mapping[str, SheetRow]] = {}
        for sheet in samples.sheets:
            try:
                sheets[sheet.file] = self._sheet(sheet.file, sheet.key)
            except DataFault as fault:
                self._reject(fault.reason, sheet.file, fault.detail)
                return
        matches = patterns.find(self._roots[prefix], pattern)
        if not matches:
            self._reject("file-missing", samples.images, "nothing is there for this pattern")
        for match in matches:
            self._image(number, samples, match, sheets)

    def _sheet(self, file: str, key: str) -> Mapping[str, SheetRow]:
        if file not in self._sheets:
            prefix, _, name = file.rpartition(":")
            found = [m.path for m in patterns.find(self._roots[prefix], name)]
            if len(found) != 1:
                raise DataFault("file-missing", file, "the sheet is not there")
            self._sheets[file] = self._plugins.read_sheet(found[0], key)
        return self._sheets[file]

    def _image(
        self,
        number: int,
        samples: Samples,
        match: patterns.Match,
        sheets: Mapping[str, Mapping[str, SheetRow]],
    ) -> None:
        key = match.fields.get("key") or self._plugins.stem(match.path)
        shown = show(self._roots, match.path)
        rows = {file: listed[key] for file, listed in sheets.items() if key in listed}
        if sheets and not rows:
            self._reject("not-listed", shown)
            return
        cells = {column: cell for row in rows.values() for column, cell in row.cells.items()}
        if key in self._taken:
            self._reject("header", shown, f"{key!r} is also the key of {self._taken[key]}")
            return
        self._taken[key] = shown
        modality = _value(samples.modality, cells, match.fields, key)
        patient = _value(samples.patient, cells, match.fields, key)
        if not modality or not patient:
            self._reject("header", shown, "its row names no modality or no patient")
            return
        self.units.append(
            Unit(
                source=self._source.id,
                licence=self._source.recipe.licence,
                entry=number,
                samples=samples,
                key=key,
                path=match.path,
                fields={**match.fields, "key": key},
                modality=modality,
                patient=f"{self._source.id}/{patient}",
                roots=self._roots,
                rows=rows,
            )
        )

    def rows_without_file(self) -> None:
        """Reject the rows of sheets that no image answered to."""
        for file, rows in self._sheets.items():
            for key, row in rows.items():
                if key not in self._taken:
                    self._reject(
                        "file-missing", f"{file}:{row.line}", f"there is no file for {key!r}"
                    )


def _value(text: str, cells: Mapping[str, str], fields: Mapping[str, str], key: str) -> str:
    """Return what a recipe's `modality` or `patient` means for one image."""
    if text.startswith("column:"):
        return cells.get(text.removeprefix("column:"), "")
    return key if text == "key" else patterns.fill(text, fields)
