"""Pictures of poor quality are left out, each with its reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchsmith.core.picture_quality import Quality
from tests.made_targets import BENCHMARK, chosen_and_left
from tests.pictures import target


@pytest.mark.parametrize(
    ("figures", "more", "reason"),
    [
        ({"dark": 0.99}, {}, "picture-dark"),
        ({"bright": 0.95}, {}, "picture-bright"),
        ({"middle": 0.01}, {}, "picture-two-valued"),
        ({"side": 7 / 512}, {}, "region-tiny"),
        ({"aspect": 0.5}, {"share": 0.0007}, "region-tiny"),
        ({"cut": 0.3}, {}, "region-clipped"),
        ({"whole": 0.4}, {}, "region-scattered"),
        ({"empty": 0.2}, {}, "region-off"),
    ],
)
def test_poor_pictures_are_left_out_each_with_its_reason(
    figures: dict[str, float], more: dict[str, Any], reason: str
) -> None:
    good = target(None, kind="region", share=0.1)
    poor = replace(good, id=f"{good.id}2", seen=replace(Quality(contrast=2.0), **figures), **more)
    chosen, left = chosen_and_left([good, poor])
    assert [(c.id) for c in chosen] == [good.id]
    assert [(r.subject, r.reason) for r in left] == [(poor.id, reason)]


def test_a_faint_region_is_left_out_where_contrast_is_asked_for() -> None:
    faint = target(None, kind="region", seen=Quality(contrast=0.1))
    assert chosen_and_left([faint])[1] == []
    quality = BENCHMARK.quality.model_copy(update={"min_contrast": 0.3})
    assert [r.reason for r in chosen_and_left([faint], quality=quality)[1]] == ["region-faint"]
    divided = quality.model_copy(update={"edgeless": (faint.task,), "min_whole_edgeless": 0.9})
    assert chosen_and_left([faint], quality=divided)[1] == [], "a part of one tissue has no edge"
    pieces = replace(faint, seen=Quality(contrast=2.0, whole=0.8))
    assert chosen_and_left([pieces], quality=quality)[1] == []
    assert [r.reason for r in chosen_and_left([pieces], quality=divided)[1]] == ["region-scattered"]
