"""Match the rows of another tool's file with the cases of a release."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from benchsmith.evaluate.contract import Answer, turned
from benchsmith.evaluate.items import Item
from benchsmith.replies.reply_words import bare


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One prediction, with the fields that the file has."""

    line: int
    text: str
    """The model's reply."""
    id: str = ""
    """The case's id, if the file has it."""
    place: int = -1
    """Index of the case in its split, in the order of ids, if the file has only that."""
    split: str = ""
    """The split, if the file has it; otherwise it is inferred from the questions."""
    question: str = ""
    options: tuple[str, ...] = ()
    """In the order shown; empty if the file does not have them."""
    fault: str = ""
    """Why there is no answer."""


class Matcher:
    """Finds cases by id, or by index and question."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._by_id: dict[str, Item] = {}
        self._by_place: dict[tuple[str, int], Item] = {}
        counts: dict[str, int] = {}
        for item in sorted(items, key=lambda i: i.id):
            self._by_id[item.id] = item
            place = counts.get(item.split, 0)
            counts[item.split] = place + 1
            self._by_place[item.split, place] = item
        self._splits = sorted(counts)

    def split_of(self, rows: Sequence[Row]) -> str:
        """Return the only split in which all rows match; empty if there is none or several."""
        found = [
            split
            for split in self._splits
            if all(not isinstance(self.answer(replace(row, split=split)), str) for row in rows)
        ]
        return found[0] if len(found) == 1 else ""

    def answer(self, row: Row) -> Answer | str:
        """Return a row as an answer, or the problem with it."""
        if row.id:
            candidates = [item for item in [self._by_id.get(row.id)] if item]
            if not candidates:
                return f"there is no case {row.id} in this release"
        else:
            places = (
                [(row.split, row.place)] if row.split else [(s, row.place) for s in self._splits]
            )
            candidates = [self._by_place[p] for p in places if p in self._by_place]
            if not row.question and not row.split:
                splits = " or ".join(self._splits)
                return f"row {row.place} may belong to {splits}: put the split into the file name"
        same = [(item, shift) for item in candidates if (shift := _shift(item, row)) is not None]
        if len(same) != 1:
            what = f"case {row.id}" if row.id else f"row {row.place}"
            why = (
                "matches cases of two splits"
                if same
                else "has another question or other options in this release"
            )
            return f"{what} {why}"
        item, shift = same[0]
        return Answer(
            case=item.id, shift=shift, content=item.content, text=row.text, fault=row.fault
        )


def _shift(item: Item, row: Row) -> int | None:
    """Return the rotation of a row's options; None if the options or the question differ."""
    if row.question and bare(item.question) not in bare(row.question):
        return None
    if not row.options:
        return 0
    shown = tuple(map(bare, row.options))
    own = tuple(map(bare, item.options))
    return next((s for s in range(len(own)) if turned(own, s) == shown), None)
