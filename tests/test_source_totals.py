"""The limit on one source in all: answers take turns, and pools stay whole as long as they can."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import PIL.Image

from benchsmith.annotations import instances
from benchsmith.core.contracts import Image
from benchsmith.documents.labels import Count
from benchsmith.plugins import readers
from benchsmith.selectors.shortlist_ledger import Ledger
from benchsmith.selectors.source_totals import leave_out_beyond


def shortlist(rows: list[tuple[int, int, int, int]]) -> Any:
    """Return what is read of a shortlist: rows of source, task, answer and rank."""
    source, task, answer, ranks = np.array(rows).T
    return SimpleNamespace(
        source=source,
        task=task,
        answer=answer,
        ranks=ranks.astype(np.uint64),
        rows=np.arange(len(rows)),
        modality=SimpleNamespace(codes=np.zeros(len(rows), np.int64)),
    )


def test_first_choices_count_before_second_ones_and_pools_stay_together() -> None:
    """Source 0 has two tasks of two answers, two targets each; source 1 has one target."""
    rows = [
        (0, 0, 0, 50), (0, 0, 0, 10), (0, 0, 1, 90), (0, 0, 1, 20),
        (0, 1, 2, 40), (0, 1, 2, 30), (0, 1, 3, 80), (0, 1, 3, 70), (1, 0, 0, 5),
    ]  # fmt: skip
    side = np.zeros(9, np.int8)
    chosen = [0, 1, 2, 3, 4, 5, 6, 7, 8]
    kept = {}
    for most in range(1, 9):
        ledger = Ledger(9)
        kept[most] = leave_out_beyond(shortlist(rows), chosen, side, most, ledger)
        assert [p for p in range(9) if not ledger.reasons[p]] == kept[most]
        assert set(ledger.reasons) <= {"", "over-source-share"}
        assert 8 in kept[most], "another source is not limited by this one"
    assert kept[1] == [0, 8], "the pool with the lowest rank begins with its lowest"
    assert kept[2] == [0, 2, 8], "its other answer, and not the lower rank of the other pool"
    assert kept[4] == [0, 2, 4, 6, 8], "all first choices"
    assert kept[8] == chosen
    assert leave_out_beyond(shortlist(rows), [], side, 1, Ledger(9)) == []


def test_each_page_of_a_mask_belongs_to_its_page_of_the_picture(tmp_path: Path) -> None:
    """Page 2 of the mask has two objects, page 0 one: the counts differ by the part alone."""
    pages = [np.zeros((20, 20), np.uint8) for _ in range(3)]
    pages[0][2:12, 2:12] = 7
    pages[2][2:9, 2:9], pages[2][11:18, 11:18] = 3, 4
    path = tmp_path / "mask.tif"
    first, *others = [PIL.Image.fromarray(page) for page in pages]
    first.save(path, save_all=True, append_images=others)

    def counted(part: str) -> list[str]:
        image = Image(np.zeros((1, 20, 20), np.uint8), None, planar=True)
        request: Any = SimpleNamespace(
            image=image, part=part, parts=None, find=lambda pattern: [(path, {})], show=str,
            read_labels=readers().read_labels,
        )  # fmt: skip
        labels = Count(kind="count", file="mask.tif", tiles=(1, 1), part="same")
        return [one.raw for one in instances.read_count(labels, request).stated]

    assert [counted(part) for part in "012"] == [["count 1"], ["count 0"], ["count 2"]]
