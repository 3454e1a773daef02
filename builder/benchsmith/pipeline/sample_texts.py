"""The texts whose digests identify a source's images, made from their paths, without a unit for each.

A text is the JSON of what :func:`benchsmith.pipeline.source_files.find_files` takes the fingerprint of. Most
of it is the same for all images of a folder, so a folder has a template and an image fills its gaps.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from json.encoder import encode_basestring_ascii
from pathlib import Path
from typing import NamedTuple

from benchsmith.stages.entry_images import EntryImages, Part, named
from benchsmith.stages.picture_list import Run
from benchsmith.stages.units import show
from benchsmith.text import path_patterns, placeholders
from benchsmith.text.path_walk import FoundNames

_ODD = re.compile(r"[^ !#-\[\]-~]")
"""Letters that JSON writes otherwise than as themselves."""


class _Gap(NamedTuple):
    """A gap of a template: its kind, and the placeholder or the text with placeholders that fills it."""

    kind: str
    text: str = ""


KEY, PAIR, PART, SPELLING = _Gap("key"), _Gap("pair"), _Gap("part"), _Gap("spelling")
FIELD, FILLED, FAMILY = "field", "filled", "family"


class FolderTexts(NamedTuple):
    """Images in one folder; texts are escaped as in JSON, without quotation marks."""

    keys: Sequence[str]
    """The key of each image, as it is."""
    written: Sequence[str]
    """The same keys, written."""
    heads: Sequence[str]
    """What is read of each, up to the digests of its files."""
    names: Sequence[str]
    """The name of each picture, as messages show it."""


class SampleTexts:
    """The texts of the images of an entry whose path suffices."""

    def __init__(
        self,
        source: str,
        entry: EntryImages,
        fingerprint: str,
        roots: Mapping[str, Path],
        family: Callable[[str], str],
    ) -> None:
        """Take the entry and its fingerprint, the folder of each prefix, and a finder of modality families."""
        self._entry, self._roots, self._family = entry, roots, family
        self._pieces = list(self._described(source, fingerprint))

    def of(self, run: Run) -> Iterator[FolderTexts]:
        """Yield the texts of the images of a run, in their order, those of one folder at once."""
        walk, start = self._entry.walk, 0
        places = (place.rpartition("/") for place in run.places)
        for base, own in groupby(places, key=lambda place: place[0]):
            names = [name for _, _, name in own]
            values = [walk.values(name) or () for name in names]
            found = FoundNames(base, walk.fields_of(f"{base}/"), names, values)
            yield self._of_folder(found, run.parts[start : start + len(names)])
            start += len(names)

    def _of_folder(self, found: FoundNames, parts: Sequence[Part]) -> FolderTexts:
        pairs, walk = self._entry.pairs(found), self._entry.walk
        keys = (
            [named(*each) for each in zip(pairs, parts, strict=True)]
            if any(part[0] for part in parts)
            else pairs
        )
        columns: dict[_Gap, Sequence[str]] = {KEY: keys, PAIR: pairs}
        columns[PART], columns[SPELLING] = zip(*parts, strict=True)
        columns |= {
            _Gap(FIELD, name): own
            for name, own in zip(walk.own, zip(*found.values, strict=True), strict=True)
        }
        is_plain = not any(_ODD.search("".join(own)) for own in (found.names, *columns.values()))
        written = (
            columns if is_plain else {gap: list(map(_written, own)) for gap, own in columns.items()}
        )
        template, filling = "", []
        for piece in self._pieces:
            if isinstance(piece, str):
                template += piece.replace("%", "%%")
            elif piece.kind == FIELD and piece not in columns:
                template += _written(found.fields[piece.text]).replace("%", "%%")
            else:
                template += "%s"
                filling.append(
                    written[piece] if piece in columns else self._filled(piece, found, columns)
                )
        top = _written(show(self._roots, walk.path(f"{found.base}/a"))[:-1])
        return FolderTexts(
            keys=keys,
            written=written[KEY],
            heads=[template % own for own in zip(*filling, strict=True)],
            names=[top + (name if is_plain else _written(name)) for name in found.names],
        )

    def _filled(
        self, gap: _Gap, found: FoundNames, columns: Mapping[_Gap, Sequence[str]]
    ) -> Iterator[str]:
        """Yield the value of a text with placeholders for each image, or the family of that modality."""
        for values, pair, part in zip(found.values, columns[PAIR], columns[PART], strict=True):
            own = dict(zip(self._entry.walk.own, values, strict=True))
            text = path_patterns.fill(gap.text, {**found.fields, **own, "key": pair, "part": part})
            yield _written(self._family(text) if gap.kind == FAMILY else text)

    def _described(self, source: str, fingerprint: str) -> Iterator[str | _Gap]:
        """Yield the pieces of a text up to the digests of files, in their order."""
        samples, walk = self._entry.samples, self._entry.walk
        fields = dict.fromkeys([*path_patterns.placeholders(walk.pattern), "key", "part"])
        yield f'["{fingerprint}", [{self._entry.number}, "'
        yield KEY
        yield '", "'
        yield SPELLING
        yield '", {'
        for number, name in enumerate(sorted(fields)):
            yield f'{", " if number else ""}"{name}": "'
            yield _field(name)
            yield '"'
        yield '}, "'
        yield from _filling(samples.modality, fields)
        yield '", "'
        if "{" in samples.modality or samples.modality == "key":
            yield _Gap(FAMILY, "{key}" if samples.modality == "key" else samples.modality)
        else:
            yield _written(self._family(samples.modality))
        yield f'", "{_written(source)}/'
        yield from _filling(samples.patient, fields)
        yield '", {'
        about = sorted((name, text) for name, text in samples.about if text is not None)
        for number, (name, text) in enumerate(about):
            yield f'{", " if number else ""}"{name}": "'
            yield from _filling(text, fields)
            yield '"'
        yield "}], [], "


def _filling(text: str, fields: Mapping[str, None]) -> Iterator[str | _Gap]:
    """Yield the pieces of the value of a recipe's text; a text with a shape or step is one gap."""
    if text == "key":
        yield PAIR
        return
    pieces = placeholders.pieces(text)
    if any(step is not None or shape for _, _, step, shape in pieces):
        yield _Gap(FILLED, text)
        return
    for literal, name, _, _ in pieces:
        yield _field(name) if name in fields else _written(literal)


def _field(name: str) -> _Gap:
    return {"key": PAIR, "part": PART}.get(name, _Gap(FIELD, name))


def _written(text: str) -> str:
    """Return a text as JSON writes it, without quotation marks."""
    return encode_basestring_ascii(text)[1:-1]


def text_of_files(files: Mapping[str, str]) -> str:
    """Return the part after the head of an image's text: the digests of its files by their shown names."""
    pairs = (f'"{_written(name)}": "{sha256}"' for name, sha256 in sorted(files.items()))
    return f"{{{', '.join(pairs)}}}]"
