"""Prominence: a region is asked about without a mark only if it strikes the eye."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchsmith.core.model import Choice, Neighbour, Question, Rejection
from benchsmith.core.picture_quality import Quality
from benchsmith.documents.benchmark import Benchmark, Prominence
from benchsmith.documents.library import Library, read_benchmark
from benchsmith.plugins import EXPORTS
from benchsmith.stages import prominence
from benchsmith.stages.ask import ask
from tests import world
from tests.rows import ORGANS, choices


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Benchmark, Library]:
    folder = world.write(tmp_path_factory.mktemp("prominence") / "project")
    return read_benchmark(folder, "small", frozenset(EXPORTS))


def region(
    small: tuple[Benchmark, Library], share: float, contrast: float | None, **others: float
) -> Choice:
    """Return a spleen with a share of its picture, beside other labels with theirs."""
    (found,) = choices(small[1].lexicon, {"spleen": 1})
    beside = tuple(
        Neighbour(name=name.replace("_", "-"), in_region=0.0, in_box=0.0, share=share)
        for name, share in others.items()
    )
    return replace(found, share=share, seen=Quality(contrast=contrast), neighbours=beside)


def test_all_regions_of_a_label_count_and_its_ancestors_do_not(
    small: tuple[Benchmark, Library],
) -> None:
    """A spleen of 2 % with another of 1 %: 3 % of the picture, third of four, 3/11 of the organs."""
    one = region(
        small, 0.02, 0.8, spleen=0.01, liver=0.06, kidney=0.02, vertebra=0.05, abdominal_organ=0.5
    )
    found = prominence.measure(one, small[1].lexicon)
    assert found.share == pytest.approx(0.03)
    assert found.rank == 3
    assert found.of_task == pytest.approx(0.03 / 0.11)
    assert found.contrast == 0.8


@pytest.mark.parametrize(
    ("share", "contrast", "others", "what"),
    [
        (0.0101, 0.31, {}, None),
        (0.0099, 0.31, {}, "covers 0.0099 of the picture"),
        (0.0099, 0.31, {"spleen": 0.001}, None),
        (0.05, 0.29, {}, "contrast 0.29"),
        (0.05, None, {}, None),
        (0.02, 1.0, {"liver": 0.19}, "0.095 of what its task marks"),
        (0.02, 1.0, {"liver": 0.17}, None),
        (0.02, 1.0, {"vertebra": 0.6}, None),
        (
            0.02,
            1.0,
            dict.fromkeys(("vertebra", "rib", "liver", "kidney", "nucleus", "stomach"), 0.021),
            "number 7 by area",
        ),
        (
            0.02,
            1.0,
            dict.fromkeys(("vertebra", "rib", "liver", "kidney", "nucleus"), 0.021),
            None,
        ),
    ],
)
def test_each_limit_holds_on_its_own(
    small: tuple[Benchmark, Library],
    share: float,
    contrast: float | None,
    others: dict[str, float],
    what: str | None,
) -> None:
    one = region(small, share, contrast, **others)
    found = prominence.fault(one, Prominence(), small[1].lexicon)
    assert found is None if what is None else what in (found or "")


def test_an_inconspicuous_region_keeps_its_marked_views(
    small: tuple[Benchmark, Library],
) -> None:
    benchmark, library = small
    chosen = choices(library.lexicon, dict.fromkeys(ORGANS, 4))
    speck = [replace(c, share=0.004) if c.label == "kidney" else c for c in chosen]
    rows = list(ask(speck, benchmark, library.lexicon, library.pools))
    lost = [r for r in rows if isinstance(r, Rejection) and r.reason == "not-prominent"]
    assert {r.subject for r in lost} == {f"abdomen/{n}#kidney:image" for n in range(4)}
    views = {q.view for q in rows if isinstance(q, Question) and q.label == "kidney"}
    assert views == {"box", "mask", "contour"}
    lower = benchmark.model_copy(update={"prominence": Prominence(min_share=0.003)})
    again = ask(speck, lower, library.lexicon, library.pools)
    assert not any(isinstance(r, Rejection) and r.reason == "not-prominent" for r in again)
