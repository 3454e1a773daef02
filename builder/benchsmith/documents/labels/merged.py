"""Labels of several readers of the same images, merged into one statement."""

from __future__ import annotations

from typing import Annotated, Literal

import pydantic

from benchsmith.documents import yaml
from benchsmith.documents.labels.annotation_files import Coco, Voc, Yolo
from benchsmith.documents.labels.mask_files import Colours, DicomSeg, Masks, RtStruct, Volume
from benchsmith.documents.labels.tables import Boxes, RunLengths, Sheet, Table
from benchsmith.documents.labels.types import Text
from benchsmith.text import path_patterns

READER = "reader"
"""The placeholder of a reader in the path of label files."""
OfReader = Annotated[
    Volume | Masks | Colours | DicomSeg | RtStruct | Coco | Voc | Yolo | Sheet | Boxes | RunLengths,
    pydantic.Field(discriminator="kind"),
]
OF_BOXES = (Boxes, Voc)
OF_PICTURES = (Sheet,)


class Merge(yaml.Document):
    """The labels of several readers, who are distinguished by `{reader}` in the path or by a `column`.

    `of` is the entry of one reader. With `readers` an image needs labels of each of them; otherwise
    all readers found are merged.
    """

    kind: Literal["merge"]
    of: OfReader
    how: Literal["union", "intersection", "majority", "staple", "first", "apart"]
    """What is true: what any reader states, what all state, what more than half state, the most
    likely truth (STAPLE, of masks alone), what the first reader states, or each reader's marks as
    marks of their own."""
    readers: Annotated[tuple[Text, ...], pydantic.Field(max_length=64)] = ()
    """The readers in their order; by default their names are sorted."""
    column: Text | None = None
    """Column of a table with the reader of each row."""

    @pydantic.model_validator(mode="after")
    def _tells_readers_apart(self) -> Merge:
        in_path = READER in path_patterns.placeholders(self.of.file)
        if isinstance(self.of, Table) and (self.column is None or in_path):
            raise ValueError("a table needs `column`, which distinguishes its readers")
        if not isinstance(self.of, Table) and (self.column is not None or not in_path):
            raise ValueError(f"the path of each reader's labels needs {{{READER}}}")
        if self.how == "staple" and isinstance(self.of, OF_BOXES + OF_PICTURES):
            raise ValueError(f"STAPLE merges masks; `kind: {self.of.kind}` has none")
        if self.how == "apart" and isinstance(self.of, OF_PICTURES):
            raise ValueError(
                "labels of whole pictures cannot be kept apart: they would all be true"
            )
        if len(set(self.readers)) != len(self.readers):
            raise ValueError("`readers` names a reader twice")
        return self
