"""Verify: experts see a question with its key and say whether the key is right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from benchsmith.core.validation import KeyCheck
from benchsmith.documents import verification as documents
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.reviews import NOTE_CODES, judged
from benchsmith.documents.verification import (
    SUSPECTS,
    UNFAIR,
    UNFAIR_REASONS,
    UNSURE,
    VERDICTS,
    WRONG,
    Framed,
    Unit,
    Verified,
)
from benchsmith.release.columns import letters
from benchsmith.review.act_store import ActionStore
from benchsmith.review.built_cases import Case, CaseStore, asked_as, placed
from benchsmith.review.contract import (
    Desk,
    DeskReport,
    NotFound,
    Parameters,
    Picture,
    Refused,
    text_of,
    with_fingerprint,
)
from benchsmith.review.original_planes import OriginalPlanes
from benchsmith.statistics.key_check import key_check, reached

BLOCK = 5
"""Questions of the order that each expert takes before another one helps out."""
SEPARATOR = " "
"""Between a question and its version in an item of the store."""


def units_of(cases: CaseStore) -> dict[Unit, Case]:
    """Return the cases of a build by question and version."""
    return {
        Unit(case.question, judged(case.sha256, case.stem, case.options, case.answers)): case
        for case in cases.cases
    }


class Verify(Desk):
    """A sample in a fixed order, suspects first, until the bound on wrong keys is low enough.

    Experts see keys, and so they open only this desk: nobody answers questions at the same time.
    """

    name = "verify"
    title = "Verify"
    fills = "Every key that is needed for the bound is judged. A new build, or a smaller `--max-wrong`, asks for more."
    scripts = ("zoom.js", "viewer.js", "original.js")

    def __init__(
        self,
        store: ActionStore,
        home: Path,
        lexicon: Lexicon,
        case_store: CaseStore,
        experts: Sequence[str],
        most: float,
        planes: OriginalPlanes,
    ) -> None:
        """`most` is the share of wrong keys below which no more are asked about."""
        super().__init__(store)
        self._home, self._lexicon, self.cases = home, lexicon, case_store
        self._experts, self._most, self._planes = list(experts), most, planes
        self._units = units_of(case_store)
        self._unit_of = {case.id: unit for unit, case in self._units.items()}
        self.path = documents.path_of(home, case_store.name)
        self.writes = f"reviews/{case_store.name}.verified.tsv"

    @property
    def about(self) -> str:
        """The benchmark."""
        return self.cases.name

    @cached_property
    def frame(self) -> list[Framed]:
        """The order of all questions. Raises DocumentError."""
        return documents.read_frame(documents.frame_path(self._home, self.about))

    def join(self, who: str) -> None:
        """Let a further expert take turns."""
        self._experts = [*self._experts, who]

    def page_data(self, who: str) -> dict[str, Any]:
        """Return the reasons why a question may be unfair, and the codes of notes."""
        return {"why": list(UNFAIR_REASONS.items()), "codes": NOTE_CODES}

    def queue(self, who: str) -> list[str]:
        """Return the public ids of the questions that a person is asked about: suspects first.

        Experts take turns, so that two of them see the same question only if nobody can judge it,
        or if one has fallen behind. Nobody is asked once the bound is reached.
        """
        verified = self.verified()
        if reached(self.frame, verified, self._units, self._most):
            return []
        verdicts = documents.settled(verified)
        done = self.store.done_items(self.name, self.about, who)
        turn = self._experts.index(who) if who in self._experts else 0
        count = max(len(self._experts), 1)
        waiting = [
            one
            for one in self.frame
            if one.unit in self._units
            and verdicts.get(one.unit, UNSURE) == UNSURE
            and SEPARATOR.join(one.unit) not in done
        ]
        waiting.sort(
            key=lambda one: (
                one.stratum != SUSPECTS,
                one.place // (BLOCK * count),
                one.place % count != turn,
                one.place,
            )
        )
        return [self._units[one.unit].id for one in waiting]

    def show(self, item: str, who: str) -> dict[str, Any]:
        """Return the question with its key, and the person's verdict."""
        unit, case = self._case(item)
        place = SEPARATOR.join(unit)
        said = self.store.said_by(self.name, self.about, place, who)
        content = with_fingerprint({
            "id": case.id,
            "picture": f"/{self.name}/picture?id={case.id}&v={case.sha256[:12]}",
            "stem": case.stem,
            "options": case.options,
            "several": case.several,
            "key": case.answers,
            "letters": letters(case.answers),
            "about": [*placed(case, self._lexicon), *asked_as(case)],
            "withheld": case.id in self.cases.withheld,
        })  # fmt: skip
        return {**content, "unmarked": self._planes.address(case, self.name), "said": said}

    def act(self, item: str, who: str, value: Mapping[str, Any], key: str, seen: str) -> dict[str, Any]:  # fmt: skip
        """Store a verdict."""
        unit, _ = self._case(item)
        if seen != self.show(item, who)["seen"]:
            raise Refused("this case has been rebuilt since it was shown: reload the page")
        return super().act(SEPARATOR.join(unit), who, value, key, unit.seen)

    def check(self, item: str, who: str, value: Mapping[str, Any]) -> dict[str, Any]:
        """Validate a verdict."""
        verdict, reason = text_of(value, "verdict"), text_of(value, "reason")
        note = text_of(value, "note")
        if verdict not in VERDICTS:
            raise Refused("is the key right?")
        if verdict == UNFAIR and reason not in UNFAIR_REASONS:
            raise Refused("say why the question is unfair")
        if verdict == UNFAIR and reason == "other" and not note:
            raise Refused("describe the reason in the note")
        return {"verdict": verdict, "reason": reason if verdict == UNFAIR else "", "note": note}

    def undo(self, who: str, key: str) -> str:
        """Undo the last verdict."""
        question, _, seen = super().undo(who, key).rpartition(SEPARATOR)
        case = self._units.get(Unit(question, seen))
        return case.id if case else ""

    def picture(self, given: Parameters) -> Picture:
        """Return a case's picture, or a plane of its source's picture."""
        _, case = self._case(given.get("id", ""))
        if "axis" in given or "unmarked" in given:
            return self._planes.picture(case, given)
        return Picture(self.cases.png(case))

    def ask(self, what: str, given: Parameters, who: str) -> dict[str, Any]:
        """Return where a case's plane is in its source."""
        if what != "original":
            raise NotFound("such question")
        return self._planes.about(self._case(given.get("id", ""))[1])

    def _case(self, item: str) -> tuple[Unit, Case]:
        unit = self._unit_of.get(item)
        if unit is None:
            raise NotFound("such case")
        return unit, self._units[unit]

    def verified(self) -> list[Verified]:
        """Return the verdicts of the documents and the store; those of the store take precedence."""
        rows = {
            row.key: row for row in documents.read(self.path, self.curators(self._lexicon.curators))
        }
        for act in self.store.current(self.name, self.about):
            question, _, seen = act.item.rpartition(SEPARATOR)
            row = Verified(question, who=act.who, time=act.time, seen=seen, **act.value)
            rows[row.key] = row
        return [rows[key] for key in sorted(rows)]

    def check_keys(self) -> KeyCheck:
        """Return what all verdicts so far say about the build's keys."""
        return key_check(self.frame, self.verified(), self._units, self._most)

    def report(self) -> DeskReport:
        """Return the bound, the sample and the number of questions left."""
        found = self.check_keys()
        left = "no number is enough" if found.left is None else str(found.left)
        known = found.judged + found.suspects_judged
        notes = []
        if found.unknown:
            where = f"`benchsmith review {self.about} --verify` draws it"
            notes.append(f"{found.unknown} questions have no place in the order yet: {where}")
            left = "unknown" if not self.frame else left
        figures = [
            ("questions", str(found.questions)),
            ("suspects judged", f"{found.suspects_judged} of {found.suspects}"),
            ("judged in the random order", str(found.judged)),
            ("judged out of turn, not counted yet", str(found.ahead)),
            ("key right", str(found.right)),
            ("key wrong", str(found.wrong)),
            ("question unfair", str(found.unfair)),
            ("cannot tell, counted as wrong", str(found.unsure)),
            ("not in the frame, counted as wrong", str(found.unknown)),
            ("wrong keys, estimate", f"{found.estimate:.2%}" if known else "unknown"),
            ("wrong keys, upper 95 % bound", f"{found.upper:.2%}"),
            ("wrong or unfair, upper 95 % bound", f"{found.upper_flawed:.2%}"),
            ("can stop at", f"{found.most:.2%}: {'reached' if found.reached else 'not reached'}"),
            ("left to judge, if all are right", left),
            *((f"verdicts by {one.name}", str(one.said)) for one in found.people),
        ]
        return DeskReport(self.title, figures, notes)

    def write(self, who: str) -> Iterator[str]:
        """Write all verdicts to `reviews/<benchmark>.verified.tsv`; the next build drops what is wrong."""
        rows = self.verified()
        documents.write(self.path, rows)
        wrong = sum(row.verdict == WRONG for row in rows)
        unfair = sum(row.verdict == UNFAIR for row in rows)
        yield f"{len(rows)} verdicts in {self.writes}; {wrong} wrong keys, {unfair} unfair questions"
        if wrong or unfair:
            yield f"`benchsmith build {self.about}` replaces their targets with the next candidates"
