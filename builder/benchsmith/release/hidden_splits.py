"""The secret of a hidden split: ids and orders that nobody can find again without it.

A public id is a hash of names with the seed. Both can be guessed: the seed stands in the release,
and names are made of a public data set's own. In a hidden split the hash is keyed with bytes that
never leave `private/`, so that neither an id, nor a row's place, nor an option's, tells of a name.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

from benchsmith.core.model import Question
from benchsmith.documents.problems import DocumentError, Problem

SIZE = 32
"""Bytes of a key."""


def key_of(path: Path) -> bytes:
    """Return the key in a file; where there is none, make one that only its owner can read.

    Raises DocumentError for a file that holds something else.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_name(f".{path.name}-{os.getpid()}")
        handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(os.urandom(SIZE).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(scratch, path)  # never over a key that another build has made meanwhile
        except FileExistsError:
            pass
        finally:
            scratch.unlink()
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except (ValueError, UnicodeDecodeError):
        key = b""
    if len(key) != SIZE:
        hint = "restore it; without it, ids and answers are new ones"
        raise DocumentError([Problem(str(path), 1, f"is no key of {SIZE} bytes", hint)])
    return key


def secret_rank(key: bytes, *names: str) -> int:
    """Return a 64-bit number that depends on nothing but the key and the names.

    >>> secret_rank(b"k", "ab", "c") == secret_rank(b"k", "a", "bc")
    False
    """
    digest = blake2b(key=key, digest_size=8)
    for name in names:
        data = name.encode()
        digest.update(b"%d:" % len(data))
        digest.update(data)
    return int.from_bytes(digest.digest(), "big")


def secret_id(key: bytes, name: str) -> str:
    """Return the id under which a hidden case is published."""
    return f"{secret_rank(key, 'id', name):016x}"


def shuffled(questions: Sequence[Question], splits: Iterable[str], key: bytes) -> list[Question]:
    """Return the questions with the options of hidden splits in an order that the key decides.

    Positions are dealt as :mod:`benchsmith.stages.options` deals them: of the questions of one pool
    and view with k options, each position is the answer's equally often, or once more.
    """
    hidden = set(splits)
    groups: dict[tuple[str, str, str, int], list[Question]] = {}
    for q in questions:
        if q.split in hidden:
            groups.setdefault((q.split, q.pool, q.view, len(q.options)), []).append(q)
    turned: dict[str, Question] = {}
    for (split, pool, view, k), group in groups.items():
        first = secret_rank(key, "first", split, pool, view, str(k))
        group.sort(key=lambda q: (secret_rank(key, "deal", q.id), q.id))
        for i, q in enumerate(group):
            turned[q.id] = _reordered(q, (first + i) % k, key)
    return [turned.get(q.id, q) for q in questions]


def _reordered(q: Question, place: int, key: bytes) -> Question:
    """Put the options in the key's order; a single answer at `place`."""
    rows = sorted(
        range(len(q.options)), key=lambda i: secret_rank(key, "option", q.id, q.option_labels[i])
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
