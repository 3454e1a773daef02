"""Labels in tables: one row per picture, per box, or per run-length mask."""

from __future__ import annotations

from typing import Annotated, Literal

import pydantic

from benchsmith.documents import yaml
from benchsmith.documents.labels.mark_keys import Marks, Scored
from benchsmith.documents.labels.types import Frame, PathPattern, Text, exactly_one
from benchsmith.text import file_endings, path_patterns


class RowsAt(yaml.Document):
    """Which row a numbered picture has: picture `picture` has row `row`, and each next one `step` on.

    Frames that a tool extracts once a second are numbered from 1, those of a table from 0 and 25 a
    second: ``{picture: 1, row: 0, step: 25}``.
    """

    picture: int = 0
    row: int = 0
    step: Annotated[int, pydantic.Field(ge=1)] = 1

    def row_of(self, number: int) -> int:
        """Return the number of a picture's row.

        >>> RowsAt(picture=1, row=0, step=25).row_of(3)
        50
        """
        return self.row + (number - self.picture) * self.step


Cells = str | Annotated[tuple[str, ...], pydantic.Field(min_length=1)]


def cells(accepted: Cells) -> tuple[str, ...]:
    """Return the accepted cells of a column, of which there may be one."""
    return (accepted,) if isinstance(accepted, str) else accepted


class Table(yaml.Document):
    """What all tables share: where the table is, and how its rows are matched with pictures.

    CSV, TSV, Excel (.xlsx, first sheet) or JSON (a list of flat objects, or an object of them). The cells of column
    `key` are compared with the picture's key: unchanged, or without folder and extension (`stem`);
    or with the picture's path below the data folder, without extension (`path`). Placeholders in
    `file` are filled with the picture's own: each group of pictures, such as a video, has a table.
    `where` selects rows.
    """

    file: PathPattern
    key: Text
    key_is: Literal["as-is", "stem", "path"] = "as-is"
    row: Text | None = None
    """What the cells of `key` are compared with instead of the picture's key, made of placeholders:
    ``{frame}``, or ``{part}`` for the frames of a video."""
    rows_at: RowsAt | None = None
    """For numbered pictures: how the number of a row follows from that of its picture."""
    other_rows: Literal["report", "count"] = "report"
    """Rows without a picture: each is listed, or they are only counted, where the recipe reads some of
    the pictures that the table describes, such as every 25th frame."""
    columns: tuple[Text, ...] | None = None
    """Column names of a file without a header."""
    separator: Annotated[str, pydantic.Field(min_length=1, max_length=1)] | None = None
    encoding: Literal["utf-8", "latin-1", "utf-16"] = "utf-8"
    where: dict[Text, Cells] = pydantic.Field(default_factory=dict)
    """Accepted cells by column; other rows are left out."""

    @property
    def rows_id(self) -> str:
        """What distinguishes the entry's rows of a picture from those of other entries."""
        wanted = {column: cells(accepted) for column, accepted in self.where.items()}
        return f"{self.file} {wanted}" if wanted else self.file

    @pydantic.model_validator(mode="after")
    def _one_way_to_rows(self) -> Table:
        if self.key_is != "as-is" and (self.row or self.rows_at):
            raise ValueError("`row` and `rows_at` need `key_is: as-is`")
        return self

    @property
    def is_per_group(self) -> bool:
        """Whether each group of pictures has its own table."""
        return bool(path_patterns.placeholders(self.file))


PictureSize = tuple[Text, Text] | Literal["ignore"] | None
"""Columns with the width and the height, in pixels, of the picture that a row marks, which are compared with the
picture. By default those named for it, such as `width` and `height`; `ignore` if these state something else."""


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
    present: tuple[str, ...] = ()
    """Cells of `one_hot` columns that say that the label is present, where the usual ones do not."""
    absent: tuple[str, ...] = ()
    """The same of absent labels; every cell that neither has leaves its label unknown."""
    group: Text = "finding"
    """Name of the list of labels that the `one_hot` columns form."""
    delimiter: Annotated[str, pydantic.Field(min_length=1)] | None = None
    values: dict[str, Text] | None = None
    silent: tuple[str, ...] = ("",)

    @pydantic.model_validator(mode="after")
    def _has_labels(self) -> Sheet:
        if self.only_selects and not self.where:
            raise ValueError("give `labels` or `one_hot`, or `where` to select pictures alone")
        if bool(self.present) != bool(self.absent):
            raise ValueError("give both of `present` and `absent`")
        if self.present and not self.one_hot:
            raise ValueError("`present` and `absent` are cells of `one_hot` columns: give these")
        if both := sorted({*self.present} & {*self.absent}):
            raise ValueError(f"`present` and `absent` both have {both[0]!r}")
        return self

    @property
    def only_selects(self) -> bool:
        """Whether the table has no labels: it selects pictures, and has columns about them."""
        return not self.labels and not self.one_hot


