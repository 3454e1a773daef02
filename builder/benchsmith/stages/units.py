"""The unit of work: one image of one recipe entry, with its labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
from benchsmith.documents.recipe import Samples
from benchsmith.stages.image_digest import digesting
from benchsmith.text import path_misses, path_patterns, unicode_names

STAGE = "ingest"
SHOWN_FILES = 3
"""Files of several that a message names."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One image with its labels: a worker ingests one at a time, and later draws from it."""

    source: str
    licence: str
    entry: int
    """Index of the samples entry in the recipe."""
    samples: Samples
    key: str
    path: Path
    part: str
    """Which picture of the file, as its format spells it; empty for a file with one picture."""
    fields: Mapping[str, str]
    """Values of the placeholders of the path pattern, with `key` and `part`."""
    modality: str
    patient: str
    about: Mapping[str, str]
    """Age, sex, site, laterality, view and quality, as far as the recipe states them."""
    roots: Mapping[str, Path]
    """The folder of each path prefix; `recipe` is the recipe's own folder."""
    rows: Mapping[str, Sequence[SheetRow]]
    """This image's rows in each table, by :attr:`Table.rows_id`."""
    family: str = ""
    """What the modality is a kind of, as far as DICOM distinguishes such kinds: ``ct``, ``mri``, ..."""
    beside: frozenset[Path] = frozenset()
    """Other images that the label patterns match, such as `{patient}/*.png`; they are not labels."""

    @property
    def sample(self) -> str:
        """Id of the sample."""
        return f"{self.source}/{self.key}"

    def show(self, path: Path | str) -> str:
        """Return a file's name relative to its root, with the root's prefix."""
        return show(self.roots, path)

    def find(self, pattern: str) -> Sequence[tuple[Path, Mapping[str, str]]]:
        """Return the files that match a path pattern for this image, with their placeholders' values.

        Files found by a pattern's wildcards are never images. A file of several variables may hold
        both an image and its labels.
        """
        prefix, _, rest = pattern.rpartition(":")
        if not path_patterns.fits(rest, self.fields):
            return []
        filled = path_patterns.fill(rest, self.fields)
        found = path_patterns.find(self.roots[prefix], filled)
        if self.samples.variable is None and ("*" in filled or path_patterns.placeholders(filled)):
            found = [m for m in found if m.path != self.path and m.path not in self.beside]
        return [(m.path, m.fields) for m in found]

    def missed(self, pattern: str) -> Sequence[tuple[str, str]]:
        """Return the reason and detail of each file that a path pattern nearly matches for this image."""
        prefix, _, rest = pattern.rpartition(":")
        root = self.roots[prefix]
        found = path_misses.misses(root, path_patterns.fill(rest, self.fields))
        found += path_misses.other_zeros(root, rest, self.fields)
        return [(miss.reason, f"{miss.name}: {miss.detail}") for miss in found]

    def reading(self) -> Reading:
        """Return the options for reading the image."""
        spacing = self.samples.spacing_mm
        return Reading(
            part=self.part,
            variable=self.samples.variable or "",
            stack=spacing is not None,
            spacing_mm=spacing if isinstance(spacing, tuple) else (),
            burned_in=self.samples.burned_in == "accept",
            dicom_modality=self.samples.dicom_modality or "",
            family="" if self.samples.dicom_modality else self.family,
            nifti_transform=self.samples.nifti_transform or "",
            length_unit=self.samples.length_unit or "",
        )

    def annotations(self, image: Image, plugins: Plugins) -> list[Annotations | DataFault]:
        """Read every labels entry, in order; for an unusable one, return its fault instead."""
        transform, unit = self.samples.nifti_transform or "", self.samples.length_unit or ""

        def as_stated(how: Reading) -> Reading:
            return replace(how, nifti_transform=transform, length_unit=unit)

        request = Request(
            image=image,
            fields=self.fields,
            find=self.find,
            show=self.show,
            read_labels=lambda path, how: plugins.read_labels(path, as_stated(how)),
            read_image=lambda path, how: plugins.read_image(path, as_stated(how)),
            path=self.path,
            part=self.part,
            own_labels=lambda: plugins.own_labels(self.path, self.part),
            rows=self.rows,
            dicom_modality=self.samples.dicom_modality or "",
            parts=plugins.parts,
            missed=self.missed,
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
        return unicode_names.printable(path)
    for prefix, root in roots.items():
        below = name_below(root, path)
        if below is not None:
            name = unicode_names.printable(below)
            return f"{prefix}:{name}" if prefix else name
    return unicode_names.printable(path.name)


def name_below(root: Path, path: Path) -> str | None:
    """Return a path relative to a root, with slashes; None if it does not lie there.

    Each image of a list is named several times, and `Path.relative_to` makes a path of its parts.

    >>> name_below(Path("/data"), Path("/data/a/b.png")), name_below(Path("/data"), Path("/data2/b.png"))
    ('a/b.png', None)
    """
    whole, top = path.as_posix(), root.as_posix()
    if whole.startswith(top if top.endswith("/") else f"{top}/"):
        return whole[len(top) :].removeprefix("/") or "."
    # the root itself, and roots such as `.`, whose names do not begin with it
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else None


def unchanged_image(unit: Unit, sha256: str, plugins: Plugins) -> Image:
    """Read the image of a unit again. Raises DataFault if its files had another digest at ingest."""
    files = plugins.members(unit.path)
    fault = None
    with digesting(files) as found:
        try:
            image = plugins.read_image(unit.path, unit.reading())
        except DataFault as error:
            fault = error
    if found() != sha256:
        raise DataFault("unreadable", unit.path, "the file has changed since it was ingested")
    if fault is not None:
        raise fault
    return image
