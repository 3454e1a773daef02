"""List the units of a source: its images with their rows of the tables, without reading a pixel."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import compress
from pathlib import Path

from benchsmith.core.contracts import DataFault, Plugins, SheetRow
from benchsmith.core.model import Rejection
from benchsmith.documents.recipe import Every, Samples, Source
from benchsmith.stages.entry_images import EntryImages, Part, named
from benchsmith.stages.named_pictures import name_faults
from benchsmith.stages.patient_names import spelt_alike
from benchsmith.stages.picture_list import Pictures
from benchsmith.stages.pictures_beside import pictures_beside
from benchsmith.stages.shifted_numbers import REASON, shifts
from benchsmith.stages.source_tables import SourceTables
from benchsmith.stages.table_rows import EntryTable, is_unwanted, own_rows
from benchsmith.stages.unit_list import Units
from benchsmith.stages.units import SHOWN_FILES, STAGE, show
from benchsmith.tables.text_hashes import Hashes
from benchsmith.text import path_misses
from benchsmith.text.spreadsheet_cells import is_rounded_number

SHOWN_COLUMNS = 10
"""Columns of a table that a message names."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The images of a source, and what was rejected while they were listed."""

    units: Units
    rejected: list[Rejection]
    pictures: Pictures
    """Every picture, rejected or not."""


def list_units(
    source: Source, roots: Mapping[str, Path], plugins: Plugins
) -> tuple[Units, list[Rejection]]:
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
    if lister.tables.any_read:
        lister.tables.reject_unused(lister.keys())
    lister.reject_names()
    lister.reject_shifted()
    units = Units(lister.pictures, lister.units)
    if any(entry.patient.startswith("column:") for entry in source.recipe.samples):
        units = units.with_patients(spelt_alike(units))
    units = units.with_beside(pictures_beside(source, roots, units))
    return Listed(units, lister.rejected, lister.pictures)


