"""`benchmarks/<name>.yaml`: the whole file."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import pydantic

from benchsmith.core.evidence import RECOGNITION
from benchsmith.core.skill_table import IN_PAIRS, ON_FACTS
from benchsmith.documents import yaml
from benchsmith.documents.benchmark.audit_marks import Marks
from benchsmith.documents.benchmark.editions import Editions
from benchsmith.documents.benchmark.question_settings import (
    Options,
    Picture,
    Prominence,
    Several,
    Truth,
)
from benchsmith.documents.benchmark.selection_settings import Near, Quality, Quota, Slices, Split
from benchsmith.documents.benchmark.skill_settings import (
    Margins,
    PerSkill,
    Skill,
)
from benchsmith.documents.benchmark.tolerated import Tolerate
from benchsmith.documents.benchmark.types import NonEmpty
from benchsmith.documents.problems import Problems
from benchsmith.text.languages import ENGLISH

View = Literal["image", "box", "mask", "contour"]
Counterfactual = Literal["erase", "move", "mirror", "turn", "shift"]


def n_of_m(text: str) -> str:
    """Return a text such as ``2 of 3``, or an empty one. Raises ValueError for any other text."""
    found = re.fullmatch(r"([1-9]\d*) of ([1-9]\d*)", text)
    if text and (found is None or int(found[1]) > int(found[2])):
        raise ValueError("write it as `2 of 3`: right passes of all passes")
    return text


def _date(value: object) -> object:
    """Return a date as text; YAML reads it as a date. Raises ValueError for another text."""
    text = value.isoformat() if isinstance(value, date) else value
    if isinstance(text, str) and text:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            raise ValueError("write it as `2026-11-29`")
        date.fromisoformat(text)
    return text


class Benchmark(yaml.Document):
    """A benchmark to build."""

    title: NonEmpty
    description: str
    version: Annotated[str, pydantic.Field(pattern=r"^\d+\.\d+\.\d+$")] = "1.0.0"
    published: Annotated[str, pydantic.BeforeValidator(_date)] = ""
    """The date of this version, `2026-11-29`; the clock is never read, so that bytes stay the same."""
    language: str = ENGLISH
    """The language of questions and options."""
    seed: int
    sources: Annotated[tuple[str, ...], pydantic.Field(min_length=1)]
    subset: str = ""
    """A query on the tree: only targets that match it are selected and asked about."""
    views: Annotated[tuple[View, ...], pydantic.Field(min_length=1)] = (
        "image",
        "box",
        "mask",
        "contour",
    )
    answers: Annotated[tuple[Literal["one", "several"], ...], pydantic.Field(min_length=1)] = (
        "one",
    )
    """`several` adds questions about all labels of pictures that show several."""
    skills: Annotated[tuple[Skill, ...], pydantic.Field(min_length=1)] = ("recognition",)
    """The skills of the questions: recognition, or others."""
    chains: bool = False
    """Whether the facts that derived questions rest on are asked first, as questions of their own."""
    margins: Margins = Margins()
    per_skill: PerSkill = PerSkill()
    counterfactuals: tuple[Counterfactual, ...] = ()
    """Ways to alter pictures: questions are asked once more about a picture that was changed in one
    of these ways, where the new answer is known."""
    slices: Slices = Slices()
    quality: Quality = Quality()
    quota: Quota = Quota()
    near: Near = Near()
    split: Split = Split()
    contamination: tuple[NonEmpty, ...] = ()
    """Folders of pictures from training sets or other benchmarks: copies of them are left out."""
    hidden: tuple[Literal["val", "test"], ...] = ()
    """Splits whose answers are held out, in `output/<name>/private/`."""
    editions: Editions | None = None
    """Several draws of the hidden splits, each with its own answers and key."""
    forbidden: Literal["leave-out", "ids", "keep"] = "leave-out"
    """What happens to a source whose licence forbids redistributing its pictures: it is left out;
    or its questions are published without pictures; or it is kept, for local use."""
    drop_blind_solved: Annotated[str, pydantic.AfterValidator(n_of_m)] = ""
    """`2 of 3`: leave out targets that a model solved without the picture in so many passes."""
    options: Options = Options()
    several: Several = Several()
    truth: Truth = Truth()
    prominence: Prominence = Prominence()
    picture: Picture = Picture()
    reply_tokens: Annotated[int, pydantic.Field(ge=16, le=131_072)] = 2048
    """How many tokens a model may write in the tasks that are exported to other tools."""
    link_pictures: bool = False
    """Whether equal picture files of a release are one file with several names."""
    exports: tuple[str, ...] = (
        "parquet",
        "vlmevalkit",
        "rehydrate",
        "provenance",
        "attribution",
        "croissant",
        "card",
        "validity",
        "report",
    )
    tolerate: Tolerate = Tolerate()
    audit: Marks = Marks()

    @property
    def skilled(self) -> bool:
        """Whether it asks for a skill other than recognition."""
        return set(self.skills) != {RECOGNITION}

    @property
    def needs_facts(self) -> bool:
        """Whether one of its skills needs facts of whole structures."""
        return bool(ON_FACTS & {*self.skills})

    @property
    def paired(self) -> bool:
        """Whether it also asks about altered pictures."""
        return bool(self.counterfactuals) or bool(IN_PAIRS & {*self.skills})

    @pydantic.model_validator(mode="after")
    def _consistent(self) -> Benchmark:
        for name in self.hidden:
            if not getattr(self.split, name):
                raise ValueError(f"`hidden` names the split `{name}`, but its share is 0")
        if self.editions is not None and not self.hidden:
            raise ValueError("`editions` are draws of hidden splits, but `hidden` names none")
        for source in self.tolerate.sources:
            if source not in self.sources:
                raise ValueError(f"`tolerate.sources` names {source!r}, which is not in `sources`")
        if self.forbidden == "ids":
            if self.hidden:
                raise ValueError(
                    "`forbidden: ids` and `hidden` exclude each other: the instructions to redraw"
                    " a picture reveal its answer"
                )
            if "rehydrate" not in self.exports:
                raise ValueError("`forbidden: ids` needs `rehydrate` among the exports")
        if "explorer" in self.exports and "parquet" not in self.exports:
            raise ValueError(
                "the export `explorer` shows the rows of `parquet`: add it to the exports"
            )
        return self


def read(path: Path) -> Benchmark:
    """Return the benchmark of a file in `benchmarks/`. Raises DocumentError with every problem.

    Only the file itself is checked; :func:`benchsmith.documents.library.read_benchmark` also
    checks what it refers to.
    """
    return yaml.read(path, Benchmark, path.parent.parent)


def collect(path: Path, problems: Problems) -> tuple[Benchmark | None, yaml.Lines]:
    """Return a benchmark and its lines; None, with the problems added, if it has any."""
    return yaml.collect(path, Benchmark, problems)
