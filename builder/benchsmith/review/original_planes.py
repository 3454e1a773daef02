"""The plane of the source's picture that a case was cut from, and its neighbours, for several desks."""

from __future__ import annotations

from typing import Any

from benchsmith.core.evidence import RECOGNITION
from benchsmith.core.model import PLANAR, Box
from benchsmith.review.built_cases import Case, CaseStore
from benchsmith.review.contract import Parameters, Picture, Refused, number_of
from benchsmith.review.label_examples import box_in
from benchsmith.review.slices import Slices

MAX_VALUE = 1e9
"""Bound on the absolute value of picture values in requests."""
MARKED = ("box", "mask", "contour")
"""Views whose picture has a mark over one plane."""


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

        With `unmarked` it is the case's own picture without its mark. Raises Refused and NotFound.
        """
        if "unmarked" in given:
            return self._unmarked(case)
        low, high = (number_of(given, n, -MAX_VALUE, MAX_VALUE) for n in ("low", "high"))
        if not low < high:
            raise Refused("the window width must be positive")
        index = int(number_of(given, "index", 0, MAX_VALUE))
        return Picture(self._slices.png(case.sample, given["axis"], index, (low, high)))

    def address(self, case: Case, desk: str) -> str:
        """Return the address of a case's picture without its mark; empty if there is none.

        The picture of a skill may have more than one plane, an altered one is not the source's, and
        some windows depend on the region, which is not read here.
        """
        window = self._case_store.targets[case.target]["window"]
        if case.view not in MARKED or case.skill != RECOGNITION or case.altered:
            return ""
        if self._slices.hangs_on_region(window):
            return ""
        return f"/{desk}/picture?id={case.id}&unmarked=1&v={case.sha256[:12]}"

    def _unmarked(self, case: Case) -> Picture:
        if not self.address(case, ""):
            raise Refused("this picture has no mark that can be hidden")
        target, own = self._case_store.targets[case.target], self._case_store.png(case)
        width, height = (int.from_bytes(own[at : at + 4], "big") for at in (16, 20))
        found = self._slices.unmarked(
            case.sample,
            target["axis"],
            target["index"],
            target["window"],
            Box(**target["crop"]) if target["crop"] else None,
            max(width, height),
        )
        if found[16:24] != own[16:24]:  # width and height in the head of a PNG file
            raise Refused("the source's picture differs in size from the case's")
        return Picture(found)
