"""The plane of the source's picture that a case was cut from, and its neighbours, for several desks."""

from __future__ import annotations

from typing import Any

from benchsmith.core.model import PLANAR
from benchsmith.review.built_cases import Case, CaseStore
from benchsmith.review.contract import Parameters, Picture, Refused, number_of
from benchsmith.review.label_examples import box_in
from benchsmith.review.slices import Slices

MAX_VALUE = 1e9
"""Bound on the absolute value of picture values in requests."""


class OriginalPlanes:
    """Planes of the pictures that the cases of a build come from."""

    def __init__(self, slices: Slices, case_store: CaseStore) -> None:
        self._slices, self._case_store = slices, case_store

    def about(self, case: Case) -> dict[str, Any]:
        """Return where a case's plane is in its source's picture, its box there, and the window.

        Raises Refused if the picture cannot be read.
        """
        target = self._case_store.targets[case.target]
        about, window = self._slices.about(case.sample, target["window"])
        return {
            "planes": dict(about.planes),
            "axis": target["axis"] if target["axis"] in about.planes else PLANAR,
            "index": target["index"],
            "box": box_in(target),
            "unit": about.unit,
            "low": about.low,
            "high": about.high,
            "window": window,
            "windowed": about.windowed,
        }

    def picture(self, case: Case, given: Parameters) -> Picture:
        """Return the plane that a request names by axis and index, windowed from `low` to `high`.

        Raises Refused and NotFound.
        """
        low, high = (number_of(given, n, -MAX_VALUE, MAX_VALUE) for n in ("low", "high"))
        if not low < high:
            raise Refused("the window width must be positive")
        index = int(number_of(given, "index", 0, MAX_VALUE))
        return Picture(self._slices.png(case.sample, given["axis"], index, (low, high)))
