"""Keyed ids and option orders for hidden splits.

A public id is a hash of pixels and the seed. Anyone who has the source's data can compute it. In a hidden
split the hash is keyed with bytes that never leave `private/`, so ids, row order and option order
cannot be derived from anything that others have.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

from benchsmith.core.model import Question
from benchsmith.documents.problems import DocumentError, Problem

KEY_BYTES = 32


def load_or_make_key(path: Path) -> bytes:
    """Return the key in a file; if there is no file, make one that only its owner can read.

    Raises DocumentError if the file does not contain a key.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_name(f".{path.name}-{os.getpid()}")
        handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(os.urandom(KEY_BYTES).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(scratch, path)  # does not overwrite a key that a concurrent build has made
        except FileExistsError:
            pass
        finally:
            scratch.unlink()
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except (ValueError, UnicodeDecodeError):
        key = b""
    if len(key) != KEY_BYTES:
        hint = "restore it; without it, all ids and option orders of hidden splits change"
        raise DocumentError([Problem(str(path), 1, f"is not a key of {KEY_BYTES} bytes", hint)])
    return key


def keyed_rank(key: bytes, *names: str) -> int:
    """Return a 64-bit number that depends only on the key and the names.

    >>> keyed_rank(b"k", "ab", "c") == keyed_rank(b"k", "a", "bc")
    False
    """
    digest = blake2b(key=key, digest_size=8)
    for name in names:
        data = name.encode()
        digest.update(b"%d:" % len(data))
        digest.update(data)
    return int.from_bytes(digest.digest(), "big")


def keyed_id(key: bytes, name: str) -> str:
    """Return the public id of a hidden case."""
    return f"{keyed_rank(key, 'id', name):016x}"


def reorder_options(
    questions: Sequence[Question], splits: Iterable[str], key: bytes
) -> list[Question]:
    """Return the questions, with the options of hidden splits in an order determined by the key.

    Answer positions are balanced as in :mod:`benchsmith.stages.options`: among the questions of one
    pool and view with k options, the counts of the positions differ by at most one.
    """
    hidden = set(splits)
    groups: dict[tuple[str, str, str, int], list[Question]] = {}
    for q in questions:
        if q.split in hidden:
            groups.setdefault((q.split, q.pool, q.view, len(q.options)), []).append(q)
    turned: dict[str, Question] = {}
    for (split, pool, view, k), group in groups.items():
        first = keyed_rank(key, "first", split, pool, view, str(k))
        group.sort(key=lambda q: (keyed_rank(key, "deal", q.id), q.id))
        for i, q in enumerate(group):
            turned[q.id] = _reordered(q, (first + i) % k, key)
    return [turned.get(q.id, q) for q in questions]


def _reordered(q: Question, place: int, key: bytes) -> Question:
    """Order the options by the key; a single answer goes to position `place`."""
    rows = sorted(
        range(len(q.options)), key=lambda i: keyed_rank(key, "option", q.id, q.option_labels[i])
    )
    if not q.several:
        (answer,) = q.answers
        rows.remove(answer)
        rows.insert(place, answer)
    return replace(
        q,
        options=tuple(q.options[i] for i in rows),
        option_labels=tuple(q.option_labels[i] for i in rows),
        answers=tuple(sorted(rows.index(a) for a in q.answers)),
    )
