"""Files that hold many pictures with their labels: MedMNIST's .npz, and Parquet of the Hub."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchsmith.core.contracts import DataFault, Plugins
from benchsmith.drafting.recipes.folder_listing import Entry
from benchsmith.drafting.recipes.proposal import EACH, Labels, Samples

MOST_CLASSES = 200
SOME = 200


def npz(root: Path, entry: Entry, readers: Plugins) -> Samples | str:
    """Return the entry of a file in MedMNIST's layout, or why the file does not have this layout."""
    path = root / entry.path
    try:
        parts = list(readers.parts(path))
        step = max(1, len(parts) // SOME)
        rows = [np.atleast_1d(readers.own_labels(path, p)) for p in parts[::step]]
        from benchsmith.core.contracts import Reading

        planar = readers.read_image(path, Reading(part=parts[0])).planar
    except (DataFault, IndexError) as fault:
        return str(fault)
    several = len(rows[0]) > 1
    numbers = range(len(rows[0])) if several else sorted({int(r[0]) for r in rows})
    if several is False and step > 1:
        numbers = range(max(numbers) + 1)
    labels = Labels({"kind": "arrays", "names": {int(n): f"class {n}" for n in numbers}})
    labels.decide["names"] = "what do these numbers mean?"
    labels.names_stated = False
    found = Samples(entry.path, patient=EACH, parts="all", labels=[labels])
    if not planar:
        found.slice = "middle"
        found.decide["slice"] = "labels apply to whole volumes; questions show the middle slice"
    return found


def parquet(root: Path, entry: Entry) -> Samples | str:
    """Return the entry of a Parquet file of the Hub, or why the file is not one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(root / entry.path)
    except (pa.ArrowInvalid, OSError) as error:
        return str(error)
    pictures = [f.name for f in schema if pa.types.is_struct(f.type)]
    columns = [
        f.name
        for f in schema
        if f.name not in pictures
        and (pa.types.is_integer(f.type) or pa.types.is_string(f.type))
        and any(w in f.name.lower() for w in ("label", "class", "finding", "diagnos", "category"))
    ]
    if not pictures or not columns:
        return "has no column of pictures with a column of labels"
    labels = Labels({"kind": "columns", "labels": columns})
    labels.decide["labels"] = "are these columns the labels?"
    return Samples(entry.path, patient=EACH, parts="all", labels=[labels])
