"""The images of one entry of `samples`, and what the recipe states about each by its path."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchsmith.core.contracts import SheetRow
from benchsmith.documents.recipe import Source
from benchsmith.stages.patient_names import stated_patients
from benchsmith.stages.source_tables import SourceTables
from benchsmith.stages.table_rows import EntryTable, Place, own_rows
from benchsmith.stages.units import Unit, name_below, show
from benchsmith.text import file_endings, path_patterns, unicode_names
from benchsmith.text.path_walk import FoundNames, Walk

Part = tuple[str, str]
"""Name and spelling of one picture of a file; both are empty for a file with one picture."""
Rows = Mapping[str, Sequence[SheetRow]]
ending_of = file_endings.ending.__wrapped__
"""The ending of a name that is asked for once: a list of names would only turn over those that are remembered."""


class EntryImages:
    """Makes the units of one entry. A *place* is a path as :class:`Walk` names it."""

    def __init__(
        self,
        source: Source,
        number: int,
        roots: Mapping[str, Path],
        tables: SourceTables | None = None,
        of_entry: Sequence[EntryTable] = (),
    ) -> None:
        samples = source.recipe.samples[number]
        prefix, _, pattern = samples.images.rpartition(":")
        self.samples, self.number = samples, number
        self.walk = Walk(roots[prefix], pattern, keep_left=True)
        self.source, self.roots, self._root = source, roots, roots[prefix]
        self._tables, self._of_entry = tables, of_entry
        self._per_group = any(table.is_per_group for table in samples.sheets)
        self._about = [(name, text) for name, text in samples.about if text is not None]
        self._folders = path_patterns.placeholders(pattern.rstrip("/").rpartition("/")[0])
        self._is_folder = pattern.endswith("/")
        self._cut = file_endings.only_length(
            path_patterns.ending_of(path_patterns.parts_of(pattern)[-1])
        )

    @property
    def has_tables(self) -> bool:
        """Whether rows of tables belong to the images."""
        return bool(self._of_entry) or self._per_group

    @property
    def is_told_by_path(self) -> bool:
        """Whether the recipe's statements about an image follow from its path alone, without a table's row."""
        texts = (self.samples.modality, self.samples.patient, *(text for _, text in self._about))
        return not self.has_tables and not any(text.startswith("column:") for text in texts)

    @property
    def is_surely_stated(self) -> bool:
        """Whether each image has a modality and a patient, since a placeholder is never empty."""
        texts = self.samples.modality, self.samples.patient
        return self.is_told_by_path and all(
            text and text != "key" and "{part" not in text for text in texts
        )

    def are_alone(self, is_alone: Callable[[str], bool]) -> bool:
        """Return whether each image is one file; `is_alone` decides by a name with the pattern's ending."""
        end = path_patterns.ending_of(path_patterns.parts_of(self.walk.pattern)[-1])
        return not self._is_folder and is_alone(f"a{end}")

    @property
    def may_be_folder(self) -> bool:
        """Whether images are folders of files."""
        return self._is_folder

    def pair(self, place: str, fields: Mapping[str, str]) -> str:
        """Return the key that pairs an image with its labels; `fields` are those of the path.

        It is the recipe's `key`, else the placeholder `{key}`, else the file's name. If folders
        of the pattern have placeholders, their values precede the name, since each of these folders may
        have a file of that name.
        """
        if self.samples.key is not None:
            return path_patterns.fill(self.samples.key, fields)
        if "key" in fields:
            return fields["key"]
        name = place.rpartition("/")[2]
        stem = name if self._is_folder else file_endings.stem(name)
        return "/".join([*(fields[name] for name in self._folders), stem])

    def pairs(self, found: FoundNames) -> list[str]:
        """Return the key of each of some images of a folder, as :meth:`pair` does."""
        if self.samples.key is None and "key" not in found.fields:
            if "key" in self.walk.own:
                own = self.walk.own.index("key")
                return [values[own] for values in found.values]
            above = "".join(f"{found.fields[name]}/" for name in self._folders)
            if self._is_folder:
                return [above + name for name in found.names]
            if self._cut and "".join(found.names).isascii():
                return [above + name[: -self._cut] for name in found.names]
            return [above + name[: len(name) - len(ending_of(name))] for name in found.names]
        return [
            self.pair(name, {**found.fields, **dict(zip(self.walk.own, values, strict=True))})
            for name, values in zip(found.names, found.values, strict=True)
        ]

    def fields(
        self, place: str, part: Part, of_path: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """Return all placeholders of an image; `of_path` are those of its path, if known."""
        own = self.walk.fields(place) if of_path is None else of_path
        return {**own, "key": self.pair(place, own), "part": part[0]}

    def shown(self, place: str, part: Part) -> str:
        """Return the name of an image for a message."""
        name = show(self.roots, self.walk.path(place))
        return name + (f" part {part[0]}" if part[0] else "")

    def tables(self, fields: Mapping[str, str]) -> list[EntryTable]:
        """Return the tables that may have rows of an image."""
        if not self._per_group:
            return list(self._of_entry)
        assert self._tables is not None
        return [*self._of_entry, *self._tables.of_group(self.samples, fields)]

    def place_in_tables(self, place: str, fields: Mapping[str, str]) -> Place:
        """Return the keys by which an image's rows are found."""
        path = self.walk.path(place)
        below = file_endings.without_ending(name_below(self._root, path) or path.name)
        return Place(fields["key"], unicode_names.composed(below), fields)

    def stated(self, what: str, fields: Mapping[str, str], rows: Rows) -> list[str]:
        """Return the values of `modality` or `patient` for an image, sorted; one, if it can be used."""
        text = self.samples.modality if what == "modality" else self.samples.patient
        found = _values(text, rows, fields)
        is_column = what == "patient" and text.startswith("column:")
        return stated_patients(found) if is_column else found

    def unit(
        self,
        place: str,
        part: Part,
        *,
        patient: str | None = None,
        beside: frozenset[Path] = frozenset(),
        family: Callable[[str], str] | None = None,
    ) -> Unit:
        """Return the unit of a usable image, with what is known about it besides its path."""
        fields = self.fields(place, part)
        rows: Rows = {}
        if self.has_tables:
            rows, _, _ = own_rows(self.tables(fields), self.place_in_tables(place, fields))
        (modality,) = self.stated("modality", fields, rows)
        if patient is None:
            (own,) = self.stated("patient", fields, rows)
            patient = f"{self.source.id}/{own}"
        return Unit(
            source=self.source.id,
            licence=self.source.recipe.licence,
            entry=self.number,
            samples=self.samples,
            key=named(fields["key"], part),
            path=self.walk.path(place),
            part=part[1],
            fields=fields,
            modality=modality,
            patient=patient,
            about={name: _one(_values(text, rows, fields)) for name, text in self._about},
            roots=self.roots,
            rows=rows,
            family=family(modality) if family else "",
            beside=beside,
        )


def named(pair: str, part: Part) -> str:
    """Return the key of one picture of a file whose pictures have the key `pair`."""
    return f"{pair}~{part[0]}" if part[0] else pair


def _values(text: str, rows: Rows, fields: Mapping[str, str]) -> list[str]:
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
    """Return the only value; an empty text if there is none, or if several contradict each other."""
    return values[0] if len(values) == 1 else ""
