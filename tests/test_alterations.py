"""Which alterations a picture allows, and which options stay wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchsmith import plugins
from benchsmith.core.alteration import ERASE, MIRROR, Alteration, Place
from benchsmith.core.model import Choice, Question
from benchsmith.counterfactual import alterations
from benchsmith.counterfactual.altered_view import AlteredView, NoTruth
from benchsmith.counterfactual.asked_unit import AskedUnit
from benchsmith.counterfactual.scene import Scenes
from benchsmith.counterfactual.truth_rules import RULES, truth_of
from benchsmith.documents import library
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.benchmark import read as read_benchmark
from benchsmith.stages.option_rules import OptionRules
from benchsmith.stages.resolved_word import Resolved
from benchsmith.tables import record_tables
from tests import twice
from tests.altered_pairs import NAMES, project
from tests.conftest import Project

__all__ = ["project"]


def choice_of(project: Project, wanted: str) -> Choice:
    key = json.loads((project.folder / "output/twice/latest.json").read_bytes())["select"]["all"]
    path = project.folder / f"output/twice/stages/select/{key}/rows.parquet"
    return next(
        c
        for c in record_tables.from_table(record_tables.read(path), Choice)
        if c.id.startswith(wanted)
    )


def benchmark_of(project: Project) -> Benchmark:
    return read_benchmark(project.folder / "benchmarks/twice.yaml")


def unit_of(choice: Choice, options: tuple[str, ...], view: str = "mask") -> AskedUnit:
    question = Question(
        id=f"{choice.id}:{view}", target=choice.id, source=choice.source, sample=choice.sample,
        split="test", view=view, task=choice.task, department="", modality="ct",
        label=choice.label, stem_at="", question="What?", options=options, option_labels=options,
        answers=(options.index(choice.label),) if choice.label in options else (0,),
        pool="p", pool_size=3, several=False, mirror="",
    )  # fmt: skip
    return AskedUnit(f"{choice.id}:{view}", choice, (question,))


def scenes_of(project: Project, choice: Choice) -> tuple[Scenes, alterations.Limits]:
    from benchsmith.pipeline.source_files import find_source_files
    from benchsmith.tables.file_digests import Digests

    words = library.read(project.folder)
    readers = plugins.readers()
    files = find_source_files(
        words, words.sources["abdomen"], readers, Digests(Path("/dev/null")), "leave-out"
    )
    unit = next(u for u in files.units if u.sample == choice.sample)
    image = readers.read_image(unit.path, unit.reading())
    named = {o[0]: Resolved(NAMES[v], "", "") for v, o in twice.ORGANS.items()}
    windows = plugins.windows_of("anatomy", words.lexicon.windows)
    answers = unit.annotations(image, readers)
    scenes = Scenes(unit, image, answers, {**named, "hepar": Resolved("liver", "", "")}, windows)
    return scenes, alterations.Limits(benchmark_of(project).slices, 1, {}, {})


def test_a_region_inside_another_is_painted_out_by_it(project: Project) -> None:
    choice = choice_of(project, "abdomen/a#gallbladder")
    scenes, limits = scenes_of(project, choice)
    unit = unit_of(choice, ("gallbladder", "liver", "kidney"))
    (view,) = alterations.painted_out(unit, scenes, limits)
    assert isinstance(view, AlteredView)
    assert view.shown.label == "liver"
    assert view.shown.box == choice.box
    assert view.alteration.painted == (Place(layer=choice.layer, value=8),)
    assert view.alteration.copied == Place(layer=choice.layer, value=3)
    assert "gallbladder" not in {n.name for n in view.shown.neighbours}
    # without the liver among the options, there is no truth
    (none,) = alterations.painted_out(unit_of(choice, ("gallbladder", "kidney")), scenes, limits)
    assert isinstance(none, NoTruth)


@pytest.mark.parametrize(("view", "alone"), [("image", False), ("mask", True)])
def test_a_picture_that_is_its_own_mirror_image_is_not_mirrored(
    project: Project, view: str, alone: bool
) -> None:
    """As of a symmetric template: only a mark that is elsewhere then makes it another picture."""
    choice = choice_of(project, "abdomen/a#hepar")
    scenes, limits = scenes_of(project, choice)
    unit = unit_of(choice, ("liver", "kidney"), view)
    (plain,) = alterations.mirrored(unit, scenes, limits)
    assert isinstance(plain, AlteredView)
    half = scenes.image.voxels
    scenes.image = replace(scenes.image, voxels=np.maximum(half, half[..., ::-1]))
    (found,) = alterations.mirrored(unit, scenes, limits)
    assert isinstance(found, AlteredView) == alone
    (turned,) = alterations.turned(unit, scenes, limits)
    assert isinstance(turned, AlteredView)


def context(project: Project) -> tuple[OptionRules, Any]:
    lexicon = library.read(project.folder).lexicon
    return OptionRules(lexicon, benchmark_of(project)), lexicon


def test_a_kind_of_question_needs_only_its_rules(project: Project) -> None:
    """Presence and laterality, which nothing else in the program knows."""
    options, lexicon = context(project)
    choice = replace(choice_of(project, "abdomen/a#hepar"), label="liver", neighbours=())
    view = AlteredView("u", Alteration(kind=ERASE, asked=Place(layer=0, value=3)), choice, frozenset({"liver"}))  # fmt: skip
    unit = unit_of(choice, ("yes", "no"), "mask")

    def presence(unit: AskedUnit, view: AlteredView, names: Any) -> frozenset[str]:
        return frozenset({"no" if unit.choice.label in view.gone else "yes"})

    def laterality(unit: AskedUnit, view: AlteredView, names: Any) -> frozenset[str]:
        (side,) = unit.key
        return frozenset({"right" if side == "left" else "left"})

    assert truth_of(unit, view, {ERASE: presence}, options, lexicon) == {"no"}
    kept = replace(view, gone=frozenset())
    assert truth_of(unit, kept, {ERASE: presence}, options, lexicon) == {"yes"}
    sided = unit_of(replace(choice, label="left"), ("left", "right"))
    turned = replace(view, alteration=replace(view.alteration, kind=MIRROR))
    assert truth_of(sided, turned, {MIRROR: laterality}, options, lexicon) == {"right"}
    # a kind of alteration without a rule has no truth
    assert isinstance(truth_of(sided, turned, {ERASE: presence}, options, lexicon), NoTruth)


@pytest.mark.parametrize(
    ("kind", "options", "why"),
    [
        ("mirror", ("liver", "left lung"), "mirrored picture"),
        ("turn", ("liver", "supine chest"), "turned picture"),
        ("mirror", ("liver", "spleen"), ""),
        ("turn", ("liver", "left lung"), ""),
    ],
)
def test_names_with_a_side_or_a_posture_have_no_truth(
    project: Project, kind: str, options: tuple[str, ...], why: str
) -> None:
    rules, lexicon = context(project)
    choice = replace(choice_of(project, "abdomen/a#hepar"), neighbours=())
    view = AlteredView("u", Alteration(kind=kind, asked=Place(layer=0, value=3)), choice)
    found = truth_of(unit_of(choice, options), view, RULES["recognition"], rules, lexicon)
    assert (why in found.detail) if isinstance(found, NoTruth) else not why


def test_an_option_that_would_be_true_as_well_is_no_wrong_one(project: Project) -> None:
    rules, lexicon = context(project)
    choice = choice_of(project, "abdomen/a#hepar")
    over = replace(choice.neighbours[0], name="spleen", in_region=0.4, in_box=0.4)
    shown = replace(choice, label="kidney", neighbours=(over,))
    view = AlteredView("u", Alteration(kind="move", asked=Place(layer=0, value=3)), shown)
    unit = unit_of(choice, ("liver", "kidney", "spleen"))
    found = truth_of(unit, view, RULES["recognition"], rules, lexicon)
    assert isinstance(found, NoTruth)
    assert "spleen" in found.detail
    clear = replace(view, shown=replace(shown, neighbours=()))
    assert truth_of(unit, clear, RULES["recognition"], rules, lexicon) == {"kidney"}
