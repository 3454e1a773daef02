"""Reasoning by published criteria: values found again by numpy, conclusions by hand, and what is not asked."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import PIL.Image
import pyarrow.parquet as pq
import pytest

from benchsmith.core.model import Box, Sample
from benchsmith.core.structures import StructureFacts
from benchsmith.documents import lexicon
from benchsmith.documents.benchmark import Margins
from benchsmith.documents.lexicon.reasoning_rules import Rule
from benchsmith.skills import criteria
from benchsmith.skills.contract import Draft, Scene, Seen, Unclear
from benchsmith.skills.criteria import Missing, value_of
from benchsmith.skills.plane_measures import flat
from benchsmith.skills.reasoning import drafts, with_rules
from benchsmith.skills.solids import Solid, Volume
from tests import rows as made
from tests import world
from tests.command import benchsmith
from tests.conftest import Project, once
from tests.shipped_documents import shipped_lexicon

SIDE = 192
RADIOGRAPHS = 16
RECIPE = (
    world.HEAD.format(title="Chest")
    + """
  - images: images/{key}.png
    modality: x-ray
    about: {view: PA, age: adult}
    labels:
      - kind: masks
        file: "masks/{label}/{key}.png"
        only: [heart, left lung, right lung]
        exhaustive: true
"""
)
BENCHMARK = """title: Chest
description: A test.
seed: 5
sources: [chest]
skills: [reasoning]
views: [image, contour]
margins: {min_contrast: 0}
near: {radius: 0, similarity: 1, aligned: 1}
split: {val: 1, test: 1}
quota: {per_answer: 30}
picture: {long_side: 192}
options: {min_pool: 1, fewest: 2}
per_skill: {questions: 40, subject: 40}
"""


def ratio_of(number: int) -> float:
    """Return the cardiothoracic ratio of a radiograph, about: from 0.36 to 0.66."""
    return 0.36 + 0.02 * number


def masks_of(number: int) -> dict[str, np.ndarray]:
    """Return the masks of a radiograph: two lungs that are 144 wide together, and a heart."""
    y, x = np.indices((SIDE, SIDE))
    heart = ((x - 98) / (72 * ratio_of(number))) ** 2 + ((y - 120) / 34) ** 2 <= 1
    lungs = {
        side: (((x - cx) / 30) ** 2 + ((y - 90) / 70) ** 2 <= 1)
        for side, cx in (("right lung", 54), ("left lung", 138))
    }
    return {"heart": heart, **{name: lung & ~heart for name, lung in lungs.items()}}


def write(folder: Path) -> None:
    """Write radiographs, their masks and the documents that are not the shipped ones."""
    world.put(folder / "raw_sources/chest/recipe.yaml", RECIPE)
    world.put(folder / "benchmarks/chest.yaml", BENCHMARK)
    data = folder / "raw_sources/chest/data"
    y, x = np.indices((SIDE, SIDE))
    for number in range(RADIOGRAPHS):
        masks = masks_of(number)
        # no two look alike, or they would be copies
        grey = 90 + 25 * np.sin((number + 1) * x / 31 + y / (9 + number)) * np.cos(number * y / 37)
        for name, mask in masks.items():
            grey[mask] = {"heart": 200}.get(name, 40) + 10 * np.sin(number + y[mask] / 7)
            path = data / f"masks/{name}/r{number:02}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            PIL.Image.fromarray(mask.astype(np.uint8) * 255).save(path)
        path = data / f"images/r{number:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        PIL.Image.fromarray(grey.astype(np.uint8)).save(path)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a built project that asks for the cardiothoracic ratio; tests must not change it."""

    def build(folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        write(folder)
        benchsmith("build", "chest", "--workers", "1", folder=folder)

    return Project(once(tmp_path_factory, "chest", build))


def test_an_enlarged_heart_is_wider_than_half_of_the_lungs(project: Project) -> None:
    release = project.folder / "output/chest/release"
    origin = {r["id"]: r for r in pq.read_table(release / "provenance.parquet").to_pylist()}
    found = [r for f in sorted((release / "data").glob("*")) for r in pq.read_table(f).to_pylist()]
    asked = [r for r in found if r["skill"] == "reasoning"]
    assert len(asked) >= 6
    images = project.folder / "raw_sources/chest/data/images"
    numbers = {
        hashlib.sha256((images / f"r{n:02}.png").read_bytes()).hexdigest(): n
        for n in range(RADIOGRAPHS)
    }
    for row in asked:
        masks = masks_of(numbers[origin[row["id"]]["image_sha256"]])
        wide = np.flatnonzero(masks["heart"].any(axis=0))
        lungs = np.flatnonzero((masks["left lung"] | masks["right lung"]).any(axis=0))
        ratio = (wide[-1] + 1 - wide[0]) / (lungs[-1] + 1 - lungs[0])
        said = row["options"]["AB".index(row["answer"])]
        assert said == ("enlarged" if ratio > 0.5 else "not enlarged")
        assert abs(ratio - 0.5) >= 0.05
        assert "cardiothoracic ratio" in row["question"]
    keys = Counter((r["split"], r["options"]["AB".index(r["answer"])]) for r in asked)
    assert all(keys[s, "enlarged"] == keys[s, "not enlarged"] for s, _ in keys)
    said = benchsmith("explain", asked[0]["id"], folder=project.folder)
    assert "cardiothoracic-ratio" in said and "doi:10.3390/jcm10092016" in said
    left = (project.folder / "output/chest/left_out.tsv").read_text("utf-8")
    assert "near-bound" in left


# the measures, on masks and hand-made scenes


def test_diameters_and_mean_in_the_plane_are_those_of_the_mask() -> None:
    mask = cv2.ellipse(np.zeros((80, 90), np.uint8), (45, 40), (30, 12), 30, 0, 360, 1, -1) > 0
    values = np.arange(80 * 90, dtype=np.float32).reshape(80, 90)
    found = flat(mask, values, None, (1.5, 1.5), ())
    points = np.argwhere(mask) * 1.5
    far = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2)).max()
    assert found.long == pytest.approx(far, abs=1e-6)
    assert found.short == pytest.approx(2 * 12 * 1.5, rel=0.05)
    assert found.mean == pytest.approx(float(values[mask].mean(dtype=np.float64)))
    assert flat(mask, np.zeros((80, 90, 3)), None, (1, 1), ()).mean is None


