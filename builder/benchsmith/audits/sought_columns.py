"""Identifiers among the numbers of a table's column, where most matches are measurements that are equal by chance."""

from __future__ import annotations

from benchsmith.audits.sought_identifiers import Sought
from benchsmith.audits.table_texts import Numbers

SURE_DIGITS = 8
"""Digits of a number that no measure of a picture has."""


def kinds_in_column(sought: Sought, column: Numbers) -> set[str]:
    """Return the kinds of the identifiers among the numbers of a column.

    One is enough if it has SURE_DIGITS digits; shorter ones count if they are half of the column.
    """
    found = {number: kinds for number in column.values if (kinds := _kinds_of(number, sought))}
    are_half = 2 * len(found) >= column.of
    sure = (
        kinds
        for number, kinds in found.items()
        if are_half or abs(number) >= 10 ** (SURE_DIGITS - 1)
    )
    return set[str]().union(*sure)


def _kinds_of(number: int, sought: Sought) -> set[str]:
    digits = str(abs(number))
    found = {sought.words[digits]} if digits in sought.words else set[str]()
    return found | sought.numbers.kinds_in(digits) | sought.days.kinds_in(digits)
