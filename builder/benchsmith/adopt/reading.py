"""The part of a benchmark that was read so far: its cases, and the rows that were left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from benchsmith.adopt import case_ids
from benchsmith.adopt.adopted_case import AdoptedCase
from benchsmith.adopt.cells import text
from benchsmith.adopt.lexicon_terms import TreeWords
from benchsmith.adopt.personal_cells import PersonalCells
from benchsmith.adopt.picture_shelf import Kept, PictureShelf
from benchsmith.adopt.read_row import Wording, granularity_of, word_of
from benchsmith.adopt.release_folder import LeftOut
from benchsmith.adopt.row_files import Cells
from benchsmith.core.contracts import DataFault
from benchsmith.documents.adoption import Rows


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
    cases: list[AdoptedCase] = field(default_factory=list)
    """Without their public ids."""
    left_out: list[LeftOut] = field(default_factory=list)
    rows: int = 0
    own_ids: dict[tuple[str, str], str] = field(default_factory=dict)
    """By split and the benchmark's own id, the row that has it."""
    personal: PersonalCells = field(default_factory=PersonalCells)
    """What no release may have."""

    def leave_out(self, subject: str, fault: DataFault) -> None:
        """List something that is left out."""
        self.left_out.append(LeftOut(fault.reason, subject, fault.detail))

    def add(self, rule: Rows, subject: str, cells: Cells, wording: Wording, picture: Kept) -> None:
        """Add a case. Raises DataFault for an id that another row has, and for a cell at fault."""
        own = text(cells, rule.id) if rule.id else ""
        split = word_of(cells, rule.split)
        if own and (split, own) in self.own_ids:
            what = f"{own[:100]!r} is also in {self.own_ids[split, own]}"
            raise DataFault("id-repeated", "", what)
        shot = case_ids.of_picture(self.name, picture.sha256)
        patient = text(cells, rule.patient) if rule.patient else ""
        case = AdoptedCase(
            id="",
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
            patient=f"patient {patient}" if patient else shot,
        )
        self.personal.add(rule, cells, case)
        if own:
            self.own_ids[split, own] = subject
        self.cases.append(case)

    def named_cases(self) -> list[AdoptedCase]:
        """Return all cases with their public ids, which do not depend on the order of rows."""
        return case_ids.named(self.name, self.cases)