@pytest.fixture(scope="module")
def words() -> lexicon.Lexicon:
    """Return the shipped lexicon."""
    return shipped_lexicon()


def rule(words: lexicon.Lexicon, name: str) -> Rule:
    return next(one for one in words.rules if one.id == name)


def facts(**changes: Any) -> StructureFacts:
    values: dict[str, Any] = {f.name: None for f in fields(StructureFacts)}
    values |= {
        "kind": "region", "part": 0, "borders": (), "low": (20, 10, 10), "high": (25, 30, 30),
        "long_mm": 20.0, "unit": "HU", "volume_ml": 250.0, "mean": 40.0,
    }  # fmt: skip
    return StructureFacts(**values | changes)


def scene(label: str, sample: dict[str, Any], seen: dict[str, Any], **own: Any) -> Scene:
    """Return an axial scene of one structure of 20 by 10 mm at plane 22."""
    about = {f.name: "" for f in fields(Sample)} | {"spacing_mm": (3.0, 1.0, 1.0), "age": "60"}
    box = Box(x0=10, y0=10, x1=31, y1=21)
    mask = np.zeros((60, 60), bool)
    mask[10:21, 10:31] = True
    one = Seen(
        label=label, shown=None, box=box, area=231.0, share=0.06, whole=1.0, contrast=3.0,  # type: ignore[arg-type]
        grey=90.0, flat=replace(flat(mask, mask * 40.0, None, (1, 1), ()), long=20.0, short=10.0),
    )  # fmt: skip
    solid = Solid(label, "", facts(**own), ())
    anchor = replace(made.FINDING, id="s", axis="axial", index=22, modality="ct")
    volume = Volume(Sample(**about | sample), (solid,), lambda _: ())  # type: ignore[arg-type]
    return Scene(
        anchor=anchor, size=(60, 60), pixel=(1.0, 1.0), unit="mm", volume=volume,  # type: ignore[arg-type]
        structures=(replace(one, **seen),), values="HU",
    )  # fmt: skip


def value(words: lexicon.Lexicon, name: str, of: Scene) -> object:
    found = value_of(rule(words, name), of, of.structures[0], None)
    return found if isinstance(found, Missing) else found[0]


def test_a_measure_is_known_only_where_the_picture_shows_it(words: lexicon.Lexicon) -> None:
    good = scene("liver-tumor", {}, {})
    assert value(words, "recist-lesion", good) == 20.0
    assert value(words, "recist-node", good) == 10.0
    assert value(words, "fleischner-size", good) == 15.0
    for changed, why in (
        (scene("liver-tumor", {}, {}, long_mm=30.0), "another one 30.0 mm"),
        (scene("liver-tumor", {"spacing_mm": (7.0, 1.0, 1.0)}, {}), "thicker than 5 mm"),
        (scene("liver-tumor", {}, {"box": Box(x0=0, y0=10, x1=31, y1=21)}), "edge of the picture"),
        (scene("liver-tumor", {}, {}, low=(40, 0, 0), high=(44, 9, 9)), "0 parts of it"),
        (replace(good, unit="px"), "no axial plane"),
        (replace(good, anchor=replace(good.anchor, axis="coronal")), "no axial plane"),
    ):
        found = value(words, "recist-lesion", changed)
        assert isinstance(found, Missing) and why in found.detail
    oblique = value(words, "abdominal-aneurysm", good)
    assert isinstance(oblique, Missing) and "obliquely" in oblique.detail
    assert value(words, "spleen-volume", scene("spleen", {}, {})) == 250.0
    cut = value(words, "spleen-volume", scene("spleen", {}, {}, borders=("head",)))
    assert isinstance(cut, Missing) and cut.reason == "not-whole"
    assert value(words, "steatosis-attenuation", scene("liver", {}, {})) == 40.0
    without = replace(scene("liver", {}, {}), values="")
    assert isinstance(value(words, "steatosis-attenuation", without), Missing)
    coronal = replace(made.FINDING, id="s", axis="coronal", index=22)
    tall = scene(
        "spleen", {}, {"box": Box(x0=10, y0=5, x1=31, y1=55)}, low=(3, 0, 0), high=(54, 9, 9)
    )
    assert value(words, "spleen-length", replace(tall, anchor=coronal)) == 51.0  # type: ignore[arg-type]
    short = replace(
        tall, structures=(replace(tall.structures[0], box=Box(x0=1, y0=5, x1=9, y1=40)),)
    )
    assert isinstance(value(words, "spleen-length", replace(short, anchor=coronal)), Missing)  # type: ignore[arg-type]


