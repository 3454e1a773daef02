"""Questions of skills for a made-up audit table: positions in pairs, comparisons and presence in sets."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from benchsmith.audits.audit_row import AuditRow
from benchsmith.core.random_order import rank
from tests.audit_flaws import Flaws

ORGANS = ("aorta", "kidney", "liver", "pancreas", "spleen", "stomach")
SIDES, YES_NO = ("side:left", "side:right"), ("answer:yes", "answer:no")
PER_PAIR = 24
"""Questions about each two organs, in each skill."""


def skill_rows(seed: int, flaws: Flaws) -> list[AuditRow]:
    """Return the questions of skills of a table; none unless a flaw is about them."""
    if not (flaws.skills or flaws.anatomy or flaws.usual or flaws.yes):
        return []
    return [*_positions(seed, flaws), *_comparisons(seed, flaws), *_presence(seed, flaws)]


def _some(seed: int, share: float, *name: object) -> bool:
    return rank(seed, *map(str, name)) % 1000 < 1000 * share


def _row(
    seed: int, number: str, skill: str, kind: str, labels: tuple[str, ...], key: str,
    subjects: tuple[str, ...], whose: str, *, pair: str = "", altered: str = "",
) -> AuditRow:  # fmt: skip
    patient = rank(seed, "whose", whose) % 200
    split = "val" if patient % 5 == 0 else "test"
    order = sorted(labels, key=lambda label: rank(seed, "place", number, label))
    return AuditRow(
        id=f"{rank(seed, 'id', number):016x}"[:16], split=split, stem=f"{skill}.yaml:{kind}",
        question=f"Which of the two is it in this CT image, {number.split('-', maxsplit=1)[0]}?",
        options=tuple(label.partition(":")[2] or label for label in order), labels=tuple(order),
        answers=(order.index(key),), pool=f"{skill}/{kind}/{split}/made/ct", task="organs",
        modality="ct", view="image", label=subjects[0], source="made", target=f"s{number}",
        modality_name="CT", patient=f"s{patient}", group=f"s{patient}", skill=skill,
        subjects=subjects, pair=pair, altered=altered, width=512, height=512,
        picture=f"{rank(seed, 'picture', number):064x}"[:64],
    )  # fmt: skip


def _positions(seed: int, flaws: Flaws) -> Iterator[AuditRow]:
    """Yield positions, each with its mirrored picture: of nine in ten the usual side is the true one."""
    for a, b in combinations(ORGANS, 2):
        usual = rank(seed, "side", a, b) % 2
        for n in range(PER_PAIR):
            number = f"position-{a}-{b}-{n}"
            side = usual if _some(seed, 0.9, "true", number) else 1 - usual
            alone = _some(seed, flaws.anatomy, "alone", number)
            pair = "" if alone else f"{rank(seed, 'id', number):016x}"[:16]
            yield _row(
                seed, number, "position", "beside", SIDES, SIDES[side], (a, b), number, pair=pair
            )
            if not alone:
                yield _row(
                    seed, f"{number}~mirror", "position", "beside", SIDES, SIDES[1 - side], (a, b),
                    number, pair=pair, altered="mirror",
                )  # fmt: skip


def _comparisons(seed: int, flaws: Flaws) -> Iterator[AuditRow]:
    """Yield comparisons in sets of two with either answer."""
    for a, b in combinations(ORGANS, 2):
        usual = (a, b)[rank(seed, "larger", a, b) % 2]
        for n in range(PER_PAIR):
            number = f"comparison-{a}-{b}-{n}"
            key = usual if _some(seed, flaws.usual, "usual", number) else (a, b)[n % 2]
            yield _row(
                seed, number, "comparison", "larger", (a, b), key, (a, b), f"{a} {b} {n // 2}"
            )


def _presence(seed: int, flaws: Flaws) -> Iterator[AuditRow]:
    """Yield a question of an absent structure for each of one that is shown, in the same split."""
    for organ in ORGANS:
        for n in range(PER_PAIR):
            for key in YES_NO:
                if key == YES_NO[1] and _some(seed, flaws.yes, "left out", organ, n):
                    continue
                row = _row(seed, f"presence-{organ}-{key[-2:]}{n}-{n}", "presence", "shown", YES_NO,
                           key, (organ,), f"{organ} {n}")  # fmt: skip
                yield row
