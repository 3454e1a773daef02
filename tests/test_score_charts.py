"""The charts of a leaderboard: where a radar has its corners, its file, and the names of its axes."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from benchsmith.evaluate import (
    chart_files,
    chart_points,
    score_tables,
)


@given(
    st.lists(st.text("abAB -/()&", min_size=1, max_size=14), min_size=1, max_size=8, unique=True)
)
def test_abbreviations_tell_branches_apart(names: list[str]) -> None:
    short = score_tables.abbreviations(names)
    assert len(set(short.values())) == len(names)


def test_a_radar_is_where_geometry_says() -> None:
    laid = chart_points.radar(["a", "b", "c", "d"], [("m", [1.0, 0.5, None, 0.0])], [0.25] * 4)
    assert laid is not None
    (shape,) = laid.shapes
    middle, radius = chart_points.CENTRE, chart_points.RADIUS
    assert [c[:2] for c in shape.corners] == [
        (middle, middle - radius), (middle + radius / 2, middle), (middle, middle),
    ]  # fmt: skip
    assert chart_points.radar(["a", "b"], [], [0.5, 0.5]) is None


def test_a_chart_is_a_file_that_any_program_draws(tmp_path: Path) -> None:
    laid = chart_points.radar(["A", "B & C", "D"], [("<m>", [0.5, 1.0, 0.25])], [0.2, 0.2, 0.2])
    assert laid is not None
    chart_files.write_radar(laid, "x < y", tmp_path / "radar.svg")
    root = ElementTree.parse(tmp_path / "radar.svg").getroot()  # noqa: S314
    name = "{http://www.w3.org/2000/svg}"
    texts = [t.text for t in root.iter(f"{name}text")]
    assert "B & C" in texts and "<m>" in texts
    shapes = [p.get("points") for p in root.iter(f"{name}polygon")]
    assert laid.shapes[0].points in shapes and laid.chance in shapes
