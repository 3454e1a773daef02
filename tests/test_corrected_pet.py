"""PET is in uptake values only if its header says that attenuation and decay were corrected."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchsmith import formats
from tests.test_volumes import write_pet


@pytest.mark.parametrize(
    "corrected", [["DECY", "RADL"], ["ATTN", "SCAT"], "ATTN", "", None, ["ATTNX", "DECY"]]
)
def test_pet_that_is_not_corrected_stays_activity(tmp_path: Path, corrected: object) -> None:
    """Without correction of attenuation, values depend on the depth in the body."""
    image = formats.read(write_pet(tmp_path, CorrectedImage=corrected))
    assert image.unit == ""
    assert (image.voxels == 100).all()


def test_pet_may_list_its_corrections_in_any_order(tmp_path: Path) -> None:
    assert formats.read(write_pet(tmp_path, CorrectedImage=["DECY", "ATTN"])).unit == "SUV"
