"""`adopted_sets/<name>.yaml`: how to read the files of an existing benchmark as questions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

import pydantic

from benchsmith.documents import yaml
from benchsmith.documents.ids import ID, ID_HINT
from benchsmith.documents.labels import Text
from benchsmith.documents.problems import DocumentError, Problem, Problems, did_you_mean

NOT_STATED = "not stated"
"""What stands where a benchmark says nothing."""
FOLDER = "adopted_sets"
"""The folder of a project with its recipes for existing benchmarks."""
ENDINGS = (".parquet", ".json", ".jsonl", ".ndjson", ".csv", ".tsv")
"""Endings of files that hold rows."""
MAX_PATTERN = 1_000
"""Characters of a path."""
PLACE = re.compile(r"\{([^{}:]+)(?::0(\d{1,2}))?\}")
"""A placeholder of a picture's path: a column, and the width to which zeros fill a number."""


def _inside(text: str) -> str:
    if text.startswith(("/", "~")) or "\\" in text or ".." in text.split("/"):
        raise ValueError(f"{text!r} is not a path inside the data folder")
    if len(text) > MAX_PATTERN:
        raise ValueError(f"is longer than {MAX_PATTERN} characters")
    return text


def _rows_file(text: str) -> str:
    if not text.lower().endswith(ENDINGS):
        raise ValueError(f"{text!r} ends in none of {', '.join(ENDINGS)}")
    if any("**" in part and part != "**" for part in text.split("/")):
        raise ValueError(f"{text!r}: `**` must stand for whole folders, as in `**/*.json`")
    return _inside(text)


def _template(text: str) -> str:
    rest = PLACE.sub("", text)
    if "{" in rest or "}" in rest or not PLACE.search(text):
        raise ValueError(f"{text!r} has no {{column}}, or a brace that is not part of one")
    return _inside(text)


RowsFile = Annotated[Text, pydantic.AfterValidator(_rows_file)]
"""A file with rows, relative to the data folder; `*` and `**` stand for any name."""


class Named(yaml.Document):
    """A value that a column states: `names` replaces the set's words, `otherwise` all other words."""

    column: Text
    names: dict[str, str] = pydantic.Field(default_factory=dict)
    otherwise: Text | None = None


class Join(yaml.Document):
    """A second file whose rows complete the rows of the first, such as answers beside questions."""

    files: RowsFile
    at: Text | None = None
    on: Text
    """The column that has the same value in both."""


class Picture(yaml.Document):
    """Where a row's picture is: in columns, or in a file.

    `columns` hold the bytes of a picture file, a mapping with `bytes`, or base64. With `shared_by`, a
    cell of at most 64 characters is the value of that column in another row, and names that row's picture.
    """

    columns: tuple[Text, ...] = ()
    shared_by: Text | None = None
    path: Annotated[Text, pydantic.AfterValidator(_template)] | None = None
    """A path such as `images/{image_id:012}.jpg`; placeholders are columns."""

    @pydantic.model_validator(mode="after")
    def _one_place(self) -> Picture:
        if bool(self.columns) == bool(self.path):
            raise ValueError("give either `columns` or `path`")
        if self.shared_by and not self.columns:
            raise ValueError("`shared_by` needs `columns`")
        return self


class Options(yaml.Document):
    """Where a row's options are: one column each, one column for all, the question, or the recipe."""

    columns: tuple[Text, ...] = ()
    column: Text | None = None
    """A list, a mapping of letters, a list of letter and text, or a text such as `A: one, B: two`."""
    in_question: bool = False
    """Whether the question's text lists them: `A. one B. two`. They are cut off the question. Beside
    columns that hold them, they are only cut."""
    fixed: tuple[Text, ...] = ()
    """The same for all rows, such as `[Yes, No]`; a row with another answer is an open question."""

    @pydantic.model_validator(mode="after")
    def _one_place(self) -> Options:
        listed = bool(self.columns) + bool(self.column)
        if listed + bool(self.fixed) + (self.in_question and not listed) != 1:
            raise ValueError("give one of `columns`, `column`, `in_question` and `fixed`")
        return self


class Answer(yaml.Document):
    """Which option is right: by its letter, its number or its text."""

    column: Text
    form: Literal["letter", "index", "text"]
    first: Literal[0, 1] = 0
    """The number of the first option, for `index`."""
    first_word: bool = False
    """Whether only the first word counts, for `text`: `No, the heart is normal.` is `No`."""


