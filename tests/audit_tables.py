"""A made-up benchmark with a known truth, and switchable flaws; no pictures.

Two thousand questions from 700 patients in 12 pools, about a fifth in val. Wrong options are drawn
in proportion to how often each label is the answer in the split's pool, places by hash. Each flaw
is one keyword; what it does stands beside it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import lru_cache
from typing import Any

from benchsmith.audits.audit import audit
from benchsmith.audits.audit_row import AuditRow, LabelKnowledge
from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.picture_measures import PictureMeasures
from benchsmith.core.absent_labels import Searched
from benchsmith.core.verdicts import Verdict
from benchsmith.documents.benchmark import Marks
from tests.audit_flaws import Flaws
from tests.audit_numbers import chances, clocks, measured, units
from tests.audit_spoiling import spoil
from tests.skill_rows import skill_rows

ITEMS = 2_000
PATIENTS = 700
POOLS = 12
WIDTH = 8
"""Labels of a pool."""
SYLLABLES = [
    "ba",
    "be",
    "bo",
    "da",
    "de",
    "do",
    "fa",
    "fe",
    "fo",
    "ga",
    "ge",
    "go",
    "ka",
    "ke",
    "ko",
    "la",
    "le",
    "lo",
    "ma",
    "me",
    "mo",
    "na",
    "ne",
    "no",
]
SIZES = ((480, 400), (512, 384), (400, 400))

PLANTED_LATER = (
    "ids_by_label", "rows_by_label", "place_by_row", "same_group", "same_sample", "hashes", "overlap", "tiny",
    "both_true", "several", "meta", "named", "unfilled", "unkeyed", "doubled", "sides", "twice", "unseen",
    "same_ids", "empty", "foreign", "alone", "parent", "skills", "anatomy", "usual", "yes",
)  # fmt: skip
"""Flaws that :meth:`_Maker.rows` does not know of: all tables with them alone have the same rows before."""
OF_OPTIONS = ("draw", "place")
"""Names of numbers of which each question has one for each label of its pool."""


def name_of(pool: int, label: int) -> str:
    """Return a name of two words, all of about one length, no two alike."""
    n = pool * WIDTH + label
    a, b, c = n % 24, (n * 7 + n // 24 * 5 + 3) % 24, (n * 11 + n // 24 + 5) % 24
    first = SYLLABLES[a] + SYLLABLES[b] + SYLLABLES[c]
    return f"{first}x {SYLLABLES[(b + 2) % 24]}{SYLLABLES[(a + n // 24) % 24]}{SYLLABLES[(c + n // 8) % 24]}z"


@lru_cache(maxsize=8)
def audit_table(
    seed: int, flaws: Flaws | None = None, *, items: int = ITEMS, patients: int = PATIENTS
) -> AuditTable:
    """Make a table; without flaws there is nothing to find in it.

    The tables that were asked for last are kept: a clean one is compared in many tests.
    """
    return _Maker(seed, flaws or Flaws(), items, patients).make()


def flawed(**flaws: Any) -> AuditTable:
    """Return a table with some flaws, all of seed 1."""
    return audit_table(1, Flaws(**flaws))


def verdict(name: str, questions: AuditTable, marks: Marks | None = None) -> Verdict:
    """Return what one check says of a table."""
    return audit(questions, marks or Marks(), [name]).of(name)


@lru_cache(maxsize=2)
def _rows(seed: int, flaws: Flaws, items: int, patients: int) -> tuple[AuditRow, ...]:
    return tuple(_Maker(seed, flaws, items, patients).rows())


class _Maker:
    def __init__(self, seed: int, flaws: Flaws, items: int, patients: int) -> None:
        self.seed, self.flaws, self.items, self.patients = seed, flaws, items, patients
        self._chance: dict[str, list[int]] = {}
        self._unit: dict[str, list[float]] = {}
        self._label = {
            (p, i): name_of(p, i).replace(" ", "-") for p in range(POOLS) for i in range(WIDTH)
        }
        self.names = {self._label[p, i]: name_of(p, i) for p in range(POOLS) for i in range(WIDTH)}
        if flaws.normal:
            for p in range(POOLS):
                self.names[self._label[p, 0]] = f"normal {SYLLABLES[p]}"
        if flaws.synonym:
            self.names[self._label[0, 0]] = "pulmonary calcification"
            self.names[self._label[0, 1]] = "lung calcification"

    def chance(self, what: str, i: int) -> int:
        """Return a 64-bit number by name and place."""
        if what not in self._chance:
            self._chance[what] = chances(self.count(what), self.seed, what)
        return self._chance[what][i]

    def count(self, what: str) -> int:
        """Return how many numbers of a name are needed: for each question's options, or it and each patient."""
        return max(self.items, self.patients) * (WIDTH if what in OF_OPTIONS else 1)

    def unit(self, what: str, i: int) -> float:
        """Return a number from 0 to 1 by name and place."""
        if what not in self._unit:
            self._unit[what] = units(self.count(what), self.seed, what)
        return self._unit[what][i]

    def some(self, what: str, share: float, i: int) -> bool:
        return share > 0 and self.unit(what, i) < share

    def rows(self) -> list[AuditRow]:
        """Return a row for each question, before flaws are planted that are about some of them alone."""
        drafts = [self.draft(i) for i in range(self.items)]
        counts: dict[tuple[str, int], Counter[int]] = {}
        for d in drafts:
            counts.setdefault((d["split"], d["pool"]), Counter())[d["label"]] += 1
        rows = [self.row(i, d, counts[d["split"], d["pool"]]) for i, d in enumerate(drafts)]
        rows.sort(key=lambda r: (r.split, self.chance("row", int(r.target[1:]))))
        return rows

    def make(self) -> AuditTable:
        everywhere = replace(self.flaws, **{name: getattr(Flaws(), name) for name in PLANTED_LATER})
        rows = list(_rows(self.seed, everywhere, self.items, self.patients))
        rows = spoil(rows, self.flaws, self.names, self.chance)
        rows += skill_rows(self.seed, self.flaws)
        related = set()
        known = set(self.names)
        if self.flaws.parent:
            related.add(frozenset((self._label[1, 0], self._label[1, 1])))
        if self.flaws.synonym:
            known -= {self._label[0, 0], self._label[0, 1]}
        branch = {self._label[p, i]: f"branch {p % 6}" for p in range(POOLS) for i in range(WIDTH)}
        words = LabelKnowledge(
            known=frozenset(known),
            related=lambda a, b: frozenset((a, b)) in related,
            traits={"branch": branch},
        )
        return AuditTable(rows, self.seed, words)

    def draft(self, i: int) -> dict[str, int | str]:
        """Choose pool, patient, split and answer of a question."""
        f = self.flaws
        pool = self.chance("pool", i) % POOLS
        patient = self.chance("patient", i) % self.patients
        split = "val" if self.unit("side", patient) < 0.2 else "test"
        if f.single and pool == 3:
            return {"pool": pool, "patient": patient, "split": split, "label": 0}
        u = self.unit("label", i)
        if f.long_tail or f.complement:
            # counts fall as 1, 1/2, 1/3 ...; the other way round in val for `complement`
            weights = [1 / (j + 1) for j in range(WIDTH)]
            if f.complement and split == "val":
                weights.reverse()
            total, label = 0.0, 0
            for label, w in enumerate(weights):
                total += w / sum(weights)
                if u < total:
                    break
        else:
            label = int(u * WIDTH)
        if f.other_val:
            label = label % 4 + (4 if split == "val" else 0)
        return {"pool": pool, "patient": patient, "split": split, "label": label}

    def wrong(self, i: int, d: dict[str, int | str], counts: Counter[int], k: int) -> list[int]:
        """Draw wrong options: in proportion to the answers' counts, or uniformly."""
        uniform = self.flaws.long_tail or self.flaws.complement
        turns = clocks(self.count("draw"), self.seed)[i * WIDTH : (i + 1) * WIDTH]
        order = []
        for label, turn in enumerate(turns):
            weight = 1.0 if uniform else counts[label]
            if label != d["label"] and weight:
                order.append((turn / weight, label))
        return [label for _, label in sorted(order)[: k - 1]]

    def row(self, i: int, d: dict[str, int | str], counts: Counter[int]) -> AuditRow:
        f, pool, label = self.flaws, int(d["pool"]), int(d["label"])
        k = 4 + self.chance("k", i) % 2
        if f.count_by_label:
            k = 3 if label < WIDTH // 2 else 5
        wrong = [(pool, w) for w in self.wrong(i, d, counts, k)]
        own = pool, label
        if f.normal and label != 0 and (pool, 0) in wrong and self.some("normal", f.normal, i):
            wrong[wrong.index((pool, 0))], own = own, (pool, 0)
        if self.some("odd", f.odd, i):
            wrong = [((pool + 1) % POOLS, w) for _, w in wrong]
        order = sorted([own, *wrong], key=lambda o: self.chance("place", i * WIDTH + o[1]))
        if self.some("first", f.first, i):
            order.sort(key=lambda o: o != own)
        if self.some("place", f.place_by_label, i):
            order.remove(own)
            order.insert(own[1] % 4, own)
        texts = [self.names[self._label[o]] for o in order]
        answer = order.index(own)
        if self.some("longest", f.longest, i):
            texts[answer] += " of the anterior part"
        if self.some("style", f.marked_style, i):
            texts[answer] = texts[answer].upper()
        view = "image" if pool % 3 == 0 else ("box", "mask", "contour")[self.chance("view", i) % 3]
        patient = int(d["patient"])
        source = f"source-{self.chance('source', patient) % 4}"
        size = SIZES[self.chance("size", patient) % 3]
        if f.one_size and own[1] == 0:
            source, size = "source-x", (512, 512)
        shape = [40 + self.chance(c, i) % 60 for c in "wh"]
        x0, y0 = (self.chance(c, i) % (s - 110) for c, s in zip("xy", size, strict=True))
        sex = "M" if self.unit("sex", patient) < 0.5 else "F"
        if f.sex_by_label:
            sex = "MF"[own[1] % 2]
        stem = self.chance("stem", i) % 6
        if self.some("stem by label", f.stem_by_label, i):
            stem = own[1] % 6
        small = f.size_by_label and own[1] % 2
        return AuditRow(
            id=f"{self.chance('id', i):016x}",
            split=str(d["split"]),
            stem=f"task-{pool % 4}.yaml:{stem}",
            question=f"Reading {stem} of this scan number {pool // 4}: which thing is shown?",
            options=tuple(texts),
            labels=tuple(self._label[o] for o in order),
            answers=(answer,),
            pool=f"{d['split']}/{pool}",
            task=f"task-{pool % 4}",
            modality=f"scan-{pool // 4}",
            view=view,
            label=self._label[own],
            source=source,
            target=f"t{i}",
            department=f"dep-{pool % 3}",
            modality_name=f"scan number {pool // 4}",
            pool_size=WIDTH - 1,
            sample=f"s{d['patient']}.{i % 2}",
            patient=f"p{d['patient']}",
            group=f"p{d['patient']}",
            kind="image" if view == "image" else "region",
            axis="axial",
            plane=size,
            box=None if view == "image" else (x0, y0, x0 + shape[0], y0 + shape[1]),
            area_px=shape[0] * shape[1] * 7 // 10,
            components=1,
            spread=50.0,
            neighbours=(),
            searched=Searched(labels=("*",)),
            phash=f"{self.chance('hash', i):016x}",
            width=size[1] - 8 * small,
            height=size[0],
            thickness=5.0 if f.thick_by_label and own[1] == 2 else 2.0,
            measures=self.measures(i, own[1]),
            file_bytes=40_000
            + self.chance("bytes", i) % 30_000
            + (9_000 * own[1]) * f.file_by_label,
            picture=f"{i:064x}",
            rgb8=True,
            mark=None if view == "image" else ((255, 0) if f.red and own[1] == 2 else (59, 196)),
            age=f"{20 + self.chance('age', patient) % 60}",
            sex=sex,
            site="",
        )

    def measures(self, i: int, label: int) -> PictureMeasures:
        """Return measurements that have nothing to do with the label, except for the flaws."""
        f = self.flaws
        tone, frame, blocks = measured(self.count(""), self.seed)[i]
        if f.tone_by_label:
            tone = [tone[0] + 150 * label, tone[1] - 100 * label, *tone[2:]]
        if f.frame_by_label:
            frame = [value + 400 * (n == label % 12) for n, value in enumerate(frame)]
        return PictureMeasures(
            form="8/2/0 IHDR+IDAT" + "+tEXt" * (f.form_by_label and label == 2),
            tone=tuple(tone),
            blocks=blocks + 0.5 * (f.jpeg_by_label and label % 2),
            frame=tuple(frame),
        )
