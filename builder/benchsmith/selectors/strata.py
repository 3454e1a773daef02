"""Attributes that selection balances, read from the sources' wording: site, age, sex, spacing."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from benchsmith.core.contracts import Array
from benchsmith.core.model import AXES
from benchsmith.selectors.candidate_columns import CandidateColumns
from benchsmith.tables.coded_columns import CodedColumn, Codes, combine_codes

_AGE = re.compile(r"\s*(\d{1,3})(?:\.\d+)?\s*([dwmy]?)", re.IGNORECASE)
YEARS_PER_UNIT = {"d": 1 / 365.25, "w": 7 / 365.25, "m": 1 / 12, "y": 1.0, "": 1.0}
AGE_BANDS = (18, 40, 65)
"""The first year of the second, third and fourth age band."""


def age_band(age: str) -> str:
    """Return the age band of an age as a source writes it; other text is returned in lower case.

    The units are those of DICOM's age string (PS3.5 6.2, VR AS); a bare number is in years.

    >>> age_band("063Y"), age_band("7"), age_band("8M"), age_band("adult"), age_band("")
    ('40-64', '0-17', '0-17', 'adult', '')
    """
    found = _AGE.match(age)
    if not found:
        return age.strip().casefold()
    years = int(found[1]) * YEARS_PER_UNIT[found[2].lower()]
    lows = [0, *AGE_BANDS]
    low = max(i for i, first in enumerate(lows) if years >= first)
    return f"{lows[low]}-{lows[low + 1] - 1}" if low + 1 < len(lows) else f"{lows[low]}-"


def sex(text: str) -> str:
    """Return `m` or `f` for male and female; other text is returned in lower case.

    >>> sex("Male"), sex("F"), sex("woman"), sex("1")
    ('m', 'f', 'woman', '1')
    """
    plain = text.strip().casefold()
    return plain[0] if plain in ("m", "male", "f", "female") else plain


def mapped(column: CodedColumn, by: dict[str, str]) -> Codes:
    """Return the codes (n,) of a column whose names are replaced by `by`; equal names get one code."""
    names = np.array([by[name] for name in column.names])
    return np.unique(names, return_inverse=True)[1].astype(np.int64)[column.codes]


def demographics(candidates: CandidateColumns, rows: Codes) -> Codes:
    """Return one code for each combination of site, age band and sex, (rows,); unknown is a value."""
    site, ages, sexes = (candidates.of_sample(name, rows) for name in ("site", "age", "sex"))
    return combine_codes(
        site.codes,
        mapped(ages, {name: age_band(name) for name in ages.names}),
        mapped(sexes, {name: sex(name) for name in sexes.names}),
    )


def min_plane_gaps(
    candidates: CandidateColumns,
    rows: Codes,
    axes: CodedColumn,
    apart_mm: float,
    apart_share: float,
) -> npt.NDArray[np.float64]:
    """Return the least distance of two slices of each candidate's volume and axis, in planes, (rows,).

    It is `apart_mm`, or `apart_share` of the volume's planes if that is less or the spacing is
    unknown; 0 for single pictures.
    """
    number = np.array([AXES.index(a) if a in AXES else -1 for a in axes.names], int)[axes.codes]
    sample = candidates.sample_rows[rows]
    used, place = np.unique(sample, return_inverse=True)
    gaps = np.array([_gaps(candidates, s, apart_mm, apart_share) for s in used.tolist()])
    found: Array = gaps.reshape(-1, 4)[place, number]
    return found


def _gaps(
    candidates: CandidateColumns, sample: int, apart_mm: float, apart_share: float
) -> list[float]:
    """Return the gaps along z, y and x; the fourth is for single pictures."""
    if sample < 0:
        return [0.0] * 4
    shape = candidates.samples["shape"][sample].as_py()
    stated = candidates.samples["spacing_mm"][sample].as_py()
    spacing = [0.0] * (3 - len(stated)) + stated  # a picture has no distance of slices
    by_share = [apart_share * n for n in shape]
    pairs = zip(by_share, spacing, strict=False)
    return [*(min(share, apart_mm / mm) if mm > 0 else share for share, mm in pairs), 0.0]
