"""Search a release for identifiers of the sources; none may be published.

Identifiers are names of people, institutions and devices, numbers and dates of patients and studies
in the headers of the files that were used (PS3.15 table E.1-1), and the sources' own names of
patients, samples and files. Words that occur in the project's public documents are not identifiers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import benchsmith.exporters
from benchsmith.audits.release_texts import plain_text, texts_of
from benchsmith.documents import shipped
from benchsmith.stages.units import Unit

MIN_CHARACTERS = 5
"""Shorter identifiers occur in every text by chance."""
SEARCHED_CHARACTERS = 1 << 20
"""Characters of a file that are searched at once: a word that occurs often is looked up once."""
_WORD = re.compile(r"\w+(?:[.\-^]\w+)*")
_JOINTS = (re.compile(r"[.\-^]"), re.compile(r"[.\-^_]"))
"""The name of a sample has `_` in it; the name of a person may be joined to others by it."""


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
        whole = _folded(value.strip())
        for one in {whole, *(re.split(r"[\s^,/\\=]+", whole))}:
            if len(one) >= MIN_CHARACTERS and one not in known and len(set(one)) > 2:
                found.add(one)
    return found


@lru_cache(maxsize=1)
def _known(public: str) -> frozenset[str]:
    words = set(_WORD.findall(_folded(public)))
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
        for text in _joined(chain([name], texts_of(path))):
            # as it stands and as it is shown: an escape hides a name, and a name may look like one
            for low in map(_folded, {text, plain_text(text)}):
                found = (identifiers.keys() & _words(low)) | {i for i in phrases if i in low}
                hits |= {Hit(name, identifiers[i]) for i in found}
    return sorted(hits)


def _folded(text: str) -> str:
    """Return a text in lower case, with each accented letter as one character (NFC)."""
    return unicodedata.normalize("NFC", text.casefold())


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
    """Return the words of a text, and the parts of those that `.`, `-`, `^` or `_` joins."""
    words = set(_WORD.findall(text))
    joined = [word for word in words if not word.isalnum()]
    return words.union(*(joint.split(word) for word in joined for joint in _JOINTS))
