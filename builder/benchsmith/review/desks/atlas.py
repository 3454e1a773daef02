"""Atlas: a built benchmark along the tree; counts, contact sheets, and one case with all its life."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

from benchsmith.core.model import PLANAR
from benchsmith.documents import query
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.query import Query, QueryError
from benchsmith.explore.explain import explain
from benchsmith.explore.question_rows import QuestionRows
from benchsmith.release.columns import letters
from benchsmith.review.act_store import Store
from benchsmith.review.built_cases import Case, Shelf
from benchsmith.review.contract import Desk, Given, Picture, Refused, Told, Unknown, number_of
from benchsmith.review.label_examples import box_in
from benchsmith.review.slices import Slices

SHEET = 48
"""Pictures of a contact sheet."""
AXES = ("task", "department", "modality", "label", "granularity")
KNOWN = 32
"""Counts that are kept."""
FAR = 1e9
"""No value of a picture is farther from 0."""


class Atlas(Desk):
    """Nothing is decided here. Keys are shown, so it is the curator's alone."""

    name = "atlas"
    title = "Atlas"
    shows_keys = True

    def __init__(
        self,
        store: Store,
        output: Path,
        lexicon: Lexicon,
        shelf: Shelf,
        slices: Slices,
        rows: QuestionRows,
    ) -> None:
        super().__init__(store)
        self._output, self._lexicon, self._shelf = output, lexicon, shelf
        self._slices, self._rows, self._lock = slices, rows, Lock()
        self._known: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
        self._sources = sorted({case.source for case in shelf.cases})

    def opening(self, who: str) -> dict[str, Any]:
        """Return the axes, and the first counts and pictures."""
        start = {"q": "", "axis": AXES[0], "from": "0"}
        return {"axes": AXES, "sheet": SHEET, **self.ask("sheet", start, who), **self.ask("below", start, who)}  # fmt: skip

    def queue(self, who: str) -> list[str]:
        """Return nothing: an atlas is only looked at."""
        return []

    def ask(self, what: str, given: Given, who: str) -> dict[str, Any]:
        """Count below the terms of an axis, list pictures, or tell a case's life."""
        if what == "below":
            return self._below(given)
        if what == "sheet":
            return self._sheet(given)
        if what == "life":
            case = self._case(given)
            return {"life": explain(self._output, case.question, self._shelf.name)}
        if what == "original":
            return self._original(self._case(given))
        raise Unknown("such question")

    def _below(self, given: Given) -> dict[str, Any]:
        axis = given.get("axis", "")
        if axis not in AXES:
            raise Unknown("such axis")
        terms, wanted = self._lexicon.axes[axis], self._query(given)
        counts = self._counted(
            ("below", axis, wanted), lambda: self._rows.below(axis, terms, wanted)
        )
        parents = {t.parent for t in terms}
        found = [
            {"id": t.id, "name": t.name, "depth": len(terms.line_up(t.id)) - 1, "parent": t.id in parents,
             "targets": counts[t.id].targets, "questions": counts[t.id].questions}
            for t in sorted(terms, key=lambda t: [terms[a].name for a in terms.line_up(t.id)[::-1]])
            if t.id in counts
        ]  # fmt: skip
        return {"axis": axis, "below": found}

    def _sheet(self, given: Given) -> dict[str, Any]:
        wanted = self._query(given)
        start = int(number_of(given, "from", 0, FAR))
        count = self._counted(("count", wanted), lambda: self._rows.count(wanted))
        ids = self._counted(
            ("ids", wanted), lambda: set(self._rows.ids(wanted)) if wanted.terms else None
        )
        cases = [c for c in self._shelf.cases if ids is None or c.question in ids]
        return {
            "counts": {"labels": count.labels, "targets": count.targets,
                       "questions": count.questions, "sources": count.sources},
            "from": start,
            "cases": [self._glance(c) for c in cases[start : start + SHEET]],
        }  # fmt: skip

    def _counted(self, about: tuple[Any, ...], count: Callable[[], Any]) -> Any:
        """Return a count, of what was counted last where it is the same: a build does not change."""
        with self._lock:
            if about not in self._known:
                self._known[about] = count()
                while len(self._known) > KNOWN:
                    self._known.popitem(last=False)
            return self._known[about]

    def _query(self, given: Given) -> Query:
        try:
            return query.parse(given.get("q", ""), self._lexicon, self._sources)
        except QueryError as error:
            raise Refused(str(error)) from error

    def _glance(self, case: Case) -> dict[str, Any]:
        return {
            "id": case.id,
            "small": f"/atlas/picture?id={case.id}&small=1&v={case.sha256[:12]}",
            "label": self._lexicon.labels[case.label].name,
            "view": self._lexicon.granularities[case.view].name,
            "modality": self._lexicon.modalities[case.modality].name,
        }

    def show(self, item: str, who: str) -> dict[str, Any]:
        """Show one case, its key too."""
        case, lexicon = self._case({"id": item}), self._lexicon
        target = self._shelf.targets[case.target]
        return {
            **self._glance(case),
            "picture": f"/atlas/picture?id={case.id}&v={case.sha256[:12]}",
            "stem": case.stem,
            "options": case.options,
            "key": case.answers,
            "letters": letters(case.answers),
            "facts": [
                ["task", lexicon.tasks[case.task].name],
                ["department", lexicon.departments[case.department].name],
                ["modality", lexicon.modalities[case.modality].name],
                ["granularity", lexicon.granularities[case.view].name],
                ["label", " / ".join(lexicon.labels[a].name for a in lexicon.labels.line_up(case.label)[::-1])],
                ["side", target["laterality"]],
                ["split", case.split],
                ["picture", "may not be passed on" if case.id in self._shelf.withheld else ""],
                ["source", case.source],
                ["target", case.target],
                ["case", case.id],
            ],
        }  # fmt: skip

    def _original(self, case: Case) -> dict[str, Any]:
        """Return where a case's plane lies in its source's picture."""
        target = self._shelf.targets[case.target]
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

    def picture(self, given: Given) -> Picture:
        """Return a case's picture, whole or small, or a plane of the source's own."""
        case = self._case(given)
        if "axis" in given:
            low, high = (number_of(given, n, -FAR, FAR) for n in ("low", "high"))
            if not low < high:
                raise Refused("the window has no width")
            index = int(number_of(given, "index", 0, FAR))
            return Picture(self._slices.png(case.sample, given["axis"], index, (low, high)))
        if "small" in given:
            return Picture(self._shelf.small(case), "image/jpeg")
        return Picture(self._shelf.png(case))

    def _case(self, given: Given) -> Case:
        case = self._shelf.by_id.get(given.get("id", ""))
        if case is None:
            raise Unknown("such case")
        return case

    def told(self) -> Told:
        """Return how much there is."""
        everything = self._query({})
        count = self._counted(("count", everything), lambda: self._rows.count(everything))
        return Told(self.title, [("questions", str(count.questions)), ("targets", str(count.targets)),
                                 ("labels", str(count.labels)), ("sources", str(count.sources))])  # fmt: skip
