"""Units that a worker makes of names are those that the building process would make."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from benchsmith.engine.bundles import bundle_of, run_bundle
from benchsmith.stages.packed_units import PackedUnits
from benchsmith.stages.unit_list import Units
from benchsmith.stages.units import Unit
from tests.test_lists_without_objects import RECIPES, listed, source_of, write


def itself(unit: Unit) -> Unit:
    return unit


def units_of(folder: Path, name: str) -> Units:
    """Return the units of a recipe in an order that is not that of the files."""
    write(folder)
    units = listed(folder, source_of(folder, RECIPES[name])).units
    assert len(units) >= 4
    return units.take(sorted(range(len(units)), key=lambda n: n * 7 % len(units)))


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_a_worker_makes_the_same_units(tmp_path: Path, name: str) -> None:
    units = units_of(tmp_path, name).with_families(str.upper)
    which = [3, 0, *range(len(units))]
    sent = bundle_of(units, which)
    of_path = any(entry.samples.modality != "ct" for entry in units.pictures.entries.values())
    assert isinstance(sent, PackedUnits) != (of_path and name != "several entries")
    there = pickle.loads(pickle.dumps(sent))  # noqa: S301
    made = run_bundle(itself, there)[0]
    assert made == [units[n] for n in which]
    assert {unit.family for unit in made} == {unit.modality.upper() for unit in made}


def test_what_names_do_not_tell_is_sent_as_units(tmp_path: Path) -> None:
    units = units_of(tmp_path, "a key of folders")
    beside = units.with_beside({3: frozenset({tmp_path / "b.png"})})
    assert bundle_of(beside, [3, 0]) == [beside[3], beside[0]]
    assert isinstance(bundle_of(beside, [0, 1]), PackedUnits)
    renamed = units.with_patients({1: "many/other"})
    assert bundle_of(renamed, [0, 1]) == [units[0], replace(units[1], patient="many/other")]


def test_places_in_the_list_of_all(tmp_path: Path) -> None:
    units = units_of(tmp_path, "a key of folders")
    places = units.take([3, 1]).places_in(units)
    assert places.tolist() == [3, 1]
