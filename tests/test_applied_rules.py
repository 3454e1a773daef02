"""The rules of reasoning on made-up facts: what a measure needs, and what is concluded."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
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
from tests.shipped_documents import shipped_lexicon


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
