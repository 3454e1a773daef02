"""Run lengths as text: Kaggle's pairs and COCO's compressed form."""

from __future__ import annotations


def kaggle_runs(text: str, total: int) -> list[int] | None:
    """Return alternating counts of 0s and 1s from `start length start length ...`, from 1.

    None if the runs are not numbers, overlap, or exceed the picture of `total` pixels.

    >>> kaggle_runs("3 3 7 4", 12)
    [2, 3, 1, 4, 2]
    """
    numbers = _numbers(text)
    if numbers is None:
        return None
    ends = [1, *(start + length for start, length in zip(numbers[::2], numbers[1::2], strict=True))]
    numbers[::2] = [start - end for start, end in zip(numbers[::2], ends, strict=False)]
    return _sound(numbers, total)


def relative_runs(text: str, total: int) -> list[int] | None:
    """Return alternating counts of 0s and 1s from `gap length gap length ...`.

    Each gap is counted from the end of the run before, the first from the first pixel, as in the
    table of SIIM-ACR. None if the runs are not numbers, or exceed the picture of `total` pixels.

    >>> relative_runs("2 3 1 4", 12)
    [2, 3, 1, 4, 2]
    """
    numbers = _numbers(text)
    return None if numbers is None else _sound(numbers, total)


def _numbers(text: str) -> list[int] | None:
    """Return pairs of whole numbers; None if they are something else."""
    try:
        numbers = [int(n) for n in text.split()]
    except ValueError:
        return None
    return None if len(numbers) % 2 else numbers


def _sound(counts: list[int], total: int) -> list[int] | None:
    """Return pairs of gap and length with the pixels after them; None if they are invalid."""
    rest = total - sum(counts)
    sound = min(counts[::2], default=0) >= 0 and min(counts[1::2], default=1) > 0
    return [*counts, rest] if sound and rest >= 0 else None


def coco_runs(text: str) -> list[int] | None:
    """Return the counts of COCO's compressed run lengths; None if they are invalid.

    Each count is written in groups of 5 bits, lowest first, 48 added to each; from the fourth on,
    a count is the difference from the one before the last (pycocotools, `rleFrString`).
    """
    counts: list[int] = []
    value = shift = 0
    for character in text:
        code = ord(character) - 48
        if not 0 <= code < 64 or shift > 30:
            return None
        value |= (code & 31) << shift
        shift += 5
        if not code & 32:
            if code & 16:
                value |= -1 << shift
            counts.append(value + (counts[-2] if len(counts) > 2 else 0))
            value = shift = 0
    return None if shift else counts


def box_of_runs(counts: list[int], height: int) -> tuple[int, int, int, int]:
    """Return x, y, width and height of the 1s of counts that go column by column.

    >>> box_of_runs([5, 2, 2, 2, 5], 4)
    (1, 1, 2, 2)
    """
    columns: list[int] = []
    rows: list[int] = []
    place = 0
    for zeros, ones in zip(counts[::2], counts[1::2], strict=False):
        start, end = place + zeros, place + zeros + ones
        place = end
        if ones:
            first, last = start // height, (end - 1) // height
            columns += [first, last]
            # a run across the end of a column contains its last row, and the first row of the next
            rows += [start % height, (end - 1) % height] if first == last else [0, height - 1]
    return (
        min(columns),
        min(rows),
        max(columns) + 1 - min(columns),
        max(rows) + 1 - min(rows),
    )
