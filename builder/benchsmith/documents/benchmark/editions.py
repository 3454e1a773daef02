"""The section `editions` of a benchmark file: several hidden draws from the same sources."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal

import pydantic

from benchsmith.documents import yaml
from benchsmith.documents.benchmark.types import Count
from benchsmith.documents.ids import ID

MARK = "@"
"""Between the names of a benchmark and its edition: ``demo@spring``."""


class Draw(yaml.Document):
    """One edition."""

    name: Annotated[str, pydantic.Field(pattern=f"^{ID}$")]
    part: Count
    """From 1 to `of`: the part of the hidden targets that it draws from."""
    seed: int | None = None
    """Decides which targets of its part are drawn; by default the benchmark's."""


class Editions(yaml.Document):
    """How hidden targets are divided, and the editions that draw from the parts."""

    of: Annotated[int, pydantic.Field(ge=2, le=100)] = 4
    """Number of parts. It must not change: each edition has one, whether or not others exist."""
    apart: Literal["patient", "structure"] = "patient"
    """What editions do not share: patients, or structures, which are a label in an image."""
    draws: Annotated[tuple[Draw, ...], pydantic.Field(min_length=1)]

    @pydantic.model_validator(mode="after")
    def _distinct(self) -> Editions:
        for kind, values in (
            ("name", [draw.name for draw in self.draws]),
            ("part", [draw.part for draw in self.draws]),
        ):
            value, times = Counter(values).most_common(1)[0]
            if times > 1:
                raise ValueError(f"two editions have the {kind} {value}")
        if (last := max(draw.part for draw in self.draws)) > self.of:
            raise ValueError(f"there is no part {last} of {self.of}")
        return self


def split_name(name: str) -> tuple[str, str]:
    """Return the names of benchmark and edition; the latter is empty without one.

    >>> split_name("demo@spring"), split_name("demo")
    (('demo', 'spring'), ('demo', ''))
    """
    base, _, edition = name.partition(MARK)
    return base, edition
