"""Difficulty and discrimination of a release's questions, on one scale for all its editions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.evaluate.item_answers import ItemAnswers, common_items
from benchsmith.evaluate.printed_tables import write_sheet
from benchsmith.statistics.cluster_arrays import Floats
from benchsmith.statistics.item_linking import LEAST_COMMON, SAME, Edition, Link, link
from benchsmith.statistics.item_response import Fitted, fit

RASCH, TWO_PL = KINDS = ("rasch", "2pl")
RUNS_FOR_TWO_PL = 60
"""Runs from which each question gets a discrimination of its own, if the user does not choose: about from
there on the difficulties of 140 simulated questions of unequal discrimination are nearer to the true ones."""
LEAST_FOR_TWO_PL = 30
"""Runs below which it gets none: with 10, discriminations are nearly three times too large."""
DIGITS = 4
SHOWN = 5
"""Questions that are printed at each end."""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """One edition with its items on the scale of the first edition."""

    answers: ItemAnswers
    fitted: Fitted
    """On the edition's own scale."""
    kind: str
    onto: Link

    def rows(self) -> list[dict[str, Any]]:
        """Return one row for each item, in the release's order."""
        f = self.fitted
        a, a_se = self.onto.moved_discrimination(f.discrimination, f.discrimination_se)
        b, b_se = self.onto.moved(f.difficulty, f.difficulty_se)
        asked = (~np.isnan(self.answers.right)).sum(axis=0)
        share = np.nanmean(self.answers.right, axis=0)
        fit_of = item_rest(self.answers.right)
        return [
            {
                "edition": self.answers.name, "id": item.id, "split": item.split, "task": item.task,
                "label": item.label, "granularity": item.granularity, "answers": int(asked[n]),
                "right": _tidy(share[n]), "chance": _tidy(f.guessing[n]),
                "item_rest": _tidy(fit_of[n]),
                "difficulty": _tidy(b[n]), "difficulty_se": _tidy(b_se[n]),
                "discrimination": _tidy(a[n]), "discrimination_se": _tidy(a_se[n]),
                "difficulty_own": _tidy(f.difficulty[n]),
                "difficulty_own_se": _tidy(f.difficulty_se[n]),
            }
            for n, item in enumerate(self.answers.items)
        ]  # fmt: skip

    def models(self) -> list[dict[str, Any]]:
        """Return one row for each run: its ability on the common scale."""
        ability, error = self.onto.moved(self.fitted.ability, self.fitted.ability_sd)
        return [
            {"edition": self.answers.name, "model": name, "ability": _tidy(ability[n]),
             "ability_se": _tidy(error[n])}
            for n, name in enumerate(self.answers.runs)
        ]  # fmt: skip

    def link_row(self) -> dict[str, Any]:
        """Return the link to the first edition, and what was fitted."""
        return {
            "edition": self.answers.name, "models": len(self.answers.runs),
            "items": len(self.answers.items), "kind": self.kind,
            "reliability": _tidy(self.fitted.reliability), "common_items": self.onto.common,
            "slope": _tidy(self.onto.slope), "slope_se": _tidy(self.onto.slope_se),
            "shift": _tidy(self.onto.shift), "shift_se": _tidy(self.onto.shift_se),
        }  # fmt: skip


