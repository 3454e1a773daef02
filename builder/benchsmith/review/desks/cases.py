"""Cases: a question as a model sees it; answered first, then judged beside its key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchsmith.documents import reviews as documents
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.problems import Problems
from benchsmith.documents.reviews import DROP, KEEP, WHY, Review
from benchsmith.release.columns import letters
from benchsmith.review.act_store import Act, Store, now
from benchsmith.review.built_cases import Case, Shelf
from benchsmith.review.case_places import places
from benchsmith.review.contract import Desk, Given, Picture, Refused, Told, Unknown, text_of
from benchsmith.statistics import review_results

ANSWERS = "cases-answer"
"""What the answers are kept under; the first one counts, since the key is seen after it."""


class Cases(Desk):
    """Everybody sees the cases in one order, one of each target."""

    name = "cases"
    title = "Cases"

    def __init__(self, store: Store, home: Path, lexicon: Lexicon, shelf: Shelf, cases: list[Case]) -> None:  # fmt: skip
        """`cases` are those that are reviewed, in their order."""
        super().__init__(store)
        self._home, self._lexicon, self._shelf, self.cases = home, lexicon, shelf, cases
        self.path = documents.path_of(home, shelf.name)
        self.writes = f"reviews/{shelf.name}.tsv"

    @property
    def about(self) -> str:
        """The benchmark."""
        return self._shelf.name

    def opening(self, who: str) -> dict[str, Any]:
        """Return the reasons for dropping a case."""
        return {"why": list(WHY.items())}

    def queue(self, who: str) -> list[str]:
        """Return the cases that a person has not decided on; by their published ids."""
        done = self.store.done(self.name, self.about, who)
        return [case.id for case in self.cases if case.question not in done]

    def show(self, item: str, who: str) -> dict[str, Any]:
        """Show what a model is shown, and what a person did already; never the key before that."""
        case = self.case(item)
        answer = self._answer(case, who)
        decided = next((a.value for a in self.store.of(self.name, self.about, case.question) if a.who == who), None)  # fmt: skip
        content = self._content(case)
        return {**content, "answer": answer and self._key(case, answer), "decided": decided}

    def _content(self, case: Case) -> dict[str, Any]:
        # the key is part of what is judged, so the fingerprint is of it too
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
        """Return the fingerprint of what is shown before somebody answers."""
        return documents.shown(case.sha256, case.stem, case.options)

    def judged(self, case: Case) -> str:
        """Return the fingerprint of what is judged: the key is seen by then."""
        return documents.judged(case.sha256, case.stem, case.options, case.answers)

    def withheld(self, case: Case) -> bool:
        """Say whether the case's picture may not be passed on."""
        return case.id in self._shelf.withheld

    def png(self, case: Case) -> bytes:
        """Return a case's picture."""
        return self._shelf.png(case)

    def _answer(self, case: Case, who: str) -> Act | None:
        # who answered before the question was changed has not seen this one's key
        acts, now_ = self.store.of(ANSWERS, self.about, case.question), self.judged(case)
        return next((a for a in acts if a.who == who and a.seen == now_), None)

    def _key(self, case: Case, act: Act) -> dict[str, Any]:
        """Return what is told once somebody has answered."""
        lexicon = self._lexicon
        return {
            "chosen": act.value["chosen"],
            "came": act.value["came"],
            "key": case.answers,
            "letters": letters(case.answers),
            "about": [
                lexicon.tasks[case.task].name,
                lexicon.departments[case.department].name,
                lexicon.modalities[case.modality].name,
                lexicon.granularities[case.view].name,
                case.source,
            ],
        }

    def act(self, item: str, who: str, value: Mapping[str, Any], key: str, seen: str) -> dict[str, Any]:  # fmt: skip
        """Keep an answer, and tell the key; or keep what is decided once it is known."""
        case = self.case(item)
        if seen != self.seen(case):
            raise Refused("this case was built anew since it was shown: load the page again")
        if value.get("do") == "answer":
            act = Act(key, ANSWERS, self.about, case.question, who, answered(case, value), self.judged(case), now())  # fmt: skip
            return {"answer": self._key(case, self.store.add(act, once=True))}
        if self._answer(case, who) is None:
            raise Refused("answer first: the key is shown then")
        kept = self.check(item, who, value)
        self.store.add(
            Act(key, self.name, self.about, case.question, who, kept, self.judged(case), now())
        )
        return {"decided": kept}

    def check(self, item: str, who: str, value: Mapping[str, Any]) -> dict[str, Any]:
        """Return a decision as it is kept."""
        decision, reason = text_of(value, "decision"), text_of(value, "reason")
        note = text_of(value, "note")
        if decision not in (KEEP, DROP):
            raise Refused("keep or drop?")
        if decision == DROP and reason not in WHY:
            raise Refused("say why it is dropped")
        if decision == DROP and reason == "other" and not note:
            raise Refused("say in the note which other reason")
        return {"decision": decision, "reason": reason if decision == DROP else "", "note": note}

    def undo(self, who: str, key: str) -> str:
        """Take the last decision back. An answer stays: the key was seen."""
        question = super().undo(who, key)
        case = self._shelf.by_question.get(question)
        return case.id if case else ""

    def picture(self, given: Given) -> Picture:
        """Return a case's picture."""
        return Picture(self.png(self.case(given.get("id", ""))))

    def case(self, item: str) -> Case:
        """Return a case by its published id. Raises Unknown."""
        case = self._shelf.by_id.get(item)
        if case is None:
            raise Unknown("such case")
        return case

    def told(self) -> Told:
        """Return progress, agreement, and how often people are right."""
        rows = self.reviews()
        figures = [("cases to review", str(len(self.cases)))]
        if kept := sum(self.withheld(case) for case in self.cases):
            figures.append(("of these not to be passed on", str(kept)))
        figures += [(f"{who} has decided", str(n)) for who, n in self.store.count(self.name, self.about).items()]  # fmt: skip
        figures += [("targets dropped", str(len(documents.dropped(rows))))]
        return Told(
            self.title,
            figures,
            review_results.lines(rows, places(self._shelf, self._lexicon)),
        )

    def reviews(self) -> list[Review]:
        """Return what stands in the documents and in the store; of two the store's."""
        problems = Problems(self._home)
        there = documents.read(self.path, self._lexicon.curators, problems)
        problems.raise_any()
        rows = {review.key: review for review in there}
        answers = {(a.item, a.who): a for a in self.store.standing(ANSWERS, self.about)}
        for act in self.store.standing(self.name, self.about):
            answer = answers.get((act.item, act.who))
            told = answer.value["came"] if answer and answer.seen == act.seen else ""
            review = Review(
                target=act.item.rpartition(":")[0], question=act.item,
                decision=act.value["decision"], reason=act.value["reason"],
                answered=told, who=act.who, time=act.time,
                seen=act.seen, note=act.value["note"],
            )  # fmt: skip
            rows[review.key] = review
        return [rows[key] for key in sorted(rows)]

    def write(self, who: str) -> Iterator[str]:
        """Write everybody's decisions into `reviews/<benchmark>.tsv`, which the build obeys."""
        rows = self.reviews()
        documents.write(self.path, rows)
        gone = documents.dropped(rows)
        yield f"{len(rows)} decisions in {self.writes}; {len(gone)} targets are dropped"
        if gone:
            yield f"`benchsmith build {self.about}` puts the next ones in their place"


def answered(case: Case, value: Mapping[str, Any]) -> dict[str, Any]:
    """Return an answer as it is kept: options, and what came of it. Raises Refused."""
    chosen = value.get("chosen")
    legal = isinstance(chosen, list) and all(type(c) is int and 0 <= c < len(case.options) for c in chosen)  # fmt: skip
    if not legal or chosen is None:
        raise Refused("this is no option of the case")
    if len(set(chosen)) > 1 and not case.several:
        raise Refused("one option is right: choose one")
    right = sorted(set(chosen)) == sorted(case.answers)
    came = "unsure" if not chosen else "right" if right else "wrong"
    return {"chosen": sorted(set(chosen)), "came": came}
