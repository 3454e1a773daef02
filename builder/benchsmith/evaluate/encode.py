"""Have an encoder turn a release's pictures and options into features, and keep them in a file.

`features/<name>.parquet` beside `answers/`. What is not yet in it lies in `<name>-<digest>.jsonl`, a
whole batch a line, so that a killed process loses one batch and the next one puts the others together
as they would have been. A picture is known by its bytes: where a release has changed, the changed
pictures are looked at anew and the others are not.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from benchsmith.core.contracts import Progress
from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.evaluate import answer_log as store
from benchsmith.evaluate import release_reader
from benchsmith.evaluate.release_reader import Item, Released
from benchsmith.evaluate.reply_words import bare
from benchsmith.models.contract import LocalModelError
from benchsmith.models.local.encoder import Encoder, Rows
from benchsmith.models.paid_answers import Answers
from benchsmith.tables.atomic_files import replace_file
from benchsmith.tables.partition import fingerprint

OPTION = "<option>"
"""Where an option stands in a template."""
TEMPLATES = (OPTION,)
META = b"benchsmith"
"""The key of a file's metadata: which encoder, and which templates."""
GROUP = 4096
"""Rows of a row group."""
Known = dict[str, Rows]


@dataclass(frozen=True, slots=True)
class Encoded:
    """What came of it."""

    path: Path
    pictures: int
    """Different pictures."""
    texts: int
    fresh: int
    """Pictures and texts that were not known before."""
    cut: int
    """Texts that are longer than the encoder reads."""

    def report(self) -> list[str]:
        """Return lines for a person."""
        lines = [
            f"{self.pictures} pictures and {self.texts} options, {self.fresh} of them looked at now"
        ]
        if self.cut:
            lines.append(
                f"{self.cut} texts are longer than the encoder reads: it reads their beginning"
            )
        return lines


def path_of(answers: Path, name: str) -> Path:
    """Return where features are kept, beside a benchmark's `answers/`."""
    return answers.parent / "features" / f"{store.plain(name)}.parquet"


def check(path: Path, read: Released) -> None:
    """Raise DocumentError where a file that was made here is of other pictures than a release has."""
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=["id", "picture"])
    seen = dict(zip(*(table.column(c).to_pylist() for c in ("id", "picture")), strict=True))
    other = [
        i.id for i, picture in read.pictures(read.items) if seen.get(i.id) != _of_picture(picture)
    ]
    if other:
        what = f"{len(other)} of {len(read.items)} pictures are not those that it is of, such as {other[0]}"
        raise DocumentError([Problem(str(path), 1, what, "`benchsmith features` looks at them")])


def encode(
    release: Path,
    path: Path,
    encoder: Encoder,
    *,
    templates: Sequence[str],
    batch: int,
    say: Progress,
) -> Encoded:
    """Write the features of a release, looking only at what is not known yet.

    Raises DocumentError and LocalModelError; what was finished before is kept.
    """
    templates = tuple(templates) or TEMPLATES
    if problems := [
        Problem.without_place(
            f"the template {one!r} has no {OPTION}", f"such as 'a photo of {OPTION}'"
        )
        for one in templates
        if OPTION not in one
    ]:
        raise DocumentError(problems)
    read = release_reader.read(release)
    meta = {**encoder.identity, "templates": list(templates)}
    known = _read(path, meta)
    scratch = path.with_name(f"{path.stem}-{fingerprint(meta)[:8]}.jsonl")
    words = _words(read.items) if encoder.reads_texts else []
    shown: dict[str, str] = {}
    with Answers(scratch) as kept:
        for row in kept:
            known |= _unpacked(row)
        before = len(known)
        for _ in say.track(
            "pictures", len(read.items), _look(read, encoder, batch, kept, known, shown)
        ):
            pass
        left = iter([text for text in words if _of_text(text) not in known])
        while some := list(islice(left, batch)):
            _keep(kept, known, map(_of_text, some), _texts(encoder, templates, some))
        cut = encoder.too_long(_filled(templates, words)) if words else []
        replace_file(path, _parquet(read.items, shown, words, known, meta))
        scratch.unlink()
    return Encoded(path, len(set(shown.values())), len(words), len(known) - before, len(cut))


