"""Cases: reviewers answer a question as a model sees it, then see the key and keep or drop the case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchsmith.documents import reviews as documents
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.reviews import DROP, DROP_REASONS, KEEP, NOTE_CODES, Review
from benchsmith.release.columns import letters
from benchsmith.review.act_store import Action, ActionStore, utc_now
from benchsmith.review.built_cases import Case, CaseStore, asked_as, placed
from benchsmith.review.case_places import places
from benchsmith.review.contract import (
    Desk,
    DeskReport,
    NotFound,
    Parameters,
    Picture,
    Refused,
    text_of,
)
from benchsmith.review.original_planes import OriginalPlanes
from benchsmith.statistics import review_results

ANSWERS = "cases-answer"
"""Desk name of answers in the store; the first answer counts, since the key is shown after it."""


class Cases(Desk):
    """All reviewers get the cases in the same order, one per target."""

    name = "cases"
    title = "Cases"
    fills = "Build a benchmark, or widen `--subset`: cases of its questions come here."
    scripts = ("zoom.js", "viewer.js", "original.js")

    def __init__(self, store: ActionStore, home: Path, lexicon: Lexicon, case_store: CaseStore, cases: list[Case], planes: OriginalPlanes) -> None:  # fmt: skip
        """`cases` are the cases to review, in order."""
        super().__init__(store)
        self._home, self._lexicon, self._case_store, self.cases = home, lexicon, case_store, cases
        self._planes = planes
        self.path = documents.path_of(home, case_store.name)
        self.writes = f"reviews/{case_store.name}.tsv"

    @property
    def about(self) -> str:
        """The benchmark."""
        return self._case_store.name

    def page_data(self, who: str) -> dict[str, Any]:
        """Return the reasons for dropping a case, and the codes of notes."""
        return {"why": list(DROP_REASONS.items()), "codes": NOTE_CODES}

    def queue(self, who: str) -> list[str]:
        """Return the public ids of the cases that a person has not decided.

        Those that were answered blindly, without a look at the key, come again at the end.
        """
        done = self.store.done_items(self.name, self.about, who)
        answers = self.store.current(ANSWERS, self.about)
        blindly = {a.item for a in answers if a.who == who and a.value.get("blind")}
        waiting = [case for case in self.cases if case.question not in done]
        waiting.sort(key=lambda case: case.question in blindly)
        return [case.id for case in waiting]

    def ask(self, what: str, given: Parameters, who: str) -> dict[str, Any]:
        """Return where a case's plane is in its source, once the person has answered it.

        Before, a person sees what a model sees; otherwise their answers could not be compared.
        """
        if what != "original":
            raise NotFound("such question")
        case = self.case(given.get("id", ""))
        if self._answer(case, who) is None:
            raise Refused("answer the question first; then its original picture is shown")
        return self._planes.about(case)

    def show(self, item: str, who: str) -> dict[str, Any]:
        """Return what a model sees, and the person's answer and decision; the key only after an answer."""
        case = self.case(item)
        answer = self._answer(case, who)
        decided = self.store.said_by(self.name, self.about, case.question, who)
        content = self._content(case)
        return {**content, "answer": answer and self._key(case, answer), "decided": decided}

    def _content(self, case: Case) -> dict[str, Any]:
        return {
            "id": case.id,
            "picture": f"/cases/picture?id={case.id}&v={case.sha256[:12]}",
            "stem": case.stem,
            "options": case.options,
            "several": case.several,
            "withheld": self.withheld(case),
            "seen": self.seen(case),
        }

    def seen(self, case: Case) -> str:
        """Return the fingerprint of what is shown before the answer."""
        return documents.shown(case.sha256, case.stem, case.options)

    def judged(self, case: Case) -> str:
        """Return the fingerprint of what is judged, including the key."""
        return documents.judged(case.sha256, case.stem, case.options, case.answers)

    def withheld(self, case: Case) -> bool:
        """Return whether the case's picture must not be redistributed."""
        return case.id in self._case_store.withheld

    def png(self, case: Case) -> bytes:
        """Return a case's picture."""
        return self._case_store.png(case)

    def _answer(self, case: Case, who: str) -> Action | None:
        # an answer to an earlier version of the question does not reveal this version's key
        acts, now_ = self.store.current_of(ANSWERS, self.about, case.question), self.judged(case)
        return next((a for a in acts if a.who == who and a.seen == now_), None)

    def _key(self, case: Case, act: Action) -> dict[str, Any]:
        """Return what is shown after the answer."""
        return {
            "chosen": act.value["chosen"],
            "came": act.value["came"],
            "key": case.answers,
            "letters": letters(case.answers),
            "unmarked": self._planes.address(case, self.name),
            "about": [
                *placed(case, self._lexicon),
                *asked_as(case),
            ],
        }

    def act(self, item: str, who: str, value: Mapping[str, Any], key: str, seen: str) -> dict[str, Any]:  # fmt: skip
        """Store an answer and return the key, or store a decision after the answer."""
        case = self.case(item)
        if seen != self.seen(case):
            raise Refused("this case has been rebuilt since it was shown: reload the page")
        if value.get("do") == "answer":
            act = Action(key, ANSWERS, self.about, case.question, who, answered(case, value), self.judged(case), utc_now())  # fmt: skip
            return {"answer": self._key(case, self.store.add(act, once=True))}
        if self._answer(case, who) is None:
            raise Refused("answer the question first; then the key is shown")
        kept = self.check(item, who, value)
        self.store.add(
            Action(
                key, self.name, self.about, case.question, who, kept, self.judged(case), utc_now()
            )
        )
        return {"decided": kept}

    def check(self, item: str, who: str, value: Mapping[str, Any]) -> dict[str, Any]:
        """Validate a decision."""
        decision, reason = text_of(value, "decision"), text_of(value, "reason")
        note = text_of(value, "note")
        if decision not in (KEEP, DROP):
            raise Refused("keep or drop?")
        if decision == DROP and reason not in DROP_REASONS:
            raise Refused("give a reason for dropping the case")
        if decision == DROP and reason == "other" and not note:
            raise Refused("describe the reason in the note")
        return {"decision": decision, "reason": reason if decision == DROP else "", "note": note}

    def undo(self, who: str, key: str) -> str:
        """Undo the last decision. An answer cannot be undone, since the key was shown."""
        question = super().undo(who, key)
        case = self._case_store.by_question.get(question)
        return case.id if case else ""

    def picture(self, given: Parameters) -> Picture:
        """Return a case's picture, or a plane of its source's picture."""
        case = self.case(given.get("id", ""))
        source = "axis" in given or "unmarked" in given
        return self._planes.picture(case, given) if source else Picture(self.png(case))

    def case(self, item: str) -> Case:
        """Return a case by its public id. Raises NotFound."""
        case = self._case_store.by_id.get(item)
        if case is None:
            raise NotFound("such case")
        return case

    def report(self) -> DeskReport:
        """Return progress, agreement and human accuracy."""
        rows = self.reviews()
        figures = [("cases to review", str(len(self.cases)))]
        if kept := sum(self.withheld(case) for case in self.cases):
            figures.append(("of these, pictures not redistributable", str(kept)))
        figures += [(f"decided by {who}", str(n)) for who, n in self.store.counts_by_person(self.name, self.about).items()]  # fmt: skip
        figures += [("targets dropped", str(len(documents.dropped(rows))))]
        return DeskReport(
            self.title,
            figures,
            review_results.lines(rows, places(self._case_store, self._lexicon)),
        )

    def reviews(self) -> list[Review]:
        """Return the reviews of the documents and the store; those of the store take precedence."""
        there = documents.read(self.path, self.curators(self._lexicon.curators))
        rows = {review.key: review for review in there}
        answers = {(a.item, a.who): a for a in self.store.current(ANSWERS, self.about)}
        for act in self.store.current(self.name, self.about):
            answer = answers.get((act.item, act.who))
            result = answer.value["came"] if answer and answer.seen == act.seen else ""
            review = Review(
                target=act.item.rpartition(":")[0], question=act.item,
                decision=act.value["decision"], reason=act.value["reason"],
                answered=result, who=act.who, time=act.time,
                seen=act.seen, note=act.value["note"],
            )  # fmt: skip
            rows[review.key] = review
        return [rows[key] for key in sorted(rows)]

    def write(self, who: str) -> Iterator[str]:
        """Write all decisions to `reviews/<benchmark>.tsv`, which the next build applies."""
        rows = self.reviews()
        documents.write(self.path, rows)
        gone = documents.dropped(rows)
        yield f"{len(rows)} decisions in {self.writes}; {len(gone)} targets are dropped"
        if gone:
            yield f"`benchsmith build {self.about}` replaces them with the next candidates"


def answered(case: Case, value: Mapping[str, Any]) -> dict[str, Any]:
    """Validate an answer; return its options and result (right, wrong, unsure). Raises Refused."""
    chosen = value.get("chosen")
    legal = isinstance(chosen, list) and all(type(c) is int and 0 <= c < len(case.options) for c in chosen)  # fmt: skip
    if not legal or chosen is None:
        raise Refused("this is not an option of the case")
    if len(set(chosen)) > 1 and not case.several:
        raise Refused("only one option is right: choose one")
    right = sorted(set(chosen)) == sorted(case.answers)
    came = "unsure" if not chosen else "right" if right else "wrong"
    blind = {"blind": True} if value.get("blind") is True else {}
    return {"chosen": sorted(set(chosen)), "came": came, **blind}
