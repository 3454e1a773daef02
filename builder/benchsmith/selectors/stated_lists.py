"""What sources state about pictures: the lists of labels of each, and its marks, read batch by batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from benchsmith.core.absent_labels import ANY_LABEL
from benchsmith.core.model import PLANAR, Target
from benchsmith.imaging.appearance import LOOK
from benchsmith.selectors.candidate_files import CandidateFiles
from benchsmith.selectors.contradicting_lists import ListedLabels
from benchsmith.tables import coded_columns, record_tables
from benchsmith.tables import compute as pc

COLUMNS = (
    "id", "source", "sample", "patient", "modality", "kind", "group", "raw", "crop", "axis", "index",
    "entry", "label", "searched", "neighbours", "look",
)  # fmt: skip
"""Columns of targets that are read."""
DENIED_COLUMNS = ("id", "source", "patient", "modality", "denied")
"""Columns of samples that are read: a list of which no label is true gives no target."""
NameOf = Callable[[str, str, str], str]
"""Returns the label of a word, a source and a modality; empty if it has none."""
Rows = list[dict[str, Any]]


class Face(NamedTuple):
    """A picture: a plane of a sample, or a crop of one."""

    sample: str
    axis: str
    at: int
    """Index of the plane along the axis."""
    crop: tuple[int, int, int, int] | None
    """x0, y0, x1, y1, half open; None for the whole plane."""


MARKS = "\0marks of entry "
"""How the name of what an entry marks begins; no list of a source has such a name."""


class ListName(NamedTuple):
    """Tells the lists of a build apart; what an entry of a source marks counts as one."""

    source: str
    group: str
    modality: str


def face_of(row: Mapping[str, Any]) -> Face:
    """Return the picture that a row of a target is about."""
    crop = row["crop"]
    corners = None if crop is None else (crop["x0"], crop["y0"], crop["x1"], crop["y1"])
    return Face(row["sample"], row["axis"], row["index"], corners)


class StatedLists:
    """The lists of some pictures, and what is known of each list as a whole."""

    def __init__(self, name_of: NameOf) -> None:
        self._name_of = name_of
        self._labels: dict[ListName, set[str]] = defaultdict(set)
        """The labels that a list has anywhere."""
        self._several: set[ListName] = set()
        """Lists with several labels of one picture."""
        self._rows: dict[Face, Rows] = {}

    def keep(self, rows: pa.Table) -> None:
        """Keep rows of pictures whose lists are asked for later."""
        marked = pc.not_equal(rows["kind"], "image")
        lists = rows.filter(pc.invert(marked)).drop_columns(["look", "neighbours"])
        for row in [*lists.to_pylist(), *rows.filter(marked).drop_columns(["look"]).to_pylist()]:
            self._rows.setdefault(face_of(row), []).append(row)

    def batches(self, files: CandidateFiles, source: int) -> Iterator[pa.Table]:
        """Yield a source's rows that are compared and have a look, targets first, and take note of its lists."""
        for batch in _as_stated(files, source):
            rows = batch.filter(is_compared(batch))
            if rows.num_rows:
                rows = _with_mark_lists(rows)
                self._count(rows)
                yield rows.filter(pc.equal(pc.binary_length(rows["look"]), LOOK))
        for batch in files.sample_batches(source, DENIED_COLUMNS):
            rows = batch.filter(pc.greater(pc.list_value_length(batch["denied"]), 0))
            if rows.num_rows:
                yield self._denied(rows)

    def _count(self, rows: pa.Table) -> None:
        names = ["source", "group", "modality"]
        for row in (
            rows.select([*names, "label"]).group_by([*names, "label"]).aggregate([]).to_pylist()
        ):
            self._labels[ListName(*(row[n] for n in names))].add(row["label"])
        several = pc.greater(pc.list_value_length(rows["neighbours"]), 0)
        many = rows.filter(pc.or_(several, pc.not_equal(rows["kind"], "image")))
        for row in many.select(names).group_by(names).aggregate([]).to_pylist():
            self._several.add(ListName(*(row[n] for n in names)))

    def _denied(self, samples: pa.Table) -> pa.Table:
        """Return the rows of lists of which no label is true: they have no id and no label."""
        found = []
        for sample in samples.to_pylist():
            for one in sample["denied"]:
                said = {n: sample[n] for n in ("source", "patient", "modality")}
                looked = [self._name_of(w, said["source"], said["modality"]) for w in one["labels"]]
                looked = sorted(set(looked) - {""})
                self._labels[ListName(said["source"], one["group"], said["modality"])].update(
                    looked
                )
                if len(one["look"]) == LOOK:
                    found.append({
                        **said, "id": "", "sample": sample["id"], "kind": "image", "group": one["group"],
                        "raw": "", "crop": None, "axis": one["axis"], "index": one["index"],
                        "entry": 0, "label": "", "searched": {"labels": looked, "unknown": [], "elsewhere": []},
                        "neighbours": [], "look": one["look"],
                    })  # fmt: skip
        schema = pa.schema([record_tables.schema(Target).field(name) for name in COLUMNS])
        return pa.Table.from_pylist(found, schema=schema)

    def person(self, face: Face) -> tuple[str, str]:
        """Return the source and the patient of a kept picture."""
        first = self._rows[face][0]
        return first["source"], first["patient"]

    def lists(self, face: Face) -> dict[ListName, ListedLabels]:
        """Return the lists of a kept picture, once all batches were read."""
        found: dict[ListName, ListedLabels] = {}
        for row in self._rows.get(face, ()):
            name = ListName(row["source"], row["group"], row["modality"])
            marked = row["kind"] != "image"
            one = found.setdefault(name, ListedLabels(face.sample, "marks" if marked else "is"))
            if row["id"]:
                one.state(row["label"], row["raw"], row["id"])
            # a mark that is too small to be asked about has no target, but is beside others
            for beside in row["neighbours"] if marked else ():
                one.state(beside["name"], beside["name"])
            looked = set(row["searched"]["labels"])
            one.looked |= self._labels[name] if ANY_LABEL in looked else looked
            one.unknown |= set(row["searched"]["unknown"])
        return found

    def is_single(self, name: ListName) -> bool:
        """Return whether a list has one label of each picture."""
        return name not in self._several


