"""Atlas: browse a built benchmark by axis: counts, contact sheets, and single cases in detail."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

from benchsmith.core.evidence import RECOGNITION
from benchsmith.documents import query
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.query import Query, QueryError
from benchsmith.explore.explain import explain
from benchsmith.explore.question_rows import QuestionRows
from benchsmith.release.columns import letters
from benchsmith.review.act_store import ActionStore
from benchsmith.review.built_cases import Case, CaseStore
from benchsmith.review.contract import (
    Desk,
    DeskReport,
    NotFound,
    Parameters,
    Picture,
    Refused,
    number_of,
)
from benchsmith.review.original_planes import MAX_VALUE, OriginalPlanes

SHEET_PICTURES = 48
"""Pictures of a contact sheet."""
AXES = ("task", "department", "modality", "label", "granularity")
SKILL = "skill"
"""An axis more, where questions take several skills."""
CACHED_COUNTS = 32
"""Query results that are kept in memory."""


class Atlas(Desk):
    """A read-only desk. It shows keys, so only the curator may open it."""

    name = "atlas"
    title = "Atlas"
    scripts = ("zoom.js", "viewer.js", "original.js")
    shows_keys = True

    def __init__(
        self,
        store: ActionStore,
        output: Path,
        lexicon: Lexicon,
        case_store: CaseStore,
        planes: OriginalPlanes,
        rows: QuestionRows,
    ) -> None:
        super().__init__(store)
        self._output, self._lexicon, self._case_store = output, lexicon, case_store
        self._planes, self._rows, self._lock = planes, rows, Lock()
        self._known: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
        self._sources = sorted({case.source for case in case_store.cases})
        skilled = any(case.skill != RECOGNITION for case in case_store.cases)
        self._axes = (*AXES, SKILL) if skilled else AXES

    def page_data(self, who: str) -> dict[str, Any]:
        """Return the axes, and the initial counts and pictures."""
        start = {"q": "", "axis": AXES[0], "from": "0"}
        return {"axes": self._axes, "sheet": SHEET_PICTURES, **self.ask("sheet", start, who), **self.ask("below", start, who)}  # fmt: skip

    def queue(self, who: str) -> list[str]:
        """Return no items: the atlas is read-only."""
        return []

    def ask(self, what: str, given: Parameters, who: str) -> dict[str, Any]:
        """Count by the terms of an axis, list pictures, or return a case's trace or source plane."""
        if what == "below":
            return self._below(given)
        if what == "sheet":
            return self._sheet(given)
        if what == "life":
            case = self._case(given)
            return {"life": explain(self._output, case.question, self._case_store.name)}
        if what == "original":
            return self._planes.about(self._case(given))
        raise NotFound("such question")

    def _below(self, given: Parameters) -> dict[str, Any]:
        axis = given.get("axis", "")
        if axis not in self._axes:
            raise NotFound("such axis")
        terms, wanted = self._lexicon.axes[axis], self._query(given)
        counts = self._counted(
            ("below", axis, wanted), lambda: self._rows.below(axis, terms, wanted)
        )
        parents = {t.parent for t in terms}
        found = [
            {"id": t.id, "name": t.name, "depth": len(terms.lineage(t.id)) - 1, "parent": t.id in parents,
             "targets": counts[t.id].targets, "questions": counts[t.id].questions}
            for t in sorted(terms, key=lambda t: [terms[a].name for a in terms.lineage(t.id)[::-1]])
            if t.id in counts
        ]  # fmt: skip
        return {"axis": axis, "below": found}

    def _sheet(self, given: Parameters) -> dict[str, Any]:
        wanted = self._query(given)
        start = int(number_of(given, "from", 0, MAX_VALUE))
        count = self._counted(("count", wanted), lambda: self._rows.count(wanted))
        ids = self._counted(
            ("ids", wanted), lambda: set(self._rows.ids(wanted)) if wanted.terms else None
        )
        cases = [c for c in self._case_store.cases if ids is None or c.question in ids]
        return {
            "counts": {"labels": count.labels, "targets": count.targets,
                       "questions": count.questions, "sources": count.sources},
            "from": start,
            "cases": [self._glance(c) for c in cases[start : start + SHEET_PICTURES]],
        }  # fmt: skip

    def _counted(self, about: tuple[Any, ...], count: Callable[[], Any]) -> Any:
        """Return a cached count; counts stay valid since a build does not change."""
        with self._lock:
            if about not in self._known:
                self._known[about] = count()
                while len(self._known) > CACHED_COUNTS:
                    self._known.popitem(last=False)
            return self._known[about]

    def _query(self, given: Parameters) -> Query:
        try:
            return query.parse(given.get("q", ""), self._lexicon, self._sources)
        except QueryError as error:
            raise Refused(str(error)) from error

    def _glance(self, case: Case) -> dict[str, Any]:
        return {
            "id": case.id,
            "small": f"/atlas/picture?id={case.id}&small=1&v={case.sha256[:12]}",
            "label": self._lexicon.labels[case.label].name,
            "view": self._how(case),
            "modality": self._lexicon.modalities[case.modality].name,
        }

    def _how(self, case: Case) -> str:
        """Return how a question asks: its skill, or for one that asks what is shown its granularity."""
        if case.skill != RECOGNITION:
            return self._lexicon.axes[SKILL][case.skill].name
        return self._lexicon.granularities[case.view].name

    def show(self, item: str, who: str) -> dict[str, Any]:
        """Return one case with its key."""
        case, lexicon = self._case({"id": item}), self._lexicon
        target = self._case_store.targets[case.target]
        return {
            **self._glance(case),
            "picture": f"/atlas/picture?id={case.id}&v={case.sha256[:12]}",
            "unmarked": self._planes.address(case, self.name),
            "stem": case.stem,
            "options": case.options,
            "key": case.answers,
            "letters": letters(case.answers),
            "facts": [
                ["task", lexicon.tasks[case.task].name],
                ["department", lexicon.departments[case.department].name],
                ["modality", lexicon.modalities[case.modality].name],
                ["skill", case.skill],
                ["altered", case.altered],
                ["granularity", lexicon.granularities[case.view].name],
                ["label", " / ".join(lexicon.labels[a].name for a in lexicon.labels.lineage(case.label)[::-1])],
                ["side", target["laterality"]],
                ["split", case.split],
                ["picture", "must not be redistributed" if case.id in self._case_store.withheld else ""],
                ["source", case.source],
                ["target", case.target],
                ["case", case.id],
            ],
        }  # fmt: skip

    def picture(self, given: Parameters) -> Picture:
        """Return a case's picture or thumbnail, or a plane of the source's picture."""
        case = self._case(given)
        if "axis" in given or "unmarked" in given:
            return self._planes.picture(case, given)
        if "small" in given:
            return Picture(self._case_store.thumbnail(case), "image/jpeg")
        return Picture(self._case_store.png(case))

    def _case(self, given: Parameters) -> Case:
        case = self._case_store.by_id.get(given.get("id", ""))
        if case is None:
            raise NotFound("such case")
        return case

    def report(self) -> DeskReport:
        """Return the size of the benchmark."""
        everything = self._query({})
        count = self._counted(("count", everything), lambda: self._rows.count(everything))
        return DeskReport(self.title, [("questions", str(count.questions)), ("targets", str(count.targets)),
                                 ("labels", str(count.labels)), ("sources", str(count.sources))])  # fmt: skip
