"""Labels in tables: one row per picture, per box, or per run-length mask."""

from __future__ import annotations

from typing import Annotated, Literal

import pydantic

from benchsmith.documents import yaml
from benchsmith.documents.labels.mark_keys import Marks
from benchsmith.documents.labels.types import Frame, PathPattern, Text, exactly_one

Cells = str | Annotated[tuple[str, ...], pydantic.Field(min_length=1)]


def cells(accepted: Cells) -> tuple[str, ...]:
    """Return the accepted cells of a column, of which there may be one."""
    return (accepted,) if isinstance(accepted, str) else accepted


class Table(yaml.Document):
    """What all tables share: where the table is, and how its rows are matched with pictures.

    CSV, TSV, Excel (.xlsx, first sheet) or JSON (a list of flat objects). The cells of column
    `key` are compared with the picture's key: unchanged, or without folder and extension (`stem`);
    or with the picture's path below the data folder, without extension (`path`). `where` selects
    rows.
    """

    file: PathPattern
    key: Text
    key_is: Literal["as-is", "stem", "path"] = "as-is"
    columns: tuple[Text, ...] | None = None
    """Column names of a file without a header."""
    separator: Annotated[str, pydantic.Field(min_length=1, max_length=1)] | None = None
    encoding: Literal["utf-8", "latin-1", "utf-16"] = "utf-8"
    where: dict[Text, Cells] = pydantic.Field(default_factory=dict)
    """Accepted cells by column; other rows are left out."""

    @property
    def rows_id(self) -> str:
        """What tells the entry's rows of a picture apart from those of other entries."""
        wanted = {column: cells(accepted) for column, accepted in self.where.items()}
        return f"{self.file} {wanted}" if wanted else self.file


class Sheet(Table):
    """A table with one row per picture: labels in columns, one-hot columns, or grades.

    `labels` are columns whose cells are labels, several of them if `delimiter` separates them;
    `one_hot` are columns named for a label, with 1 (or true, yes) where it applies. `values` maps
    the cells of `labels` to labels and lists all that occur; cells in `silent` are ignored. With
    `where` alone, the table selects pictures.
    """

    kind: Literal["sheet"]
    labels: tuple[Text, ...] = ()
    one_hot: tuple[Text, ...] = ()
    group: Text = "finding"
    """Name of the list of labels that the `one_hot` columns form."""
    delimiter: Annotated[str, pydantic.Field(min_length=1)] | None = None
    values: dict[str, Text] | None = None
    silent: tuple[str, ...] = ("",)

    @pydantic.model_validator(mode="after")
    def _has_labels(self) -> Sheet:
        if self.only_selects and not self.where:
            raise ValueError("give `labels` or `one_hot`, or `where` to select pictures alone")
        return self

    @property
    def only_selects(self) -> bool:
        """Whether the table has no labels: it selects pictures, and has columns about them."""
        return not self.labels and not self.one_hot


class Boxes(Table, Marks):
    """A table with one row per box: its corners in columns, its label in a column or fixed."""

    kind: Literal["boxes"]
    box: tuple[Text, Text, Text, Text]
    """Columns of the box's four numbers, in the order that `form` names."""
    form: Literal["xyxy", "xywh", "cxcywh"] = "xyxy"
    unit: Literal["px", "share"] = "px"
    label: Text | None = None
    """One label for all boxes."""
    label_column: Text | None = None
    silent: tuple[str, ...] = ("",)
    frame: Frame | None = None

    @pydantic.model_validator(mode="after")
    def _labelled(self) -> Boxes:
        exactly_one(self.label, self.label_column, "`label` and `label_column`")
        return self


class RunLengths(Table, Marks):
    """A table with one run-length mask per row, `start length start length ...`, counted from 1."""

    kind: Literal["run-lengths"]
    mask: Text
    """Column of the run lengths."""
    label: Text | None = None
    label_column: Text | None = None
    order: Literal["columns", "rows"] = "columns"
    """Whether pixels are counted down the columns (as on Kaggle) or along the rows."""
    frame: Frame | None = None
    silent: tuple[str, ...] = ("", "-1")

    @pydantic.model_validator(mode="after")
    def _labelled(self) -> RunLengths:
        exactly_one(self.label, self.label_column, "`label` and `label_column`")
        return self