def test_a_conclusion_is_drafted_beside_its_neighbours(
    words: lexicon.Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchsmith.skills.reasoning.form_of", lambda *_: None)
    (known,) = with_rules(
        [
            scene(
                "lung-tumor",
                {},
                {"flat": flat(np.ones((1, 26), bool), np.ones((1, 26)), None, (1, 1), ())},
            )
        ],
        words,
    )
    found = [d for d in drafts(known, Margins()) if isinstance(d, Draft)]
    by_rule = {d.ladder: d for d in found}
    assert by_rule["lung-t-size 1"].key == by_rule["lung-t-size 2"].key == "says:T1c"
    assert by_rule["lung-t-size 1"].options == ("says:T1b", "says:T1c")
    assert by_rule["lung-t-size 2"].options == ("says:T1c", "says:T2a")
    assert by_rule["nodule-or-mass 0"].key == "says:a nodule by its size"
    assert "doi:10.1097" in by_rule["lung-t-size 1"].evidence[-1].words
    near = scene("lung-tumor", {}, {})  # 20 mm is a bound of T
    (known,) = with_rules([near], words)
    reasons = {u.reason for u in drafts(known, Margins()) if isinstance(u, Unclear)}
    assert "near-bound" in reasons


def test_a_small_structure_is_outlined_and_a_speck_is_not_measured(
    words: lexicon.Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchsmith.skills.reasoning.form_of", lambda *_: None)
    plain = scene("liver-tumor", {}, {"share": 0.0005})
    small = replace(plain, structures=(), minor=plain.structures)
    (known,) = with_rules([small], words)
    found = [d for d in drafts(known, Margins()) if isinstance(d, Draft)]
    assert {(d.key, d.view) for d in found} == {("says:measurable", "contour")}
    speck = replace(plain.structures[0].flat, long=3.0)  # type: ignore[type-var]
    (known,) = with_rules(
        [replace(small, minor=(replace(plain.structures[0], flat=speck),))], words
    )
    (lost,) = drafts(known, Margins())
    assert isinstance(lost, Unclear) and "3.0 pixels" in lost.detail


def test_outside_of_its_scope_nothing_is_concluded(words: lexicon.Lexicon) -> None:
    (known,) = with_rules([scene("liver", {}, {})], words)
    found = list(drafts(known, Margins()))
    assert found and all(isinstance(u, Unclear) and u.reason == "outside-scope" for u in found)
    assert any("phase is not known" in getattr(u, "detail", "") for u in found)
    (known,) = with_rules([scene("aorta", {}, {})], words)
    (only,) = [u for u in drafts(known, Margins()) if "aneurysm" in getattr(u, "detail", "")]
    assert "kidney is not in the picture" in getattr(only, "detail", "")
    (bare,) = with_rules([replace(scene("liver", {}, {}), volume=None)], words)
    assert bare.rules == ()


def test_every_measure_of_the_table_is_taken() -> None:
    from benchsmith.documents.lexicon.reasoning_rules import MEASURES

    assert set(criteria.MEASURED) == set(MEASURES)


def test_each_measure_has_the_form_that_a_reader_needs(words: lexicon.Lexicon) -> None:
    from benchsmith.core.contracts import Shown
    from benchsmith.core.model import Form
    from benchsmith.skills.plane_facts import Flat
    from benchsmith.skills.shown_measures import form_of

    plain = scene("liver", {}, {})
    one = plain.structures[0]
    known = Flat(
        long=20.0,
        short=10.0,
        parts=(231,),
        mean=40.0,
        deviation=5.0,
        beyond=0.0,
        profile=(),
        parting=0.0,
        neck=0.0,
    )
    shown = replace(plain, shown=Shown(-150.0, 250.0, "abdomen"))
    margins = Margins()
    assert form_of("longest", plain, one, None, margins) == Form(scale=True)
    assert form_of("width-ratio", plain, one, None, margins) is None
    readable = replace(one, flat=known)
    assert form_of("mean", shown, readable, None, margins) == Form(wedge=True)
    for bad in (replace(known, beyond=0.3), replace(known, deviation=90.0)):
        assert isinstance(form_of("mean", shown, replace(one, flat=bad), None, margins), Missing)
    assert isinstance(form_of("mean", plain, readable, None, margins), Missing)
    assert isinstance(form_of("volume", plain, readable, None, margins), Missing)
