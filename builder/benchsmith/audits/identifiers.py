"""Search a release for identifiers of the sources; none may be published.

Identifiers are names of people, institutions and devices, numbers and dates of patients and studies
in the headers of the files that were used (PS3.15 table E.1-1), and the sources' own names of
patients, samples and files. Words that occur in the project's public documents are not identifiers.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import IO, NamedTuple

import PIL.Image
import pyarrow as pa
import pyarrow.parquet as pq

import benchsmith.exporters
from benchsmith.documents import shipped
from benchsmith.stages.units import Unit

MIN_CHARACTERS = 5
"""Shorter identifiers occur in every text by chance."""
SEARCHED_CHARACTERS = 1 << 20
"""Characters of a file that are searched at once: a word that occurs often is looked up once."""
MAX_CELL_CHARACTERS = 20_000
"""Longer cells are pictures in base64, which contain no text."""
PICTURE_SUFFIXES = (".png", ".jpg")
_WORD = re.compile(r"\w+(?:[.\-^]\w+)*")
_JOINT = re.compile(r"[.\-^]")


class Hit(NamedTuple):
    """An identifier found in a file of a release; the identifier itself is not kept."""

    file: str
    kind: str
    """Where the source has it: a header field, or ``the name of a sample``."""


def identifying(values: Iterable[str], public: str) -> set[str]:
    """Return the identifiers among some values, in lower case as they are searched for.

    A value is searched for as a whole, and a name of several words (`Doe^Jane`) also by each word.
    Short values, and words of `public` (the text of the documents), identify nobody.
    """
    known = _known(public)
    found: set[str] = set()
    for value in values:
        whole = value.strip().casefold()
        for one in {whole, *(re.split(r"[\s^,/\\=]+", whole))}:
            if len(one) >= MIN_CHARACTERS and one not in known and len(set(one)) > 2:
                found.add(one)
    return found


@lru_cache(maxsize=1)
def _known(public: str) -> frozenset[str]:
    words = {w.casefold() for w in _WORD.findall(public)}
    return frozenset(words | {part for word in words for part in re.split(r"[\W_]+", word)})


def search(
    folder: Path,
    units: Sequence[Unit],
    read: Callable[[Path], Mapping[str, str]],
    public: str,
) -> list[Hit]:
    """Search a release folder for the identifiers of the units that its pictures come from.

    `read` returns the identifiers in a file's header, each with its field.
    """
    values: dict[str, str] = {}
    for unit in units:
        values[unit.key] = values[unit.path.name] = "the name of a sample"
        values[unit.patient.partition("/")[2]] = "the name of a patient"
        values |= read(unit.path)
    kinds = {form: kind for value, kind in values.items() for form in identifying([value], public)}
    return scan(folder, kinds)


def public_text(home: Path, recipes: Sequence[Path]) -> str:
    """Return the text of the project's documents and templates, which are public."""
    folders = ("lexicon", "question_pools", "benchmarks")
    homes = [folder for folder in (home, shipped.below(home)) if folder is not None]
    files = [p for of in homes for name in folders for p in (of / name).rglob("*.*")]
    files += recipes
    files += Path(benchsmith.exporters.__file__).parent.rglob("*.jinja")
    return "\n".join(p.read_text("utf-8", "replace") for p in sorted(files) if p.is_file())


def scan(folder: Path, identifiers: dict[str, str]) -> list[Hit]:
    """Search every file of a folder, and the file names; `identifiers` maps each to its kind."""
    phrases = {i for i in identifiers if not _WORD.fullmatch(i)}
    hits: set[Hit] = set()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        for text in _joined(chain([name], _texts(path))):
            low = text.casefold()
            found = (identifiers.keys() & _words(low)) | {i for i in phrases if i in low}
            hits |= {Hit(name, identifiers[i]) for i in found}
    return sorted(hits)


def _joined(texts: Iterable[str]) -> Iterator[str]:
    """Yield texts as the lines of a few long ones; no word goes over the end of a line."""
    lines: list[str] = []
    size = 0
    for text in texts:
        lines.append(text)
        size += len(text)
        if size >= SEARCHED_CHARACTERS:
            yield "\n".join(lines)
            lines, size = [], 0
    yield "\n".join(lines)


def _words(text: str) -> set[str]:
    """Return the words of a text, and the parts of those that a dot, a hyphen or a caret joins."""
    words = set(_WORD.findall(text))
    joined = (word for word in words if not word.isalnum())
    return words.union(*(_JOINT.split(word) for word in joined))


def _texts(path: Path) -> Iterator[str]:
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
        yield str(file.schema_arrow.metadata or "")
        for batch in file.iter_batches(batch_size=1000, columns=columns):
            yield from {_text_of(value) for column in batch.columns for value in column.to_pylist()}
        return
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            yield from (cell for cell in line.split("\t") if len(cell) <= MAX_CELL_CHARACTERS)


def _metadata(picture: Path | IO[bytes]) -> Iterator[str]:
    """Yield a picture's metadata as text, without decoding pixels."""
    with PIL.Image.open(picture) as opened:
        yield from (f"{name} {value}" for name, value in opened.info.items())
        yield from map(str, opened.getexif().values())


def _has_text(kind: pa.DataType) -> bool:
    if pa.types.is_struct(kind):
        return any(_has_text(kind.field(i).type) for i in range(kind.num_fields))
    if pa.types.is_list(kind):
        return _has_text(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _text_of(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(_text_of(v) for v in value.values() if not isinstance(v, bytes))
    if isinstance(value, list):
        return " ".join(_text_of(v) for v in value)
    return str(value)
