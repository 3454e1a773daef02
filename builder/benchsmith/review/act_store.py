"""What people did, in one SQLite file: every act is kept, in its order, and none is changed.

An act counts once its transaction is on the disk (write-ahead log, synchronous FULL), and only then
is it answered; what was answered survives a killed process and a lost current. An act has a key that
its browser made: sent a second time it is the same act, so a lost answer doubles nothing.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS act (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  desk TEXT NOT NULL,
  about TEXT NOT NULL,
  item TEXT NOT NULL,
  who TEXT NOT NULL,
  value TEXT NOT NULL,
  seen TEXT NOT NULL,
  time TEXT NOT NULL,
  undone_by TEXT
);
CREATE INDEX IF NOT EXISTS act_of ON act (desk, about, item, who, id);
CREATE INDEX IF NOT EXISTS act_by ON act (who, desk, about, id);
CREATE TABLE IF NOT EXISTS link (who TEXT PRIMARY KEY, digest TEXT NOT NULL);
"""
WAIT_S = 10.0
"""How long another process may hold the file."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that one person did at a desk."""

    key: str
    desk: str
    about: str
    """The benchmark or the round that it belongs to; empty where a desk has one."""
    item: str
    who: str
    value: dict[str, Any]
    seen: str
    """Fingerprint of what the person saw."""
    time: str
    """UTC, to the second."""


class KeyTaken(ValueError):
    """A key belongs to another act already."""


class Store:
    """The acts, and whose links are valid. May be used by several threads and processes."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # one connection, one lock: a commit is some milliseconds, and readers wait as long at most
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(
            path, check_same_thread=False, isolation_level=None, timeout=WAIT_S
        )
        path.chmod(0o600)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(SCHEMA)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Give the connection inside of a transaction that is on the disk when the block ends."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has ended it already
                    self._connection.execute("ROLLBACK")
                raise

    def _all(self, statement: str, *values: str) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def add(self, act: Act, *, once: bool = False) -> Act:
        """Keep an act, and return it, or the one that was kept under its key before.

        With `once`, where the person has one that stands for the item already and saw the same,
        that one is returned and nothing is kept. Raises KeyTaken where the key is another act's.
        """
        with self._writing() as connection:
            before = connection.execute(f"{SELECT} WHERE key = ?", (act.key,)).fetchone()
            if before is not None:
                same = _act(before)
                what = (same.desk, same.about, same.item, same.who, same.value)
                if what != (act.desk, act.about, act.item, act.who, act.value):
                    raise KeyTaken(act.key)
                return same
            if once:
                place = (act.desk, act.about, act.item, act.who)
                found = connection.execute(f"{SELECT} WHERE {STANDING_OF}", place).fetchone()
                if found is not None and (stands := _act(found)).seen == act.seen:
                    return stands
            connection.execute(
                "INSERT INTO act (key, desk, about, item, who, value, seen, time)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (act.key, act.desk, act.about, act.item, act.who, _text(act.value), act.seen, act.time),
            )  # fmt: skip
        return act

    def undo(self, key: str, desk: str, about: str, who: str) -> Act | None:
        """Take back a person's last act at a desk, and return it; None where there is none left.

        What stood before it stands again. The same key takes back the same act.
        """
        with self._writing() as connection:
            found = (
                connection.execute(
                    f"{SELECT} WHERE undone_by = ? AND who = ?", (key, who)
                ).fetchone()
                or connection.execute(
                    f"{SELECT} WHERE who = ? AND desk = ? AND about = ? AND undone_by IS NULL"
                    " ORDER BY id DESC LIMIT 1",
                    (who, desk, about),
                ).fetchone()
            )
            if found is None:
                return None
            act = _act(found)
            connection.execute("UPDATE act SET undone_by = ? WHERE key = ?", (key, act.key))
        return act

    def standing(self, desk: str, about: str) -> list[Act]:
        """Return the last act of each person on each item, in the order of items and people."""
        return [_act(row) for row in self._all(f"{SELECT} WHERE {STANDING} ORDER BY item, who", desk, about)]  # fmt: skip

    def of(self, desk: str, about: str, item: str) -> list[Act]:
        """Return the last act of each person on one item."""
        rows = self._all(f"{SELECT} WHERE {STANDING} AND item = ? ORDER BY who", desk, about, item)
        return [_act(row) for row in rows]

    def done(self, desk: str, about: str, who: str) -> set[str]:
        """Return the items on which something of a person stands."""
        rows = self._all("SELECT DISTINCT item FROM act WHERE desk = ? AND about = ? AND who = ?"
                         " AND undone_by IS NULL", desk, about, who)  # fmt: skip
        return {item for (item,) in rows}

    def count(self, desk: str, about: str) -> dict[str, int]:
        """Return on how many items something of each person stands."""
        rows = self._all("SELECT who, count(DISTINCT item) FROM act WHERE desk = ? AND about = ?"
                         " AND undone_by IS NULL GROUP BY who ORDER BY who", desk, about)  # fmt: skip
        return dict(rows)

    def links(self) -> dict[str, str]:
        """Return the digest of each person's link."""
        return dict(self._all("SELECT who, digest FROM link ORDER BY who"))

    def link(self, who: str, digest: str) -> None:
        """Give a person a new link; an old one is valid no longer."""
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO link VALUES (?, ?)", (who, digest))


SELECT = "SELECT key, desk, about, item, who, value, seen, time FROM act"
STANDING = (
    "desk = ? AND about = ? AND undone_by IS NULL AND NOT EXISTS (SELECT 1 FROM act AS later"
    " WHERE later.desk = act.desk AND later.about = act.about AND later.item = act.item"
    " AND later.who = act.who AND later.id > act.id AND later.undone_by IS NULL)"
)
STANDING_OF = f"{STANDING} AND item = ? AND who = ?"


def _act(row: tuple[Any, ...]) -> Act:
    key, desk, about, item, who, value, seen, time = row
    return Act(key, desk, about, item, who, json.loads(value), seen, time)


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def now() -> str:
    """Return the time as acts have it: UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