class Rows(yaml.Document):
    """Files with rows of one kind, and the meaning of their columns.

    A column inside another is named with a dot: `image.path`. `_file`, `_folder`, `_stem` and `_split`
    are the path of the row's file, the name of its folder, its name without ending, and the first word
    of that.
    """

    files: Annotated[
        tuple[RowsFile, ...],
        pydantic.Field(min_length=1),
        pydantic.BeforeValidator(lambda given: (given,) if isinstance(given, str) else given),
    ]
    """Patterns of paths; one alone may be written without a list."""
    at: Text | None = None
    """Where a JSON file has the list of rows: `annotations`."""
    separator: Literal[",", ";", "\t", "|"] | None = None
    """What separates the cells of a CSV or TSV file, if its ending does not say so."""
    encoding: Literal["utf-8", "utf-16", "cp1252", "latin-1", "gb18030", "shift_jis"] = "utf-8"
    """Of CSV and TSV files."""
    join: Join | None = None
    only: dict[str, tuple[str, ...]] = pydantic.Field(default_factory=dict)
    """Accepted values by column; other rows are left out as `row-unwanted`."""
    open: dict[str, tuple[str, ...]] = pydantic.Field(default_factory=dict)
    """Values by column that mark a question as open."""
    id: Text | None = None
    question: Text
    remove: tuple[str, ...] = ()
    """Texts that are removed from questions and options, such as `<image>`."""
    picture: Picture
    options: Options
    answer: Answer | None = None
    """Without it the answers are hidden."""
    split: Text | Named = "test"
    task: Text | Named = NOT_STATED
    modality: Text | Named = NOT_STATED
    department: Text | Named = NOT_STATED
    granularity: Literal["image", "box", "mask", "contour"] | Named = "image"
    language: Text | Named | None = None
    """The language of the question, as a code such as `en`; by default the recipe's."""
    source: Text | Named | None = None
    """The data set of the picture; by default the name of the recipe."""
    patient: Text | None = None
    """The column of the patient. Without it each picture counts as one person's."""


class Adoption(yaml.Document):
    """One existing benchmark."""

    title: Text
    version: Text
    homepage: Annotated[str, pydantic.Field(pattern=r"^https?://")]
    licence: Text
    citation: Text
    obtain: str = ""
    """How to get the files."""
    note: str = ""
    """Where the layout was read, and what was not seen."""
    verified: bool
    """Whether the recipe was run on the benchmark's own files."""
    language: Text = "en"
    """Of the questions, unless an entry of `rows` says another."""
    rows: Annotated[tuple[Rows, ...], pydantic.Field(min_length=1)]


def names(home: Path) -> list[str]:
    """Return the names of a project's recipes for existing benchmarks, sorted."""
    return sorted(p.stem for p in (home / FOLDER).glob("*.yaml"))


def read(recipe: str, home: Path) -> tuple[str, Adoption]:
    """Return the name and content of a recipe, given by its name or the path of a file.

    Raises DocumentError with every problem.
    """
    path = Path(recipe) if recipe.endswith((".yaml", ".yml")) else home / FOLDER / f"{recipe}.yaml"
    if not path.is_file():
        known = ", ".join(names(home)) or "none"
        hint = did_you_mean(recipe, names(home)) or f"there are {known}; or name a .yaml file"
        raise DocumentError([Problem.without_place(f"there is no recipe {recipe!r}", hint)])
    problems = Problems(home)
    found, _ = yaml.collect(path.resolve(), Adoption, problems)
    if not re.fullmatch(ID, path.stem):
        what = f"{path.stem!r} is not an id"
        problems.add(path, 1, what, "use lower-case letters, digits and single hyphens")
    problems.raise_any()
    assert found is not None
    return path.stem, found


def collect(home: Path, problems: Problems) -> None:
    """Add every problem of a project's recipes for existing benchmarks to `problems`."""
    for path in sorted((home / FOLDER).glob("*.yaml")):
        yaml.collect(path, Adoption, problems)


def checked_name(name: str, home: Path) -> str:
    """Return the name of a release if it is an id and no benchmark of the project has it.

    Raises DocumentError.
    """
    if not re.fullmatch(ID, name):
        raise DocumentError([Problem.without_place(f"{name!r} is not an id", ID_HINT)])
    if (home / "benchmarks" / f"{name}.yaml").is_file():
        what = f"{name} is a benchmark of this project"
        raise DocumentError([Problem.without_place(what, "name the release with --as NAME")])
    return name
