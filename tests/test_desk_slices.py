"""The slices that the review desk serves are those of the geometry, of one volume at a time."""

from __future__ import annotations

import pytest

from benchsmith.review import open_desks
from benchsmith.review.slices import Slices
from tests.conftest import Project


def test_one_volume_is_held_and_its_planes_are_those_of_the_geometry(built: Project) -> None:
    library = open_desks.read(built.folder)
    slices = Slices(built.folder, library.sources, {})
    about, _ = slices.about("abdomen/a")
    assert dict(about.planes) == {"axial": 40, "coronal": 44, "sagittal": 36} or dict(about.planes) == {
        "axial": 36, "coronal": 44, "sagittal": 40}  # fmt: skip
    first = slices.png("abdomen/a", "axial", 20, (-100.0, 300.0))
    assert first == slices.png("abdomen/a", "axial", 20, (-100.0, 300.0)) != slices.png("abdomen/a", "axial", 20, (0.0, 90.0))  # fmt: skip
    assert slices.png("abdomen/b", "axial", 20, (-100.0, 300.0)) != first
    for sample, axis, index in (("abdomen/a", "axial", 99), ("abdomen/a", "axial", -1), ("abdomen/a", "up", 0),
                                ("abdomen/../a", "axial", 0), ("nothing/a", "axial", 0)):  # fmt: skip
        with pytest.raises(LookupError):
            slices.png(sample, axis, index, None)
