"""`raw_sources/<source>/recipe.yaml`: where a data set's images and labels are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import pydantic

from benchsmith.documents import recipe_placeholders, shipped, text_file, yaml
from benchsmith.documents.labels import Labels, PathPattern, Table, Text, files, one
from benchsmith.documents.problems import Problems
from benchsmith.text import urls

ARCHIVE_ENDINGS = (".whl", ".gz", ".tgz", ".bz2", ".xz", ".tar", ".zip", ".egg")
PLAIN_PIN = re.compile(r"([A-Za-z0-9]+(?:[._-]+[A-Za-z0-9]+)*)(==[0-9]+(\.[0-9]+)*)?")
"""Names and versions that can mean nothing else; others are parsed."""


def _pinned(text: str) -> str:
    """Return a distribution's `name` or `name==1.2` (PEP 508) if it is unambiguous."""
    hint = "give `name` or `name==1.2`"
    plain = PLAIN_PIN.fullmatch(text)
    if plain and not plain[1].lower().endswith(ARCHIVE_ENDINGS):
        return text  # most are plain, and the parser's modules take longer than all documents
    from packaging.requirements import InvalidRequirement, Requirement

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
    text = urls.spelt_out(text)
    if fault := urls.problem(text) or urls.scheme_problem(text):
        raise ValueError(f"{text!r} {fault}")
    return text


UNDECIDED = "# decide:"
"""Begins the comment of a line of a drafted recipe that a person has not decided yet."""


class Data(yaml.Document):
    """Where a source's files are: a folder, a URL, a package, or a source distribution."""

    path: PathPattern
    url: Annotated[str, pydantic.AfterValidator(_url)] | None = None
    """Object storage or a web server; `path` is relative to it. It never contains keys."""
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
        """The URL of the folder, or None without `url`."""
        return urls.below(self.url, self.path) if self.url else None


class About(yaml.Document):
    """Metadata of the person and the picture: a column (`column:Age`), or one value for all."""

    age: Text | None = None
    sex: Text | None = None
    site: Text | None = None
    laterality: Text | None = None
    view: Text | None = None
    quality: Text | None = None
    official: Text | None = None
    phase: Text | None = None


class Every(yaml.Document):
    """Every n-th picture in a file, from the first."""

    every: Annotated[int, pydantic.Field(ge=1)]


class Region(yaml.Document):
    """A rectangle of a whole-slide image, in pixels of one level of its pyramid."""

    name: Text
    level: Annotated[int, pydantic.Field(ge=0)] = 0
    x: Annotated[int, pydantic.Field(ge=0)]
    y: Annotated[int, pydantic.Field(ge=0)]
    width: Annotated[int, pydantic.Field(ge=1)]
    height: Annotated[int, pydantic.Field(ge=1)]

    def part(self) -> str:
        """Return the region in the form that the reader of slides parses: ``level,x,y,width,height``."""
        return f"{self.level},{self.x},{self.y},{self.width},{self.height}"


Side = Annotated[float, pydantic.Field(gt=0, le=1000, allow_inf_nan=False)]
VoxelSize = tuple[Side, Side, Side]
"""z, y and x in millimetres."""


class Samples(yaml.Document):
    """Pictures of one kind, and where their labels are.

    `parts` extracts several pictures from one file: components of a 4D volume, frames of a video
    or multi-frame file, rows of an .npz file, regions of a whole-slide image. Without it, a file
    is one picture, and files that hold several are rejected.
    """

    images: PathPattern
    key: Text | None = None
    """What matches a picture with its labels, made of placeholders: `{clip}-{frame}`."""
    modality: Text
    patient: Text = "key"
    identity: Literal["check", "ignore"] = "check"
    parts: Literal["all"] | Every | tuple[int, ...] | tuple[Region, ...] | None = None
    spacing_mm: VoxelSize | Literal["unknown"] | None = None
    """Makes a volume of the pictures in a folder, or of the pages of a file: its voxel size [z, y, x]."""
    variable: Text | None = None
    """The array of an .npz or MATLAB file that is the picture."""
    slice: Literal["middle"] | None = None
    """The slice that represents a volume whose labels apply to all of it: the middle axial one."""
    window: Text | None = None
    """Id of a window in windows.tsv for all of these pictures, instead of the anatomy's own."""
    burned_in: Literal["refuse", "search", "accept"] = "refuse"
    """What to do with text burned into pictures: refuse DICOM files whose header declares it; refuse
    these and any picture in which OCR reads text that may identify a person; or accept all."""
    dicom_modality: Annotated[str, pydantic.Field(pattern="^[A-Z0-9]{1,16}$")] | None = None
    """Modality (0008,0060) of the DICOM files to read, where those of others lie in the same folder."""
    nifti_transform: Literal["sform", "qform", "las", "lps"] | None = None
    """NIfTI files: which of two differing transforms holds, or the frame of files that have none
    (`las` as nibabel reads them, `lps` as ITK does)."""
    length_unit: Literal["m", "cm", "mm", "um"] | None = None
    """Volumes: the unit of their lengths where their headers state another one."""
    about: About = About()
    labels: Annotated[tuple[Labels, ...], pydantic.Field(min_length=1)]

    @property
    def sheets(self) -> tuple[Table, ...]:
        """The labels entries that are tables."""
        return tuple(e for e in map(one, self.labels) if isinstance(e, Table))

    @pydantic.model_validator(mode="after")
    def _one_key(self) -> Samples:
        if any(entry in self.labels[:n] for n, entry in enumerate(self.labels)):
            raise ValueError(
                "two entries of `labels` are the same, so that each mark would count twice"
            )
        keys: dict[str, tuple[str, str]] = {}
        for table in self.sheets:
            if keys.setdefault(table.file, (table.key, table.key_is)) != (table.key, table.key_is):
                raise ValueError(f"two entries read {table.file!r} by different keys")
        return self


