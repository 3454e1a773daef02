"""A BigTIFF in big-endian order is refused by its own name, and the mend that is named works."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile

from benchsmith import formats
from benchsmith.core.contracts import DataFault

PIXELS = (np.arange(60 * 90).reshape(60, 90) * 37).astype(np.uint16)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_its_order_is_the_reason(tmp_path: Path, dtype: type) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, PIXELS.astype(dtype), bigtiff=True, byteorder=">")
    with pytest.raises(DataFault) as raised:
        formats.read(path)
    assert raised.value.reason == "unreadable"
    assert "BigTIFF in big-endian byte order" in raised.value.detail


@pytest.mark.parametrize(("big", "order"), [(True, "<"), (False, ">"), (False, "<")])
def test_the_other_orders_are_read(tmp_path: Path, *, big: bool, order: str) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, PIXELS, bigtiff=big, byteorder=order)
    assert np.array_equal(formats.read(path).voxels[0], PIXELS)