def calibrate(
    editions: Sequence[ItemAnswers], kind: str = "", *, guessing: bool = True
) -> list[Calibrated]:
    """Fit each edition, and put all on the scale of the first by the questions that both have.

    `kind` is one of `KINDS`, by default by the smallest number of runs. Without `guessing` the score of a
    random guess is taken to be 0. Raises DocumentError if an edition has too few questions in common, or
    too few runs for the kind.
    """
    fewest = min(editions, key=lambda one: len(one.runs))
    least = len(fewest.runs)
    if kind == TWO_PL and least < LEAST_FOR_TWO_PL:
        what = f"has answers of {least} models, and {TWO_PL} needs {LEAST_FOR_TWO_PL}"
        raise DocumentError([Problem(fewest.name, 1, what, f"use `--kind {RASCH}`")])
    chosen = kind or (TWO_PL if least >= RUNS_FOR_TWO_PL else RASCH)
    common = chosen == RASCH
    fitted = []
    for one in editions:
        chance = one.guessing if guessing else np.zeros(len(one.items))
        fitted.append(Edition(one.right, fit(one.right, chance, common=common)))
    found = [Calibrated(editions[0], fitted[0].fitted, chosen, SAME)]
    for one, own in zip(editions[1:], fitted[1:], strict=True):
        there, here = common_items(editions[0], one)
        if len(there) < LEAST_COMMON:
            what = f"has {len(there)} questions in common with {editions[0].name}, answered in both"
            hint = f"{LEAST_COMMON} are needed: ask the models the open split too"
            raise DocumentError([Problem(one.name, 1, what, hint)])
        places = np.array(there), np.array(here)
        onto = link(fitted[0], own, places, common=common)
        found.append(Calibrated(one, own.fitted, chosen, onto))
    return found


def item_rest(right: Floats) -> Floats:
    """Return the correlation, over runs, of each question with the mean of the others, (n,); 0 if undefined.

    `right` is (p, n) with NaN if a run was not asked.
    """
    asked = ~np.isnan(right)
    hit = np.where(asked, right, 0.0)
    others = np.maximum(asked.sum(axis=1, keepdims=True) - asked, 1)
    rest = (hit.sum(axis=1, keepdims=True) - hit) / others
    count = np.maximum(asked.sum(axis=0), 1)
    own = np.where(asked, hit - hit.sum(axis=0) / count, 0.0)
    rest = np.where(asked, rest - (rest * asked).sum(axis=0) / count, 0.0)
    size = np.sqrt((own**2).sum(axis=0) * (rest**2).sum(axis=0))
    found = np.zeros(len(count))
    np.divide((own * rest).sum(axis=0), size, out=found, where=size > 1e-12)
    return found


def write(found: Sequence[Calibrated], folder: Path) -> None:
    """Write `items`, `item_links` and `abilities` as Parquet and CSV."""
    folder.mkdir(parents=True, exist_ok=True)
    write_sheet([row for one in found for row in one.rows()], folder / "items")
    write_sheet([one.link_row() for one in found], folder / "item_links")
    write_sheet([row for one in found for row in one.models()], folder / "abilities")


def lines(found: Sequence[Calibrated]) -> Iterator[str]:
    """Yield the links, and the questions at both ends."""
    first = found[0].answers.name
    for one in found:
        row = one.link_row()
        what = "one discrimination" if one.kind == RASCH else "a discrimination for each"
        yield (
            f"{row['edition']}: {row['items']} questions, {row['models']} models, {what};"
            f" reliability of abilities {row['reliability']:.2f}"
        )
        if one.onto is not SAME:
            yield (
                f"  on the scale of {first} by {row['common_items']} common questions: "
                f"{row['slope']:.3f} (SE {row['slope_se']:.3f}) x + "
                f"{row['shift']:.3f} (SE {row['shift_se']:.3f})"
            )
        items = sorted(one.rows(), key=lambda r: (-r["difficulty"], r["id"]))
        for title, some in (("hardest", items[:SHOWN]), ("easiest", items[::-1][:SHOWN])):
            yield f"  {title}:"
            yield from (_line(r) for r in some)
        odd = sorted(items, key=lambda r: (r["item_rest"], r["id"]))[:SHOWN]
        yield "  weaker models answer these better than stronger ones (check their keys):"
        yield from (_line(r) for r in odd if r["item_rest"] < 0)


def _line(row: dict[str, Any]) -> str:
    return (
        f"    {row['id']}  difficulty {row['difficulty']:6.2f} (SE {row['difficulty_se']:.2f})"
        f"  discrimination {row['discrimination']:.2f} (SE {row['discrimination_se']:.2f})"
        f"  right {row['right']:.0%}  {row['task']}: {row['label']}"
    )


def _tidy(value: float) -> float:
    return round(float(value), DIGITS) + 0.0
