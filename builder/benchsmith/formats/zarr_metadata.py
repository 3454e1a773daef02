"""The metadata of a Zarr store, read without the library: JSON files of versions 2 and 3."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchsmith.core.contracts import DataFault
from benchsmith.imaging import byte_stream

NAMES = ("zarr.json", ".zarray", ".zgroup")
"""The file that makes a folder a node of a store: of version 3, or an array or group of version 2."""
MAX_BYTES = 16 << 20


def is_store(folder: Path) -> bool:
    """Return whether a folder is an array or a group of a Zarr store."""
    return any((folder / name).is_file() for name in NAMES)


def top(files: Sequence[Path]) -> Path | None:
    """Return the outermost folder of a store's files; None if they belong to no store."""
    homes = {p.parent for p in files if p.name in NAMES}
    return min(homes, key=lambda p: (len(p.parts), str(p))) if homes else None


def node(folder: Path) -> Mapping[str, Any]:
    """Return the metadata of an array or group, with its attributes under `attributes`.

    A group of either version has ``node_type`` ``group``, an array ``array``. Raises DataFault.
    """
    if (folder / "zarr.json").is_file():
        found = _json(folder / "zarr.json")
        if found.get("zarr_format") != 3 or found.get("node_type") not in ("group", "array"):
            raise DataFault("header", folder, "its zarr.json is of no version 3 node")
        return found
    for name, kind in ((".zarray", "array"), (".zgroup", "group")):
        if (folder / name).is_file():
            found = _json(folder / name)
            if found.get("zarr_format") != 2:
                what = f"its {name} is of version {found.get('zarr_format')!r}, not 2"
                raise DataFault("header", folder, what)
            own = folder / ".zattrs"
            return {**found, "node_type": kind, "attributes": _json(own) if own.is_file() else {}}
    raise DataFault("header", folder, "is neither an array nor a group of a Zarr store")


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(byte_stream.whole(path, MAX_BYTES).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise DataFault("header", path, f"is not valid JSON: {error}") from error
    if not isinstance(found, dict):
        raise DataFault("header", path, "is not a JSON object")
    return found
