"""Labels that come with the pictures: in their paths, arrays or Parquet rows."""

from __future__ import annotations

from typing import Annotated, Literal

import pydantic

from benchsmith.documents import yaml
from benchsmith.documents.labels.types import Text


class Path(yaml.Document):
    """A label in the picture's own path: `images: train/{label}/{key}.jpg`.

    `field` is the name of the placeholder; `names` maps its values to labels and lists all that
    occur.
    """

    kind: Literal["path"]
    field: Text = "label"
    names: dict[str, Text] | None = None
    group: Text | None = None


class Arrays(yaml.Document):
    """Labels in the picture's own .npz file, in MedMNIST's layout: `train_labels` and so on."""

    kind: Literal["arrays"]
    names: Annotated[dict[int, Text], pydantic.Field(min_length=1)]
    """Label of each class number; of a multi-label set, of each column number."""
    group: Text = "class"


class Columns(yaml.Document):
    """Labels in columns of the Hugging Face Parquet file that holds the pictures.

    Class numbers are replaced by their names in the file. `values` maps cells to labels and lists
    all that occur; cells in `silent` are ignored.
    """

    kind: Literal["columns"]
    labels: Annotated[tuple[Text, ...], pydantic.Field(min_length=1)]
    values: dict[str, Text] | None = None
    silent: tuple[str, ...] = ("",)


class Constant(yaml.Document):
    """One label for every picture of the entry: a folder, a list, or a set of healthy people."""

    kind: Literal["constant"]
    label: Text
    group: Text = "finding"
    """Name of the list of labels; entries with the same name share their wrong options."""
