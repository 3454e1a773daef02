"""One grey picture of 60 rows and 80 columns, for label files of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from benchsmith import formats
from benchsmith.core.contracts import Image

HEIGHT, WIDTH = 60, 80


@pytest.fixture
def image(tmp_path: Path) -> Image:
    PIL.Image.new("L", (WIDTH, HEIGHT), 7).save(tmp_path / "image.png")
    return formats.read(tmp_path / "image.png")


def objects(*values: int) -> Any:
    """Return a mask of squares in a row, each with its value, (60, 80) uint8."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    for i, value in enumerate(values):
        mask[10:20, 5 + 25 * i : 15 + 25 * i] = value
    return mask
