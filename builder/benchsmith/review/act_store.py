"""The actions of reviewers, in an append-only table of one SQLite file.

An action is acknowledged after its transaction is on disk (write-ahead log, synchronous FULL), so
acknowledged actions survive a killed process and a power failure. Every action has an idempotency key
made by the browser: a repeated request is the same action, so retries create no duplicates.
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
LOCK_TIMEOUT_S = 10.0
"""How long to wait for another process that has locked the file."""


@dataclass(frozen=True, slots=True)
class Action:
    """One action of one person at a desk."""

    key: str
    """The idempotency key."""
    desk: str
    about: str
    """The benchmark or the round that it belongs to; empty for desks without either."""
    item: str
    who: str
    value: dict[str, Any]
    """The decision as JSON values; its keys depend on the desk."""
    seen: str
    """Fingerprint of what the person saw."""
    time: str
    """UTC, to the second."""


class KeyConflict(ValueError):
    """The key belongs to a different action."""


class ActionStore:
    """The actions, and the digests of valid links. Safe for several threads and processes."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # one connection and one lock: a commit takes milliseconds, and readers wait no longer
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(
            path, check_same_thread=False, isolation_level=None, timeout=LOCK_TIMEOUT_S
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
        """Open a transaction; it is on disk when the block ends."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has rolled it back already
                    self._connection.execute("ROLLBACK")
                raise

    def _all(self, statement: str, *values: str) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def add(self, act: Action, *, once: bool = False) -> Action:
        """Store an action and return it, or the stored action with the same key.

        With `once`, if the person has a current action on the item with the same `seen`, that action
        is returned and nothing is stored. Raises KeyConflict if the key belongs to another action.
        """
        with self._writing() as connection:
            before = connection.execute(f"{SELECT} WHERE key = ?", (act.key,)).fetchone()
            if before is not None:
                same = _act(before)
                what = (same.desk, same.about, same.item, same.who, same.value)
                if what != (act.desk, act.about, act.item, act.who, act.value):
                    raise KeyConflict(act.key)
                return same
            if once:
                place = (act.desk, act.about, act.item, act.who)
                found = connection.execute(f"{SELECT} WHERE {CURRENT_OF_PERSON}", place).fetchone()
                if found is not None and (current := _act(found)).seen == act.seen:
                    return current
            connection.execute(
                "INSERT INTO act (key, desk, about, item, who, value, seen, time)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (act.key, act.desk, act.about, act.item, act.who, _text(act.value), act.seen, act.time),
            )  # fmt: skip
        return act

    def undo(self, key: str, desk: str, about: str, who: str) -> Action | None:
        """Undo a person's last action at a desk and return it; None if there is none.

        The previous action becomes current again. Repeating the call with the same key undoes
        nothing more.
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

    def current(self, desk: str, about: str) -> list[Action]:
        """Return the last action of each person on each item, sorted by item and person."""
        return [_act(row) for row in self._all(f"{SELECT} WHERE {CURRENT} ORDER BY item, who", desk, about)]  # fmt: skip

    def current_of(self, desk: str, about: str, item: str) -> list[Action]:
        """Return the last action of each person on one item."""
        rows = self._all(f"{SELECT} WHERE {CURRENT} AND item = ? ORDER BY who", desk, about, item)
        return [_act(row) for row in rows]

    def said_by(self, desk: str, about: str, item: str, who: str) -> dict[str, Any] | None:
        """Return the value of a person's last action on one item; None if there is none."""
        acts = self.current_of(desk, about, item)
        return next((act.value for act in acts if act.who == who), None)

    def done_items(self, desk: str, about: str, who: str) -> set[str]:
        """Return the items on which a person has a current action."""
        rows = self._all("SELECT DISTINCT item FROM act WHERE desk = ? AND about = ? AND who = ?"
                         " AND undone_by IS NULL", desk, about, who)  # fmt: skip
        return {item for (item,) in rows}

    def counts_by_person(self, desk: str, about: str) -> dict[str, int]:
        """Return the number of items with a current action, by person."""
        rows = self._all("SELECT who, count(DISTINCT item) FROM act WHERE desk = ? AND about = ?"
                         " AND undone_by IS NULL GROUP BY who ORDER BY who", desk, about)  # fmt: skip
        return dict(rows)

    def links(self) -> dict[str, str]:
        """Return the digest of the link token by person."""
        return dict(self._all("SELECT who, digest FROM link ORDER BY who"))

    def link(self, who: str, digest: str) -> None:
        """Set a person's link; an earlier one becomes invalid."""
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO link VALUES (?, ?)", (who, digest))


SELECT = "SELECT key, desk, about, item, who, value, seen, time FROM act"
CURRENT = (
    "desk = ? AND about = ? AND undone_by IS NULL AND NOT EXISTS (SELECT 1 FROM act AS later"
    " WHERE later.desk = act.desk AND later.about = act.about AND later.item = act.item"
    " AND later.who = act.who AND later.id > act.id AND later.undone_by IS NULL)"
)
CURRENT_OF_PERSON = f"{CURRENT} AND item = ? AND who = ?"


def _act(row: tuple[Any, ...]) -> Action:
    key, desk, about, item, who, value, seen, time = row
    return Action(key, desk, about, item, who, json.loads(value), seen, time)


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def utc_now() -> str:
    """Return the current time in the format of actions: UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