def _look(
    read: Released,
    encoder: Encoder,
    batch: int,
    kept: Answers,
    known: Known,
    shown: dict[str, str],
) -> Iterator[Item]:
    """Go through all cases, and look at each picture that is not known; fill in what each shows."""
    waiting: dict[str, bytes] = {}

    def look() -> None:
        if waiting:
            _keep(kept, known, waiting, encoder.pictures(list(waiting.values())))
            waiting.clear()

    for item, picture in read.pictures(read.items):
        key = shown[item.id] = _of_picture(picture)
        if key not in known:
            waiting[key] = picture
        if len(waiting) == batch:
            look()
        yield item
    look()


def _texts(encoder: Encoder, templates: Sequence[str], texts: Sequence[str]) -> Rows:
    """Return a row for each text: of several templates the mean of their directions."""
    rows = [encoder.texts(_filled([one], texts)) for one in templates]
    if len(rows) == 1:
        return rows[0]
    units = [row / np.maximum(np.linalg.norm(row, axis=1, keepdims=True), 1e-12) for row in rows]
    mean: Rows = np.mean(units, axis=0, dtype=np.float32)
    return mean


def _filled(templates: Iterable[str], texts: Sequence[str]) -> list[str]:
    return [one.replace(OPTION, text) for one in templates for text in texts]


def _words(items: Iterable[Item]) -> list[str]:
    """Return every option once; of several that differ in nothing but their signs the first."""
    found: dict[str, str] = {}
    for text in sorted({option for item in items for option in item.options}):
        found.setdefault(bare(text), text)
    return sorted(found.values())


def _of_picture(picture: bytes) -> str:
    return blake2b(picture, digest_size=16).hexdigest()


def _of_text(text: str) -> str:
    return f"text:{text}"


def _keep(kept: Answers, known: Known, names: Iterable[str], rows: Rows) -> None:
    """Write a batch down before it counts. Raises LocalModelError for rows that are no numbers."""
    names = list(names)
    if rows.ndim != 2 or not np.isfinite(rows).all():
        what = "the encoder gives what are no numbers, as happens with --dtype float16"
        raise LocalModelError(f"{what}; take --dtype float32")
    packed = base64.b64encode(rows.astype("<f4").tobytes()).decode()
    kept.keep(fingerprint(names), {"names": names, "rows": packed})
    known.update(zip(names, rows, strict=True))


def _unpacked(row: Mapping[str, Any]) -> Known:
    rows = np.frombuffer(base64.b64decode(row["rows"]), "<f4").reshape(len(row["names"]), -1)
    return dict(zip(row["names"], rows, strict=True))


def _read(path: Path, meta: Mapping[str, Any]) -> Known:
    """Return what a finished file holds, if it is of this encoder."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
        if json.loads((table.schema.metadata or {}).get(META, b"null")) != meta:
            return {}
    except (FileNotFoundError, pa.ArrowException, ValueError):
        return {}
    keys = [
        _of_text(text) if picture is None else picture
        for text, picture in zip(
            table.column("text").to_pylist(), table.column("picture").to_pylist(), strict=True
        )
    ]
    rows = table.column("features").combine_chunks().flatten().to_numpy(zero_copy_only=False)
    return dict(zip(keys, rows.reshape(len(keys), -1), strict=True))


def _parquet(
    items: Sequence[Item],
    shown: Mapping[str, str],
    words: Sequence[str],
    known: Known,
    meta: Mapping[str, Any],
) -> bytes:
    """Return the file: a row for each case in the release's order, then one for each option."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    keys = [shown[item.id] for item in items] + [_of_text(text) for text in words]
    rows = np.stack([known[key] for key in keys]).astype(np.float32)
    ends = np.arange(0, rows.size + 1, rows.shape[1], dtype=np.int32)
    columns = {
        "id": pa.array([item.id for item in items] + [None] * len(words), pa.string()),
        "text": pa.array([None] * len(items) + list(words), pa.string()),
        "features": pa.ListArray.from_arrays(pa.array(ends), pa.array(rows.reshape(-1))),
        "picture": pa.array([*keys[: len(items)], *[None] * len(words)], pa.string()),
    }
    said = {META: json.dumps(meta, sort_keys=True, ensure_ascii=True).encode()}
    buffer = BytesIO()
    pq.write_table(
        pa.table(columns).replace_schema_metadata(said), buffer, row_group_size=GROUP,
        compression="zstd",
    )  # fmt: skip
    return buffer.getvalue()
