"""Encode the pictures and options of a release into features.

Finished batches are saved in `<name>-<digest>.jsonl` beside the feature file, one batch per line, so
that a killed process loses one batch. The next process continues with the same batches, so the
feature file has the same bytes.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from benchsmith.core.contracts import Progress
from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.evaluate import feature_file, release_reader
from benchsmith.evaluate.feature_file import Known, picture_key, text_key
from benchsmith.evaluate.items import Item
from benchsmith.evaluate.release_reader import Released
from benchsmith.models.contract import LocalModelError
from benchsmith.models.local.encoder import Encoder, Rows
from benchsmith.models.paid_answers import Answers
from benchsmith.replies.reply_words import bare
from benchsmith.tables.atomic_files import replace_file
from benchsmith.tables.partition import fingerprint

OPTION = "<option>"
"""Placeholder of an option in a template."""
TEMPLATES = (OPTION,)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A feature file, and how much was encoded for it."""

    path: Path
    pictures: int
    """Distinct pictures."""
    texts: int
    fresh: int
    """Pictures and texts that were encoded now."""
    cut: int
    """Texts that exceed the encoder's input length and were truncated."""

    def report(self) -> list[str]:
        """Return a summary as lines."""
        lines = [
            f"{self.pictures} pictures and {self.texts} options, {self.fresh} of them encoded now"
        ]
        if self.cut:
            lines.append(
                f"{self.cut} texts are longer than the encoder's limit, and were truncated"
            )
        return lines


def encode(
    release: Path,
    path: Path,
    encoder: Encoder,
    *,
    templates: Sequence[str],
    batch: int,
    say: Progress,
) -> Encoded:
    """Write the features of a release to `path`; known features are not computed again.

    Raises DocumentError and LocalModelError; finished batches are kept.
    """
    templates = tuple(templates) or TEMPLATES
    if bad := [one for one in templates if OPTION not in one]:
        hint = f"such as 'a photo of {OPTION}'"
        raise DocumentError(
            [Problem.without_place(f"the template {one!r} has no {OPTION}", hint) for one in bad]
        )
    read = release_reader.read(release)
    meta = {**encoder.identity, "templates": list(templates)}
    scratch = path.with_name(f"{path.stem}-{fingerprint(meta)[:8]}.jsonl")
    texts = _distinct_options(read.items) if encoder.reads_texts else []
    with Answers(scratch) as saved:
        work = _Encoding(encoder, batch, saved, feature_file.read_known(path, meta))
        for row in saved:
            work.known |= _unpacked(row)
        before = len(work.known)
        for _ in say.track("pictures", len(read.items), work.pictures(read)):
            pass
        work.texts(templates, texts)
        cut = encoder.too_long(_filled(templates, texts)) if texts else []
        data = feature_file.to_parquet(read.items, work.shown, texts, work.known, meta)
        replace_file(path, data)
        scratch.unlink()
    pictures = len(set(work.shown.values()))
    return Encoded(path, pictures, len(texts), len(work.known) - before, len(cut))


@dataclass(slots=True)
class _Encoding:
    """Encodes in batches, and saves each batch before the next one."""

    encoder: Encoder
    batch: int
    saved: Answers
    known: Known
    shown: dict[str, str] = field(default_factory=dict)
    """Picture key of each case."""

    def pictures(self, read: Released) -> Iterator[Item]:
        """Encode all unknown pictures; yield each case when its picture was read."""
        waiting: dict[str, bytes] = {}
        for item, picture in read.pictures(read.items):
            key = self.shown[item.id] = picture_key(picture)
            if key not in self.known:
                waiting[key] = picture
            if len(waiting) == self.batch:
                self._save(list(waiting), self.encoder.pictures(list(waiting.values())))
                waiting.clear()
            yield item
        if waiting:
            self._save(list(waiting), self.encoder.pictures(list(waiting.values())))

    def texts(self, templates: Sequence[str], texts: Sequence[str]) -> None:
        """Encode all unknown texts."""
        left = iter([text for text in texts if text_key(text) not in self.known])
        while some := list(islice(left, self.batch)):
            self._save([text_key(text) for text in some], self._rows(templates, some))

    def _rows(self, templates: Sequence[str], texts: Sequence[str]) -> Rows:
        """Return a row for each text; of several templates, the mean of the unit vectors."""
        rows = [self.encoder.texts(_filled([one], texts)) for one in templates]
        if len(rows) == 1:
            return rows[0]
        units = [
            row / np.maximum(np.linalg.norm(row, axis=1, keepdims=True), 1e-12) for row in rows
        ]
        mean: Rows = np.mean(units, axis=0, dtype=np.float32)
        return mean

    def _save(self, names: list[str], rows: Rows) -> None:
        """Save a batch, then add it to `known`. Raises EndpointLost for NaN or infinite values."""
        if rows.ndim != 2 or not np.isfinite(rows).all():
            what = (
                "the encoder returned values that are not finite, as happens with --dtype float16"
            )
            raise LocalModelError(f"{what}; try --dtype float32")
        packed = base64.b64encode(rows.astype("<f4").tobytes()).decode()
        self.saved.keep(fingerprint(names), {"names": names, "rows": packed})
        self.known.update(zip(names, rows, strict=True))


def _filled(templates: Iterable[str], texts: Sequence[str]) -> list[str]:
    return [one.replace(OPTION, text) for one in templates for text in texts]


def _distinct_options(items: Iterable[Item]) -> list[str]:
    """Return all options, sorted; of options that differ only in punctuation, the first."""
    found: dict[str, str] = {}
    for text in sorted({option for item in items for option in item.options}):
        found.setdefault(bare(text), text)
    return sorted(found.values())


def _unpacked(row: Mapping[str, Any]) -> Known:
    rows = np.frombuffer(base64.b64decode(row["rows"]), "<f4").reshape(len(row["names"]), -1)
    return dict(zip(row["names"], rows, strict=True))
