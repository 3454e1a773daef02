"""Script files with the explorer's data: a page opened by a double click can load nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SMALL_PER_SHARD, FULL_PER_SHARD, FACTS_PER_SHARD = 48, 12, 200
"""Pictures and questions in a file: about a quarter of a megabyte each."""


def write_shard(folder: Path, name: str, value: Any) -> None:
    """Write `<name>.js`, which hands a JSON value to the page's function `shard`."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # JSON is JavaScript, but these two end a line in older engines
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    (folder / f"{name}.js").write_text(f'shard("{name}",{text});\n', "utf-8", newline="\n")


def read_shard(path: Path) -> Any:
    """Return the value of a file that :func:`write_shard` wrote. Raises OSError, or ValueError for others."""
    text = path.read_text("utf-8")
    begin, end = f'shard("{path.stem}",', ");\n"
    if not (text.startswith(begin) and text.endswith(end)):
        raise ValueError(f"{path} is no shard")
    return json.loads(text[len(begin) : -len(end)])


class ShardWriter:
    """Values that are written to `<kind>-<number>.js`, `size` in each file."""

    def __init__(self, folder: Path, kind: str, size: int) -> None:
        self._folder, self._kind, self._size = folder, kind, size
        self._values: list[Any] = []
        self._written = 0

    def add(self, value: Any) -> None:
        """Append a value; value n is at position n % size of file n // size."""
        self._values.append(value)
        if len(self._values) == self._size:
            self.flush()

    def flush(self) -> None:
        """Write the values that are waiting."""
        if self._values:
            write_shard(self._folder, f"{self._kind}-{self._written:05d}", self._values)
            self._written += 1
            self._values = []


@contextmanager
def shard_writer(folder: Path, kind: str, size: int) -> Iterator[ShardWriter]:
    """Open a writer; its last file is written at the end."""
    writer = ShardWriter(folder, kind, size)
    yield writer
    writer.flush()
