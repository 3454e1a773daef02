"""The part of a benchmark that was read so far: its cases, and the rows that were left out."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path

from benchsmith.adopt.adopted_case import AdoptedCase
from benchsmith.adopt.cells import text
from benchsmith.adopt.lexicon_terms import TreeWords
from benchsmith.adopt.personal_cells import PersonalCells
from benchsmith.adopt.picture_shelf import Kept, PictureShelf
from benchsmith.adopt.read_row import Wording, granularity_of, word_of
from benchsmith.adopt.release_folder import LeftOut
from benchsmith.adopt.row_files import Cells
from benchsmith.core.contracts import DataFault
from benchsmith.core.random_order import public_id
from benchsmith.documents.adoption import Rows

SEED = 0


@dataclass(slots=True)
class Reading:
    """The rows of one benchmark that were read so far."""

    name: str
    data: Path
    """The folder of its files, absolute."""
    shelf: PictureShelf
    words: TreeWords
    language: str
    """Of questions whose entry says none."""
    cases: dict[str, AdoptedCase] = field(default_factory=dict)
    """By public id."""
    left_out: list[LeftOut] = field(default_factory=list)
    rows: int = 0
    nameless: dict[str, list[AdoptedCase]] = field(default_factory=dict)
    """Cases without an id of their own, by the digest of question, options, split and picture."""
    personal: PersonalCells = field(default_factory=PersonalCells)
    """What no release may have."""

    def leave_out(self, subject: str, fault: DataFault) -> None:
        """List something that is left out."""
        self.left_out.append(LeftOut(fault.reason, subject, fault.detail))

    def add(self, rule: Rows, subject: str, cells: Cells, wording: Wording, picture: Kept) -> None:
        """Add a case. Raises DataFault for an id that another row has, and for a cell at fault."""
        own = text(cells, rule.id) if rule.id else ""
        split = word_of(cells, rule.split)
        id_ = public_id(SEED, f"{self.name}/{split}/{own}") if own else ""
        if id_ in self.cases:
            what = f"{own[:100]!r} is also in {self.cases[id_].subject}"
            raise DataFault("id-repeated", "", what)
        shot = public_id(SEED, f"{self.name}/picture/{picture.sha256}")
        patient = text(cells, rule.patient) if rule.patient else ""
        case = AdoptedCase(
            id=id_,
            subject=subject,
            own_id=own,
            wording=wording,
            picture=picture,
            split=split,
            task=self.words.named("task", word_of(cells, rule.task)),
            modality=self.words.named("modality", word_of(cells, rule.modality)),
            department=self.words.named("department", word_of(cells, rule.department)),
            granularity=granularity_of(cells, rule.granularity),
            language=word_of(cells, rule.language) if rule.language else self.language,
            source=word_of(cells, rule.source) if rule.source else self.name,
            sample=shot,
            patient=public_id(SEED, f"{self.name}/patient/{patient}") if patient else shot,
        )
        self.personal.add(rule, cells, case)
        if own:
            self.cases[id_] = case
        else:
            self.nameless.setdefault(_content(case), []).append(case)

    def named_cases(self) -> list[AdoptedCase]:
        """Return all cases with their ids, which do not depend on the order of rows."""
        found = list(self.cases.values())
        for content, cases in self.nameless.items():
            cases.sort(key=lambda case: case.wording.answers)
            found += [
                replace(case, id=public_id(SEED, f"{self.name}/{content}/{number}"))
                for number, case in enumerate(cases)
            ]
        return found


def _content(case: AdoptedCase) -> str:
    """Return the digest of a case's question, options, split and picture, without its answer.

    So a corrected answer changes no id, and `diff` finds it.
    """
    words = json.dumps([case.wording.question, *case.wording.options, case.split])
    return blake2b((words + case.picture.sha256).encode(), digest_size=16).hexdigest()
