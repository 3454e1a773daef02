"""From a source's word to a question: normalise, tag, select and options, by calling the stages."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from benchsmith.core.absent_labels import Searched
from benchsmith.core.model import Choice, Finding, Neighbour, Question, Rejection
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.library import Library, read_benchmark
from benchsmith.documents.problems import DocumentError
from benchsmith.plugins import EXPORTS
from benchsmith.stages.ask import ask
from benchsmith.stages.normaliser import Normaliser
from benchsmith.stages.option_rules import MAX_PRINTED_POOL
from tests import world
from tests.rows import FINDING, ORGANS, choices, few, normalised, target


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Benchmark, Library]:
    folder = world.write(tmp_path_factory.mktemp("words") / "project")
    return read_benchmark(
        folder,
        "small",
        frozenset(EXPORTS),
    )


@pytest.fixture(scope="module")
def lexicon(small: tuple[Benchmark, Library]) -> Lexicon:
    return small[1].lexicon


@pytest.mark.parametrize(
    ("raw", "label", "side", "decided_at"),
    [
        ("spleen", "spleen", "", "lexicon/tree/label.tsv:"),
        ("Hepar", "liver", "", "lexicon/tree/label.tsv:"),
        ("kidney_left", "kidney", "left", "left removed"),
        ("Kidney_R", "kidney", "right", "right removed"),
        ("T12", "vertebra", "", "lexicon/mappings/abdomen.tsv:2"),
        ("rib_left_7", "rib", "left", "lexicon/mappings/abdomen.tsv:3, left removed"),
        ("Spleens", "spleen", "", ", singular"),
        ("LeftKidney", "kidney", "left", ", camel case split, left removed"),
        ("organ, abdominal", "abdominal-organ", "", ", order around a comma reversed"),
        ("organs, abdominal", "abdominal-organ", "", ", order around a comma reversed, singular"),
    ],
)
def test_words_are_resolved_in_visible_steps(
    lexicon: Lexicon, raw: str, label: str, side: str, decided_at: str
) -> None:
    found = Normaliser(lexicon).resolve(raw, "abdomen", "ct")
    assert (found.label, found.laterality, found.reason) == (label, side, "")
    assert decided_at in found.decided_at


def test_an_abbreviation_holds_only_in_its_scope(lexicon: Lexicon) -> None:
    normaliser = Normaliser(lexicon)
    found = normaliser.resolve("LK", "abdomen", "ct")
    assert (found.label, found.laterality) == ("kidney", "left")
    assert found.decided_at.startswith("lexicon/abbreviations.tsv:2, lexicon/tree/label.tsv:")
    assert normaliser.resolve("LK", "abdomen", "mri").reason == "unmapped-label"


@pytest.mark.parametrize("raw", ["splen", "7", "left", "no spleen", ""])
def test_nothing_is_matched_by_likeness(lexicon: Lexicon, raw: str) -> None:
    assert Normaliser(lexicon).resolve(raw, "abdomen", "ct").reason == "unmapped-label"


def test_an_unmapped_label_is_a_row_with_its_reason(lexicon: Lexicon) -> None:
    finding = replace(FINDING, raw="wart")
    assert normalised([finding], lexicon) == [
        Rejection(
            stage="normalise",
            source="abdomen",
            subject=FINDING.id,
            reason="unmapped-label",
            detail="'wart', stated at labels/a.nii.gz value 4",
        )
    ]


def test_neighbours_of_one_label_become_one(lexicon: Lexicon) -> None:
    beside = tuple(
        Neighbour(name=n, in_region=0.0, in_box=s, share=0.1)
        for n, s in [("kidney_left", 0.1), ("kidney_right", 0.2), ("what", 0.5)]
    )
    (label,) = normalised([replace(FINDING, neighbours=beside)], lexicon)
    assert isinstance(label, Finding)
    assert [(n.name, round(n.in_box, 9)) for n in label.neighbours] == [("kidney", 0.3)]


def test_a_target_has_its_place_and_its_window(lexicon: Lexicon) -> None:
    spleen, rib = target(lexicon, "spleen"), target(lexicon, "rib")
    assert (spleen.task, spleen.department) == ("organ-recognition-abdomen", "gastroenterology")
    assert (spleen.window, rib.window) == ("soft", "bone"), "a rib is a bone: the subtree's window"


def asked(
    small: tuple[Benchmark, Library], chosen: list[Choice], **options: object
) -> list[Question | Rejection]:
    benchmark = small[0].model_copy(update={"options": few(**options)})
    return list(ask(chosen, benchmark, small[1].lexicon, small[1].pools))


def test_options_are_never_related_confusable_or_present(
    small: tuple[Benchmark, Library], lexicon: Lexicon
) -> None:
    """stomach and spleen are a confusable pair; a kidney is in the picture at image level."""
    chosen = choices(lexicon, dict.fromkeys(ORGANS, 6))
    seen = (Neighbour(name="kidney", in_region=0.0, in_box=0.0, share=0.1),)
    chosen = [replace(c, neighbours=seen) if c.label != "kidney" else c for c in chosen]
    questions = [q for q in asked(small, chosen, unmirrored="keep") if isinstance(q, Question)]
    assert len(questions) == 6 * 5 * 4
    for q in questions:
        wrong = set(q.option_labels) - {q.label}
        assert q.option_labels[q.answers[0]] == q.label
        assert len(q.answers) == 1
        if q.label in ("spleen", "stomach"):
            assert not {"spleen", "stomach"} <= {q.label, *wrong}
        if q.view == "image" and q.label != "kidney":
            assert "kidney" not in wrong
    marked = {label for q in questions if q.view == "mask" for label in q.option_labels}
    assert "kidney" in marked, "beside a marked region the kidney is a lawful wrong option"


def test_an_overlapping_structure_is_no_wrong_option(
    small: tuple[Benchmark, Library], lexicon: Lexicon
) -> None:
    chosen = choices(lexicon, dict.fromkeys(ORGANS, 3))
    for in_region, in_box, views in [(0.2, 0.2, {"box", "mask", "contour"}), (0.0, 0.4, {"box"})]:
        over = (Neighbour(name="liver", in_region=in_region, in_box=in_box, share=0.1),)
        rows = [replace(c, neighbours=over) if c.label == "gallbladder" else c for c in chosen]
        for q in asked(small, rows):
            if isinstance(q, Question) and q.label == "gallbladder" and q.view in views:
                assert "liver" not in q.option_labels, (q.view, in_box)


def counting(lexicon: Lexicon, each: int, labels: int = 7) -> list[Choice]:
    """Targets of labels that may all be offered together."""
    (one,) = choices(lexicon, {"liver": 1})
    return [
        replace(one, id=f"abdomen/{n}#count-{label}", label=f"count-{label}", task="counting")
        for label in range(labels)
        for n in range(each)
    ]


@pytest.mark.parametrize("draw", ["mirrored", "matched", "uniform"])
def test_the_option_count_follows_the_observed_rule(
    small: tuple[Benchmark, Library], lexicon: Lexicon, draw: str
) -> None:
    """L of 6: three or four wrong options, evenly; the same number in every view of a target."""
    rows = asked(small, counting(lexicon, 40), draw=draw, unmirrored="keep")
    marked = [q for q in rows if isinstance(q, Question) and q.view == "mask"]
    assert len(marked) == 280
    counts = Counter(len(q.options) - 1 for q in marked)
    assert set(counts) == {3, 4}
    assert abs(counts[3] - counts[4]) <= (5 if draw == "mirrored" else 60)
    views: dict[tuple[str, bool], set[int]] = {}
    for q in rows:
        if isinstance(q, Question):
            views.setdefault((q.target, q.view == "image"), set()).add(len(q.options))
    assert all(len(v) == 1 for v in views.values())
    few_labels = [q for q in asked(small, counting(lexicon, 9, 4)) if isinstance(q, Question)]
    assert {len(q.options) for q in few_labels} == {4}, "four labels leave three wrong ones"


def test_no_two_options_of_a_question_are_related(
    small: tuple[Benchmark, Library], lexicon: Lexicon
) -> None:
    """Spleen and stomach are confusable: neither is offered beside the other, right or wrong."""
    chosen = choices(lexicon, dict.fromkeys(ORGANS, 12))
    for draw in ("mirrored", "matched", "uniform"):
        rows = asked(small, chosen, draw=draw, unmirrored="keep")
        found = [q for q in rows if isinstance(q, Question)]
        assert len(found) == 12 * 5 * 4
        assert not any({"spleen", "stomach"} <= set(q.option_labels) for q in found)
        assert {len(q.options) for q in found} == {4}, "four of five may stand together"


def test_the_printed_rule_takes_the_whole_pool_or_refuses(
    small: tuple[Benchmark, Library], lexicon: Lexicon
) -> None:
    for q in asked(small, counting(lexicon, 3, 5), rule="paper-printed"):
        assert isinstance(q, Question)
        assert len(q.options) == q.pool_size + 1 == MAX_PRINTED_POOL + 1
    with pytest.raises(DocumentError, match="paper-observed"):
        asked(small, counting(lexicon, 3), rule="paper-printed")


def test_a_matched_draw_leaves_a_guesser_of_frequencies_at_chance(
    small: tuple[Benchmark, Library], lexicon: Lexicon
) -> None:
    """Who always takes the label that is most often the key wins nothing, and does with a uniform draw."""
    counts = {f"count-{n}": 150 if n < 3 else 30 for n in range(6)}
    chosen = [
        c
        for c in counting(lexicon, 150, 6)
        if int(c.id.split("/")[1].split("#")[0]) < counts[c.label]
    ]

    def gain(draw: str) -> float:
        rows = [
            q
            for q in asked(small, chosen, draw=draw)
            if isinstance(q, Question) and q.view == "mask"
        ]
        hits = sum(max(q.option_labels, key=lambda n: (counts[n], n)) == q.label for q in rows)
        return hits / len(rows) - sum(1 / len(q.options) for q in rows) / len(rows)

    assert gain("matched") < gain("uniform")


def test_a_pool_of_one_makes_no_question(
    small: tuple[Benchmark, Library], lexicon: Lexicon
) -> None:
    rows = asked(small, choices(lexicon, {"rib": 3}))
    assert {r.reason for r in rows if isinstance(r, Rejection)} == {"pool-too-small"}
    assert len(rows) == 3 * 4


def test_absence_must_be_known_at_image_level(
    small: tuple[Benchmark, Library], lexicon: Lexicon
) -> None:
    chosen = [replace(c, searched=Searched()) for c in choices(lexicon, dict.fromkeys(ORGANS, 2))]
    rows = asked(small, chosen)
    assert {r.reason for r in rows if isinstance(r, Rejection)} == {"absence-unknown"}
    assert {q.view for q in rows if isinstance(q, Question)} == {"box", "mask", "contour"}
