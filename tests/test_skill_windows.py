"""In which windows a picture is asked about by skills."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from benchsmith.core.absent_labels import Searched
from benchsmith.core.model import Choice, Neighbour
from benchsmith.documents.lexicon import Window
from benchsmith.skills.pictures_to_ask import anchors, in_other_windows
from tests.rows import FINDING

EMPTY = Choice(
    **{name: getattr(FINDING, name) for name in FINDING.__dataclass_fields__},
    label="", laterality="", decided_at="", task="", department="", placed_at="", split="test",
)  # fmt: skip


def test_a_picture_is_shown_again_in_the_windows_of_its_structures() -> None:
    known = {id_: Window(id_, "hu", 40, 400, 0, 0, (), ()) for id_ in ("soft", "lung")}
    # of the liver, the window for all of a picture is the one that is used otherwise
    known["liver"] = replace(known["soft"], id="liver", least_median=90, otherwise="soft")
    known["bone"] = replace(known["soft"], id="bone", most_mm=2.5, otherwise="soft")
    of_label = {
        "spleen": "soft",
        "lung": "lung",
        "liver": "liver",
        "stomach": "soft",
        "rib": "bone",
    }
    lexicon: Any = SimpleNamespace(window=lambda label, _: known.get(of_label.get(label, "")))
    target = replace(
        EMPTY, id="a#lung@z4", label="lung", window="lung",
        neighbours=tuple(
            Neighbour(name=n, in_region=0, in_box=0, share=0.1)
            for n in ("liver", "rib", "spleen", "stomach")
        ),
    )  # fmt: skip
    found = in_other_windows([target], known, lexicon)
    assert [(c.id, c.window) for c in found] == [
        ("a#lung@z4!bone", "bone"), ("a#lung@z4!soft", "soft"),
    ]  # fmt: skip
    stated = replace(target, window="of the recipe")
    assert in_other_windows([stated], known, lexicon) == []


def test_a_picture_of_a_liver_alone_is_shown_in_a_window_for_all_of_it() -> None:
    soft = Window("soft", "hu", 40, 400, 0, 0, (), ())
    liver = replace(soft, id="liver", least_median=90, otherwise="soft")
    target = replace(EMPTY, id="a#liver@z4", label="liver", window="liver", kind="region",
                     searched=Searched(labels=("liver",)))  # fmt: skip
    kept, rejected = anchors([target], {"liver": liver, "soft": soft}, 0)
    assert [(c.id, c.window) for c in kept] == [("a#liver@z4", "soft")] and not rejected
    kept, rejected = anchors([target], {"liver": liver}, 0)
    assert not kept and [r.reason for r in rejected] == ["window-of-region"]
