"""`raw_sources/<source>/recipe.yaml`: where a data set's images and labels are; no code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import pydantic
from packaging.requirements import InvalidRequirement, Requirement

from benchsmith.documents import yaml
from benchsmith.documents.labels import Labels, PathPattern, Table, Text, files
from benchsmith.documents.problems import Problems
from benchsmith.text import urls

ARCHIVE_ENDINGS = (".whl", ".gz", ".tgz", ".bz2", ".xz", ".tar", ".zip", ".egg")


def _pinned(text: str) -> str:
    """Return a distribution's `name` or `name==1.2` (PEP 508) if it can mean nothing else."""
    hint = "give `name` or `name==1.2`"
    try:
        found = Requirement(text)
    except InvalidRequirement:
        raise ValueError(f"{text!r} is not the name of a distribution: {hint}") from None
    version = next(iter(found.specifier)).version if found.specifier else ""
    if text != f"{found.name}{f'=={version}' * bool(version)}" or "*" in version:
        raise ValueError(f"{text!r} is more than a name and a version: {hint}")
    if found.name.lower().endswith(ARCHIVE_ENDINGS):
        raise ValueError(f"{text!r} is the name of a file: {hint}")
    return text


Pinned = Annotated[
    str,
    pydantic.Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*(==[A-Za-z0-9.!+]+)?$"),
    pydantic.AfterValidator(_pinned),
]


def _url(text: str) -> str:
    if fault := urls.problem(text) or urls.scheme_problem(text):
        raise ValueError(f"{text!r} {fault}")
    return text


class Data(yaml.Document):
    """Where a source's files are: a folder, a URL, a package, or a source distribution."""

    path: PathPattern
    url: Annotated[str, pydantic.AfterValidator(_url)] | None = None
    """Object storage or a web server; `path` is below it. Keys stand elsewhere, never here."""
    package: Pinned | None = None
    sdist: Pinned | None = None
    sha256: Annotated[str, pydantic.Field(pattern="^[0-9a-f]{64}$")] | None = None

    @pydantic.model_validator(mode="after")
    def _one_kind(self) -> Data:
        kinds = [f"`{kind}`" for kind in ("url", "package", "sdist") if getattr(self, kind)]
        if len(kinds) > 1:
            raise ValueError(f"{' and '.join(kinds)} exclude each other")
        if self.sdist and not (self.sha256 and "==" in self.sdist):
            raise ValueError("an sdist needs its version (name==1.2) and its sha256")
        return self

    @property
    def place(self) -> str | None:
        """The URL of the folder, if it is a URL's."""
        return urls.below(self.url, self.path) if self.url else None


class About(yaml.Document):
    """What is known of the person and the picture: a column (`column:Age`), or the same for all."""

    age: Text | None = None
    sex: Text | None = None
    site: Text | None = None
    laterality: Text | None = None
    view: Text | None = None
    quality: Text | None = None
    official: Text | None = None


class Every(yaml.Document):
    """Every n-th part of a file, from the first."""

    every: Annotated[int, pydantic.Field(ge=1)]


class Region(yaml.Document):
    """A rectangle of a whole-slide image: a level of its pyramid, and pixels of that level."""

    name: Text
    level: Annotated[int, pydantic.Field(ge=0)] = 0
    x: Annotated[int, pydantic.Field(ge=0)]
    y: Annotated[int, pydantic.Field(ge=0)]
    width: Annotated[int, pydantic.Field(ge=1)]
    height: Annotated[int, pydantic.Field(ge=1)]

    def spelling(self) -> str:
        """Return the region as a reader of slides takes it."""
        return f"{self.level},{self.x},{self.y},{self.width},{self.height}"


class Samples(yaml.Document):
    """Pictures of one kind, and where their labels are.

    `parts` takes several pictures out of one file: the components of a 4D volume, frames of a
    video or of a multi-frame file, rows of an .npz file, regions of a whole-slide image. Without
    it a file is one picture, and a file that holds several is refused.
    """

    images: PathPattern
    key: Text | None = None
    """What pairs a picture with its labels, made of placeholders: `{clip}-{frame}`."""
    modality: Text
    patient: Text = "key"
    parts: Literal["all"] | Every | tuple[int, ...] | tuple[Region, ...] | None = None
    slice: Literal["middle"] | None = None
    """Where a label that is said of a whole volume is looked for: on its middle axial slice."""
    window: Text | None = None
    """A window of windows.tsv for all of these pictures, instead of the anatomy's own."""
    burned_in: Literal["refuse", "accept"] = "refuse"
    """What to do with DICOM files whose header says that text is burned into the pixels."""
    about: About = About()
    labels: Annotated[tuple[Labels, ...], pydantic.Field(min_length=1)]

    @property
    def sheets(self) -> tuple[Table, ...]:
        """The tables, whose rows say which pictures there are, and of whom."""
        return tuple(e for e in self.labels if isinstance(e, Table))


class Recipe(yaml.Document):
    """One source."""

    title: Text
    version: Text
    homepage: Annotated[str, pydantic.Field(pattern=r"^https?://")]
    licence: Text
    citation: Text
    obtain: str = ""
    """How to get the files, where they are not in a package."""
    id_space: Text | None = None
    """Sources with the same word here name the same patients alike: they share them."""
    labels_are: Literal["manual", "atlas", "model-output", "derived", "metadata", "synthetic"]
    note: str = ""
    verified: bool
    data: Data
    also: dict[str, Data] = pydantic.Field(default_factory=dict)
    samples: Annotated[tuple[Samples, ...], pydantic.Field(min_length=1)]

    @property
    def roots(self) -> dict[str, Data]:
        """Every root by its prefix; the main one's is empty."""
        return {"": self.data, **self.also}


class Source(NamedTuple):
    """A recipe with its name, its folder and its lines."""

    id: str
    folder: Path
    recipe: Recipe

    @property
    def path(self) -> Path:
        """The recipe's file."""
        return self.folder / "recipe.yaml"


def read(folder: Path, problems: Problems) -> Source | None:
    """Read the recipe in a folder of `raw_sources/`; None where it has a problem."""
    path = folder / "recipe.yaml"
    recipe, lines = yaml.read(path, Recipe, problems)
    if recipe is None:
        return None
    for i, entry in enumerate(recipe.samples):
        for where, pattern in _patterns(entry):
            root = pattern.rpartition(":")[0]
            if root and root != "recipe" and root not in recipe.also:
                problems.add(
                    path,
                    lines.of(("samples", i, *where)),
                    f"{pattern!r} begins with a root that `also` does not have",
                )
        said = {"modality": entry.modality, "patient": entry.patient, **dict(entry.about)}
        for key, value in said.items():
            if value and value.startswith("column:") and not entry.sheets:
                problems.add(
                    path,
                    lines.of(("samples", i, key)),
                    f"`{key}` names a column, but there is no sheet",
                )
    return Source(folder.name, folder, recipe)


def line_of_root(source: Source, prefix: str) -> int:
    """Return the line on which a root's URL stands; the main root's prefix is empty."""
    _, lines = yaml.read(source.path, Recipe, Problems(source.folder))
    return lines.of((*(("also", prefix) if prefix else ("data",)), "url"))


def _patterns(entry: Samples) -> list[tuple[tuple[Any, ...], str]]:
    found: list[tuple[tuple[Any, ...], str]] = [(("images",), entry.images)]
    for i, labels in enumerate(entry.labels):
        found += [(("labels", i), file) for file in files(labels)]
    return found