class _Lister:
    def __init__(self, source: Source, roots: Mapping[str, Path], plugins: Plugins) -> None:
        self._source, self._roots, self._plugins = source, roots, plugins
        self._keys, self._of_key = Hashes(), array("I")
        """The key of each picture that rows accept, and the number of that picture."""
        self._seen: set[bytes] = set()
        """Digests of path and key, where a file may be listed more than once."""
        self.tables = SourceTables(
            roots, plugins, self._reject, [t for s in source.recipe.samples for t in s.sheets]
        )
        self.pictures = Pictures()
        self.units = array("I")
        """The numbers of the pictures that can be used."""
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
        entry = EntryImages(self._source, number, self._roots, self.tables, tables)
        if self._add_files(entry) == 0:
            why = path_misses.why_nothing(self._roots[prefix], pattern)
            self._reject("file-missing", samples.images, why)

    def _add_files(self, entry: EntryImages) -> int:
        """List the files or folders of an entry; return their number."""
        samples, count = entry.samples, 0
        plain = samples.parts is None and entry.is_surely_stated
        for found in entry.walk.batches():
            count += len(found.names)
            places = [f"{found.base}/{name}" for name in found.names]
            if plain:
                self._add_plain(entry, places, entry.pairs(found))
                continue
            for place, values in zip(places, found.values, strict=True):
                fields = {**found.fields, **dict(zip(entry.walk.own, values, strict=True))}
                for part in self._parts(samples, entry, place):
                    self._add_image(entry, place, fields, part)
        return count

    def _add_plain(self, entry: EntryImages, places: Sequence[str], keys: Sequence[str]) -> None:
        """Add files with one picture each, of which nothing can be missing."""
        numbers: Sequence[int] = self.pictures.extend(entry, places)
        if len(self._source.recipe.samples) > 1:
            new = [
                not self._is_listed(entry, at, key) for at, key in zip(places, keys, strict=True)
            ]
            numbers, keys = list(compress(numbers, new)), list(compress(keys, new))
        self._keys.extend(keys)
        self._of_key.extend(numbers)
        self.units.extend(numbers)

    def _parts(self, samples: Samples, entry: EntryImages, place: str) -> Sequence[Part]:
        """Return the name and the spelling of each wanted picture of a file."""
        wanted = samples.parts
        if wanted is None:
            return _WHOLE
        if isinstance(wanted, tuple):
            return [(str(p), str(p)) if isinstance(p, int) else (p.name, p.part()) for p in wanted]
        path = entry.walk.path(place)
        try:
            there = self._plugins.parts(path)
        except DataFault as fault:
            self._reject(fault.reason, show(self._roots, path), fault.detail)
            return []
        step = wanted.every if isinstance(wanted, Every) else 1
        return [(name, name) for name in there[::step]]

    def _all_parts(self, path: Path) -> Sequence[str]:
        """Return the names of all pictures of a file; none if it cannot be read, which is reported when it is read."""
        try:
            return self._plugins.parts(path)
        except DataFault:
            return []

    def _add_image(
        self, entry: EntryImages, place: str, of_path: Mapping[str, str], part: Part
    ) -> None:
        """Add the unit of one picture of one file, or reject it."""
        fields = entry.fields(place, part, of_path)
        key = named(fields["key"], part)
        number = self.pictures.add(entry, place, part)
        rows: Mapping[str, Sequence[SheetRow]] = {}
        if entry.has_tables:
            tables, at = entry.tables(fields), entry.place_in_tables(place, fields)
            rows, used, missing = own_rows(tables, at)
            if is_unwanted(tables, at):
                what = "no row of it is accepted by `where`"
                self._reject("row-unwanted", entry.shown(place, part), what)
                return
            if tables and not rows:
                self._reject("not-listed", entry.shown(place, part), missing)
                return
            self.tables.used |= used
        if self._is_listed(entry, place, key, part):
            return
        self._keys.add(key)
        self._of_key.append(number)
        for what in ("modality", "patient"):
            found = entry.stated(what, fields, rows)
            if len(found) != 1:
                several = f"its rows state different ones: {', '.join(found[:SHOWN_FILES])}"
                rule = entry.samples.modality if what == "modality" else entry.samples.patient
                why = several if found else _no_cell(what, rule, rows)
                self._reject(f"no-{what}", entry.shown(place, part), why)
                return
        self.units.append(number)

    def _is_listed(self, entry: EntryImages, place: str, key: str, part: Part = ("", "")) -> bool:
        """Return whether an earlier entry lists a file under a key, and reject it if so; otherwise record it."""
        if len(self._source.recipe.samples) < 2 and entry.samples.parts is None:
            return False
        digest = blake2b(digest_size=12)
        digest.update(f"{entry.walk.top}{place}\0{key}".encode("utf-8", "surrogateescape"))
        if (found := digest.digest()) in self._seen:
            what = f"an earlier entry of `samples` has the key {key!r} too"
            self._reject("key-twice", entry.shown(place, part), what)
            return True
        self._seen.add(found)
        return False

    def reject_shared_keys(self) -> None:
        """Reject all images that share a key: their labels cannot be distinguished."""
        shared: dict[str, list[int]] = {}
        for group in self._keys.repeated():
            own: dict[str, list[int]] = {}
            for picture in (self._of_key[n] for n in group):
                own.setdefault(self.pictures.key(picture), []).append(picture)
            shared |= {key: same for key, same in own.items() if len(same) > 1}
        gone: set[int] = set()
        for key, same in sorted(shared.items(), key=lambda one: one[1][0]):
            gone.update(same)
            names = [self._shown(picture) for picture in same]
            for shown in names:
                others = [name for name in names if name != shown]
                more = f" and {len(others) - SHOWN_FILES} more" if len(others) > SHOWN_FILES else ""
                what = f"{key!r} is also the key of {', '.join(others[:SHOWN_FILES])}{more}"
                self._reject("key-twice", shown, what)
        self._drop(gone)

    def _shown(self, picture: int) -> str:
        entry, place, part = self.pictures.at(picture)
        return entry.shown(place, part)

    def _drop(self, gone: set[int]) -> None:
        """Remove pictures from the units."""
        if gone:
            self.units = array("I", (number for number in self.units if number not in gone))

    def keys(self) -> Mapping[str, set[str]]:
        """Return the keys of all images by the path pattern of their entry."""
        found: dict[str, set[str]] = {}
        for picture in self.pictures:
            pattern = self._source.recipe.samples[picture.entry].images.rpartition(":")[2]
            found.setdefault(pattern, set()).add(picture.fields["key"])
        return found

    def reject_shifted(self) -> None:
        """Reject the images of entries whose labels are numbered from another number."""
        found: dict[int, str] = {}
        for entry, detail in shifts(
            self._source, self._roots, self.pictures, self.tables, self._all_parts
        ):
            found.setdefault(entry, detail)
        if not found:
            return
        gone = {n for n in self.units if self.pictures.at(n)[0].number in found}
        for picture in sorted(gone):
            self._reject(REASON, self._shown(picture), found[self.pictures.at(picture)[0].number])
        self._drop(gone)

    def reject_names(self) -> None:
        """Reject what label files name that is not a picture, or more than one."""
        shared: set[Path] = set()
        for fault in name_faults(self._source, self._roots, self.pictures, self._plugins):
            self._reject(fault.reason, fault.subject, fault.detail)
            if fault.picture is not None:
                shared.add(fault.picture)
        if shared:
            self._drop({n for n in self.units if self.pictures[n].path in shared})


_WHOLE: Sequence[Part] = (("", ""),)
"""A file with one picture."""


def _no_cell(what: str, rule: str, rows: Mapping[str, Sequence[SheetRow]]) -> str:
    """Return why an image's tables state no patient or modality."""
    column = rule.removeprefix("column:")
    names = list(dict.fromkeys(n for listed in rows.values() for r in listed for n in r.cells))
    if column in names:
        cells = [r.cells[column].strip() for own in rows.values() for r in own if column in r.cells]
        if rounded := next(filter(is_rounded_number, cells), ""):
            return f"its {what} is {rounded}, which a spreadsheet has rounded: several may share it"
        return f"its row has no {what}"
    return f"the table has no column {column!r}; there are: {', '.join(names[:SHOWN_COLUMNS])}"