def is_compared(rows: pa.Table) -> pa.ChunkedArray:
    """Return which rows of targets are compared: labels of whole pictures, and marks in pictures of one plane.

    Planes of two volumes that are nearly copies may be neighbours, with other marks.
    """
    return pc.or_(pc.equal(rows["kind"], "image"), pc.equal(rows["axis"], PLANAR))


def _with_mark_lists(rows: pa.Table) -> pa.Table:
    """Return rows with the name of their list; that of a mark is of its entry."""
    entry = pc.binary_join_element_wise(MARKS, pc.cast(rows["entry"], pa.string()), "")
    group = pc.if_else(pc.equal(rows["kind"], "image"), rows["group"], entry)
    return coded_columns.replace_column(rows, "group", coded_columns.as_array(group))


def _as_stated(files: CandidateFiles, source: int) -> Iterator[pa.Table]:
    """Yield a source's targets; of samples with disputed labels, all labels as the source states them."""
    disputed = files.disputed_of(source)
    samples = None if disputed is None else pc.unique(disputed["sample"])
    for _, batch in files.batches(source, COLUMNS):
        if samples is None:
            yield batch
        else:
            here = pc.is_in(coded_columns.as_array(batch["sample"]), value_set=samples)
            yield batch.filter(pc.invert(here))
    if disputed is not None:
        yield disputed.select(COLUMNS)


def looks_of(rows: pa.Table) -> np.ndarray[Any, np.dtype[np.int8]]:
    """Return the looks of rows, (n, LOOK)."""
    column = coded_columns.as_array(rows["look"])
    return np.frombuffer(b"".join(column.to_pylist()), np.int8).reshape(-1, LOOK)
