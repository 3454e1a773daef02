"""Keys that several kinds of labels share: labels made from marks, and the meaning of their absence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import pydantic

from benchsmith.documents import yaml
from benchsmith.documents.labels.types import Text

Parts = Annotated[tuple[Text | int, ...], pydantic.Field(min_length=1)]
Difference = Annotated[tuple[Text | int, ...], pydantic.Field(min_length=2)]


class Marks(yaml.Document):
    """Labels that are marks in a picture or volume."""

    exhaustive: bool = False
    """Whether the source looked for every listed label in the whole image."""
    nothing: Text | None = None
    """Label of a whole picture in which nothing is marked. The entry then also states a list of
    labels of the whole picture: those that are marked, or this one."""
    group: Text = "finding"
    """Name of that list."""

    @pydantic.model_validator(mode="after")
    def _looked_for_everything(self) -> Marks:
        if self.nothing is not None and not self.exhaustive:
            raise ValueError(
                "`nothing` needs `exhaustive: true`: otherwise the picture may show labels that "
                "were not looked for"
            )
        names = getattr(self, "names", None)
        own = [getattr(self, "label", None), *(names or {}).values()]
        if self.nothing is not None and self.nothing in own:
            raise ValueError(
                f"`nothing` is {self.nothing!r}, which the entry marks itself: give it another name"
            )
        return self


class Made(yaml.Document):
    """Labels that are made of the entry's own labels.

    `union` maps a label to the labels that it consists of. `minus` maps a label to the label that it
    is cut from, and those that are cut out of it. A part may also be a value of the mask that has no
    name; it is then not a label. A made label replaces a label of the file with the same name.
    """

    union: dict[Text, Parts] = pydantic.Field(default_factory=dict)
    minus: dict[Text, Difference] = pydantic.Field(default_factory=dict)

    @property
    def made(self) -> dict[str, tuple[str | int, ...]]:
        """Every made label with its parts."""
        return {**self.union, **self.minus}

    @pydantic.model_validator(mode="after")
    def _made_once(self) -> Made:
        if both := sorted(self.union.keys() & self.minus.keys()):
            raise ValueError(f"{both[0]!r} is in `union` and in `minus`")
        for name, (whole, *cut) in self.minus.items():
            if whole in cut:
                raise ValueError(f"{name!r} is {whole!r} minus itself: nothing is left")
        return self


class MadeOfNames(Made):
    """Made labels of a kind whose marks all have names."""

    @pydantic.model_validator(mode="after")
    def _names_alone(self) -> MadeOfNames:
        values = [p for parts in self.made.values() for p in parts if isinstance(p, int)]
        if values:
            raise ValueError(f"{values[0]} is not a label: only `kind: volume` has values as parts")
        return self


class Objects(yaml.Document):
    """Whether the marks of a label are one structure, or each connected piece is an object."""

    objects: Literal["components"] | None = None
    """`components`: each piece is a separate object. Pixels are connected by sides and corners (8
    in a picture, 26 in a volume)."""
    smallest_px: Annotated[int, pydantic.Field(ge=1)] = 1
    """Fewest pixels (voxels of a volume) of an object."""

    @pydantic.model_validator(mode="after")
    def _of_objects(self) -> Objects:
        if self.smallest_px > 1 and self.objects is None:
            raise ValueError("`smallest_px` needs `objects: components`")
        return self


class Doubted(yaml.Document):
    """Whether marks that are no sure ones are taken."""

    doubted: bool = False
    """Whether marks that their file takes back, denies or doubts are taken like others."""


class Scored(Doubted):
    """Whether marks of a model, and marks that are no sure ones, are taken."""

    confidence: bool = False
    """Whether marks that state the confidence of a model, such as a score, are taken like others."""


class OfNamedPicture(yaml.Document):
    """Files that state the name of the picture that they are about."""

    picture_name: Literal["check", "ignore"] = "check"
    """`ignore` where the pictures were renamed after they were marked."""


def check_parts(made: Mapping[str, Iterable[object]], known: Iterable[object]) -> None:
    """Raise ValueError if a made label has a part that the entry does not name."""
    names = set(known)
    for name, parts in made.items():
        for part in parts:
            if isinstance(part, str) and part not in names:
                raise ValueError(f"{name!r} consists of {part!r}, which the entry does not name")


def check_apart(some: Iterable[object], others: Iterable[object], what: str) -> None:
    """Raise ValueError if a value is in both of two lists; `what` names them."""
    if both := sorted(set(map(str, some)) & set(map(str, others))):
        raise ValueError(f"{both[0]} is in {what}")
