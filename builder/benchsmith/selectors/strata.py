"""What choices are shared out over: sources, people, scanners, ages, and slices that lie apart."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from benchsmith.core.contracts import Array
from benchsmith.core.model import AXES
from benchsmith.selectors.candidate_columns import Index
from benchsmith.tables.coded_columns import CodedColumn, Codes, combine_codes

AGE = re.compile(r"\s*(\d{1,3})(?:\.\d+)?\s*([dwmy]?)", re.IGNORECASE)
YEARS = {"d": 1 / 365.25, "w": 7 / 365.25, "m": 1 / 12, "y": 1.0, "": 1.0}
BANDS = (18, 40, 65)
"""First years of the second, third and fourth age band."""
PARTS = {"train": "train", "val": "val", "dev": "val", "test": "test"}


def band(age: str) -> str:
    """Return the age band of an age as a source writes it; what is no age stays as it is.

    >>> band("063Y"), band("7"), band("8M"), band("adult"), band("")
    ('40-64', '0-17', '0-17', 'adult', '')
    """
    found = AGE.match(age)
    if not found:
        return age.strip().casefold()
    years = int(found[1]) * YEARS[found[2].lower()]
    lows = [0, *BANDS]
    low = max(i for i, first in enumerate(lows) if years >= first)
    return f"{lows[low]}-{lows[low + 1] - 1}" if low + 1 < len(lows) else f"{lows[low]}-"


def sex(text: str) -> str:
    """Return one letter for male and female, however they are written.

    >>> sex("Male"), sex("F"), sex("woman"), sex("1")
    ('m', 'f', 'woman', '1')
    """
    plain = text.strip().casefold()
    return plain[0] if plain in ("m", "male", "f", "female") else plain


def official(text: str) -> str:
    """Return which part of its own split a source means: train, val, test, or nothing known.

    >>> official("Training"), official("test-set"), official("validation"), official("a")
    ('train', 'test', 'val', '')
    """
    plain = text.strip().casefold()
    return next((part for word, part in PARTS.items() if plain.startswith(word)), "")


def mapped(column: CodedColumn, by: dict[str, str]) -> Codes:
    """Return a column's numbers after its names were mapped."""
    names = np.array([by[name] for name in column.names])
    return np.unique(names, return_inverse=True)[1].astype(np.int64)[column.codes]


def people(index: Index, rows: Codes) -> Codes:
    """Return one number for each combination of site, age band and sex; unknown is one of its own."""
    site, ages, sexes = (index.about(name, rows) for name in ("site", "age", "sex"))
    return combine_codes(
        site.codes,
        mapped(ages, {name: band(name) for name in ages.names}),
        mapped(sexes, {name: sex(name) for name in sexes.names}),
    )


def apart(
    index: Index, rows: Codes, axes: CodedColumn, apart_mm: float, apart_share: float
) -> npt.NDArray[np.float64]:
    """Return how many planes must lie between two slices of each candidate's volume and axis."""
    number = np.array([AXES.index(a) if a in AXES else -1 for a in axes.names], int)[axes.codes]
    sample = index.sample_rows[rows]
    used, place = np.unique(sample, return_inverse=True)
    steps = np.array([_steps(index, s, apart_mm, apart_share) for s in used.tolist()])
    found: Array = steps.reshape(-1, 4)[place, number]
    return found


def _steps(index: Index, sample: int, apart_mm: float, apart_share: float) -> list[float]:
    """Return the planes along z, y and x; the fourth is for pictures."""
    if sample < 0:
        return [0.0] * 4
    shape = index.samples["shape"][sample].as_py()
    spacing = index.samples["spacing_mm"][sample].as_py() or [0.0] * 3
    by_share = [apart_share * n for n in shape]
    pairs = zip(by_share, spacing, strict=False)
    return [*(min(share, apart_mm / mm) if mm > 0 else share for share, mm in pairs), 0.0]