class Boxes(Table, Scored, Marks):
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
    picture_size: PictureSize = None
    frame: Frame | None = None

    @pydantic.model_validator(mode="after")
    def _labelled(self) -> Boxes:
        exactly_one(self.label, self.label_column, "`label` and `label_column`")
        return self


class RunLengths(Table, Scored, Marks):
    """A table with one run-length mask per row, `start length start length ...`, counted from 1."""

    kind: Literal["run-lengths"]
    mask: Text
    """Column of the run lengths."""
    label: Text | None = None
    label_column: Text | None = None
    order: Literal["columns", "rows"] = "columns"
    """Whether pixels are counted down the columns (as on Kaggle) or along the rows."""
    starts: Literal["absolute", "relative"] = "absolute"
    """Whether a start is a pixel's number, from 1, or the pixels since the run before, from 0 (SIIM)."""
    picture_size: PictureSize = None
    frame: Frame | None = None
    silent: tuple[str, ...] = ("", "-1")

    @pydantic.model_validator(mode="after")
    def _labelled(self) -> RunLengths:
        exactly_one(self.label, self.label_column, "`label` and `label_column`")
        return self


class MaskFiles(Table, Marks):
    """A table with one row per mask file, such as CBIS-DDSM's, or crops with their place.

    `mask_at` is the path of the mask, made of the cell: `{path}` is all of it without its ending,
    `{folders}` all of its folders, `{folder}` the last one, `{name}` the file's name without its
    ending. If several files match, the one with the picture's size is read. A mask that is a crop
    lies at the columns `left` and `top`.
    """

    kind: Literal["mask-files"]
    mask: Text
    """Column with the path of the mask."""
    mask_at: PathPattern | None = None
    label: Text | None = None
    """One label for all masks."""
    label_column: Text | None = None
    left: Text | None = None
    """Column with the place of a crop's first column, in pixels from 0."""
    top: Text | None = None
    threshold: Annotated[int, pydantic.Field(ge=1)] | None = None
    resize: Literal["nearest", "stretch"] | None = None
    silent: tuple[str, ...] = ("",)
    picture_size: PictureSize = None
    frame: Frame | None = None

    @pydantic.model_validator(mode="after")
    def _labelled(self) -> MaskFiles:
        exactly_one(self.label, self.label_column, "`label` and `label_column`")
        if (self.left is None) != (self.top is None):
            raise ValueError("give both of `left` and `top`")
        if self.left is not None and self.resize is not None:
            raise ValueError("a crop with `left` and `top` is not scaled: remove `resize`")
        return self

    def pattern_of(self, cell: str) -> str:
        """Return the path pattern of a mask; empty if its cell is not a path inside the source.

        >>> entry = MaskFiles(kind="mask-files", file="m.csv", key="id", mask="roi", label="mass",
        ...                   mask_at="jpeg/{folder}/*.jpg")
        >>> entry.pattern_of("CBIS/1.3.6/000001.dcm"), entry.pattern_of("../x.png")
        ('jpeg/1.3.6/*.jpg', '')
        """
        path = cell.strip().replace("\\", "/").removeprefix("./")
        if not path or set("*{}") & set(path) or path_patterns.problem(path):
            return ""
        if self.mask_at is None:
            return path
        folder, _, name = path.rpartition("/")
        return path_patterns.fill(
            self.mask_at,
            {
                "path": file_endings.without_ending(path),
                "folders": folder,
                "folder": folder.rpartition("/")[2],
                "name": file_endings.without_ending(name),
            },
        )
