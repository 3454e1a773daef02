"""The texts of a release's files: cells, lines, names of columns, metadata of pictures."""

from __future__ import annotations

import html
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import unquote

import PIL.Image
import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith.imaging.picture_metadata import exif_fields

PICTURE_SUFFIXES = (".png", ".jpg")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{1000,}=*")
"""A picture within a text. The text around it counts: a page or a shard is one long line."""
_CODE = re.compile(r"\\u([0-9a-fA-F]{4})")
_ESCAPE = re.compile(r"\\[bfnrt]")


def plain_text(text: str) -> str:
    r"""Return a text without the escapes of JSON, HTML and URLs.

    >>> plain_text(r"M\u00fcller\nO&#39;Brien Anna%20Lee")
    "Müller O'Brien Anna Lee"
    """
    if "\\" in text:
        text = _ESCAPE.sub(" ", _CODE.sub(lambda code: chr(int(code[1], 16)), text))
    if "&" in text:
        text = html.unescape(text)
    return unquote(text) if "%" in text else text


def texts_of(path: Path) -> Iterator[str]:
    """Yield the text of a file: cells of tables, lines of text, metadata of pictures."""
    if path.suffix in PICTURE_SUFFIXES:
        yield from _metadata(path)
        return
    if path.suffix == ".tar":
        with tarfile.open(path) as members:
            for member in members:
                yield member.name
                data = members.extractfile(member)
                if data is None:
                    continue
                if Path(member.name).suffix in PICTURE_SUFFIXES:
                    yield from _metadata(data)
                else:
                    yield data.read().decode("utf-8", "replace")
        return
    if path.suffix == ".parquet":
        file = pq.ParquetFile(path)
        columns = [n for n in file.schema_arrow.names if _has_text(file.schema_arrow.field(n).type)]
        yield from (file.schema.column(i).path for i in range(len(file.schema)))
        yield from (
            word.decode("utf-8", "replace")
            for pair in (file.schema_arrow.metadata or {}).items()
            for word in pair
        )
        for batch in file.iter_batches(batch_size=1000, columns=columns):
            yield from {_text_of(value) for column in batch.columns for value in column.to_pylist()}
        return
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            yield from _BASE64.sub(" ", line).split("\t")


def _metadata(picture: Path | IO[bytes]) -> Iterator[str]:
    """Yield a picture's metadata as text, without decoding pixels."""
    with PIL.Image.open(picture) as opened:
        yield from (f"{name} {value}" for name, value in opened.info.items())
        yield from (_text_of_tag(value) for _, value in exif_fields(opened))


def _text_of_tag(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _has_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _has_text(kind.value_type)
    if kind.num_fields:  # a structure, a map, or a list of any kind
        return any(_has_text(kind.field(i).type) for i in range(kind.num_fields))
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(is_text(kind) for is_text in texts)


def _text_of(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(_text_of(v) for v in value.values())
    if isinstance(value, (list, tuple)):
        return " ".join(_text_of(v) for v in value)
    return "" if isinstance(value, bytes) else str(value)