class Recipe(yaml.Document):
    """One source."""

    title: Text
    version: Text
    homepage: Annotated[str, pydantic.Field(pattern=r"^https?://")]
    licence: Text
    citation: Text
    obtain: str = ""
    """How to get the files, if they are not in a package."""
    id_space: Text | None = None
    """Sources with the same value use the same ids for the same patients."""
    labels_are: Literal["manual", "atlas", "model-output", "derived", "metadata", "synthetic"]
    note: str = ""
    verified: bool
    data: Data
    also: dict[str, Data] = pydantic.Field(default_factory=dict)
    samples: Annotated[tuple[Samples, ...], pydantic.Field(min_length=1)]

    @property
    def roots(self) -> dict[str, Data]:
        """Every root by its prefix; that of the main root is empty."""
        return {"": self.data, **self.also}


class _Draft(Recipe):
    """A drafted recipe, whose licence may be empty."""

    licence: str


class Source(NamedTuple):
    """A recipe with its id and its folder."""

    id: str
    folder: Path
    """The project's folder for the source's data, also if its recipe is a shipped one."""
    path: Path
    """The recipe's file."""
    recipe: Recipe


def source_ids(home: Path) -> list[str]:
    """Return the ids of all sources that have a recipe, sorted."""
    found = shipped.files(home / "raw_sources", "*/recipe.yaml", home)
    return [path.parent.name for path in found]


def read(folder: Path) -> Source:
    """Return the source in a folder of `raw_sources/`. Raises DocumentError."""
    problems = Problems(folder.parents[1])
    source = collect(folder, problems)
    problems.raise_any()
    assert source is not None
    return source


def collect(folder: Path, problems: Problems) -> Source | None:
    """Return the source in a folder of `raw_sources/`, adding every problem to `problems`.

    Returns None if the recipe does not fit its model.
    """
    path = shipped.effective(folder / "recipe.yaml", problems.home)
    for number, key, why in _undecided(path):
        hint = "correct the line if needed, then delete the comment"
        problems.add(path, number, f"`{key}` is not decided yet: {why}", hint)
    return _checked(folder, path, Recipe, problems)


def collect_draft(folder: Path, problems: Problems) -> tuple[Source | None, int]:
    """Return a source whose recipe may be a draft, and its number of undecided lines.

    Its licence may be empty. Such a source can be looked at, but not built.
    """
    path = shipped.effective(folder / "recipe.yaml", problems.home)
    return _checked(folder, path, _Draft, problems), len(_undecided(path))


def _checked(folder: Path, path: Path, model: type[Recipe], problems: Problems) -> Source | None:
    recipe, lines = yaml.collect(path, model, problems)
    if recipe is None:
        return None
    for i, entry in enumerate(recipe.samples):
        for where, pattern in _patterns(entry):
            root = pattern.rpartition(":")[0]
            if root and root != "recipe" and root not in recipe.also:
                problems.add(
                    path,
                    lines.of(("samples", i, *where)),
                    f"{pattern!r} starts with a root that is not in `also`",
                )
        for misuse in recipe_placeholders.misuses(entry):
            place = lines.of(("samples", i, *misuse.where))
            problems.add(path, place, misuse.what, misuse.hint)
        values = {"modality": entry.modality, "patient": entry.patient, **dict(entry.about)}
        for key, value in values.items():
            if value and value.startswith("column:") and not entry.sheets:
                problems.add(
                    path,
                    lines.of(("samples", i, key)),
                    f"`{key}` names a column, but there is no table among the labels",
                )
    return Source(folder.name, folder, path, recipe)


def _undecided(path: Path) -> list[tuple[int, str, str]]:
    """Return the lines of a drafted recipe that nobody has decided: number, key and reason."""
    try:
        lines = text_file.lines(path)
    except (OSError, UnicodeDecodeError):
        return []  # what reads the document reports it
    found = []
    for number, line in enumerate(lines, start=1):
        before, mark, why = line.partition(UNDECIDED)
        if mark and not before.lstrip().startswith("#") and before.count('"') % 2 == 0:
            key = before.strip().removeprefix("- ").partition(":")[0]
            found.append((number, key, why.strip()))
    return found


def line_of_root(source: Source, prefix: str) -> int:
    """Return the line of a root's URL; the main root's prefix is empty."""
    _, lines = yaml.collect(source.path, Recipe, Problems(source.folder))
    return lines.of((*(("also", prefix) if prefix else ("data",)), "url"))


def _patterns(entry: Samples) -> list[tuple[tuple[Any, ...], str]]:
    found: list[tuple[tuple[Any, ...], str]] = [(("images",), entry.images)]
    for i, labels in enumerate(entry.labels):
        found += [(("labels", i), file) for file in files(labels)]
    return found
