"""A grey picture with two numbered objects."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from benchsmith import formats
from benchsmith.core.contracts import Annotations, Image

HEIGHT, WIDTH = 40, 48
OBJECTS = np.zeros((HEIGHT, WIDTH), np.uint8)
OBJECTS[5:15, 5:15], OBJECTS[20:32, 20:34] = 1, 2


@pytest.fixture
def image(tmp_path: Path) -> Image:
    grey = np.add.outer(np.arange(HEIGHT) * 3, np.arange(WIDTH)).astype(np.uint8)
    PIL.Image.fromarray(grey).save(tmp_path / "image.png")
    return formats.read(tmp_path / "image.png")


def marks(answer: Annotations) -> dict[str, np.ndarray]:
    return {
        s.stated_at: layer.voxels[0] == value
        for layer in answer.layers
        for value, s in layer.structures.items()
    }
