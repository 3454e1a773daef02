"""`raw_sources/<source>/recipe.yaml`: where a data set's images and labels are; no code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import pydantic

from builder import patterns
from builder.documents import yaml
from builder.documents.problems import Problems


def _pattern(text: str) -> str:
    root, _, path = text.rpartition(":")
    if fault := patterns.problem(path):
        raise ValueError(f"{text!r} {fault}")
    if root and not root.isidentifier():
        raise ValueError(f"{text!r} has no root before the colon")
    return text


PathPattern = Annotated[str, pydantic.AfterValidator(_pattern)]
Text = Annotated[str, pydantic.Field(min_length=1)]


def _with_zero(background: tuple[int, ...]) -> tuple[int, ...]:
    if 0 not in background:
        raise ValueError("0 must be background: label volumes are zero where nothing is marked")
    return background


Background = Annotated[tuple[int, ...], pydantic.AfterValidator(_with_zero)]
Pinned = Annotated[str, pydantic.Field(pattern=r"^[A-Za-z0-9._-]+(==[A-Za-z0-9.]+)?$")]


class Data(yaml.Document):
    """Where a source's files are: a folder, an installed package, or a source distribution."""

    path: PathPattern
    package: Pinned | None = None
    sdist: Pinned | None = None
    sha256: Annotated[str, pydantic.Field(pattern="^[0-9a-f]{64}$")] | None = None

    @pydantic.model_validator(mode="after")
    def _one_kind(self) -> Data:
        if self.package and self.sdist:
            raise ValueError("`package` and `sdist` exclude each other")
        if self.sdist and not (self.sha256 and "==" in self.sdist):
            raise ValueError("an sdist needs its version (name==1.2) and its sha256")
        return self


class Volume(yaml.Document):
    """A label volume or an indexed mask: one file, one value a structure."""

    kind: Literal["volume"]
    file: PathPattern
    names: dict[int, Text] | None = None
    names_file: PathPattern | None = None
    background: Background = (0,)
    grid: Literal["same", "resample"] = "same"
    exhaustive: bool = False

    @pydantic.model_validator(mode="after")
    def _named(self) -> Volume:
        if (self.names is None) == (self.names_file is None):
            raise ValueError("give `names` or `names_file`, one of them")
        return self


class Masks(yaml.Document):
    """One mask file a structure; its name, or a part of it, is the label."""

    kind: Literal["masks"]
    file: PathPattern
    only: tuple[Text, ...] | None = None
    grid: Literal["same", "resample"] = "same"
    exhaustive: bool = False

    @pydantic.field_validator("file")
    @classmethod
    def _has_label(cls, file: str) -> str:
        if "label" not in patterns.placeholders(file):
            raise ValueError(f"{file!r} has no {{label}}")
        return file


class Instances(yaml.Document):
    """One value an instance, all instances with one label."""

    kind: Literal["instances"]
    file: PathPattern
    label: Text
    background: Background = (0,)
    exhaustive: bool = False


class Count(yaml.Document):
    """How many instances each tile of a picture shows: image-level findings on crops."""

    kind: Literal["count"]
    file: PathPattern
    tiles: tuple[int, int]
    smallest_px: Annotated[int, pydantic.Field(ge=1)] = 40
    background: Background = (0,)
    group: Text = "count"


class Sheet(yaml.Document):
    """A table with one row a picture."""

    kind: Literal["sheet"]
    file: PathPattern
    key: Text
    labels: Annotated[tuple[Text, ...], pydantic.Field(min_length=1)]


Labels = Annotated[Volume | Masks | Instances | Count | Sheet, pydantic.Field(discriminator="kind")]


class Samples(yaml.Document):
    """Pictures of one kind, and where their labels are."""

    images: PathPattern
    modality: Text
    patient: Text = "key"
    labels: Annotated[tuple[Labels, ...], pydantic.Field(min_length=1)]

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The sheets, whose rows say which pictures there are, and of whom."""
        return tuple(e for e in self.labels if isinstance(e, Sheet))


class Recipe(yaml.Document):
    """One source."""

    title: Text
    version: Text
    homepage: Annotated[str, pydantic.Field(pattern=r"^https?://")]
    licence: Text
    citation: Text
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
        for key in ("modality", "patient"):
            if getattr(entry, key).startswith("column:") and not entry.sheets:
                problems.add(
                    path,
                    lines.of(("samples", i, key)),
                    f"`{key}` names a column, but there is no sheet",
                )
    return Source(folder.name, folder, recipe)


def _patterns(entry: Samples) -> list[tuple[tuple[Any, ...], str]]:
    found: list[tuple[tuple[Any, ...], str]] = [(("images",), entry.images)]
    for i, labels in enumerate(entry.labels):
        found.append((("labels", i, "file"), labels.file))
        if isinstance(labels, Volume) and labels.names_file:
            found.append((("labels", i, "names_file"), labels.names_file))
    return found
