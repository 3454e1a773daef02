"""A picture and files that mark it, for tests."""

from __future__ import annotations

from pathlib import Path

import PIL.Image
import pytest

from benchsmith import formats
from benchsmith.core.contracts import Image

HEIGHT, WIDTH = 30, 40


@pytest.fixture
def picture(tmp_path: Path) -> Image:
    PIL.Image.new("L", (WIDTH, HEIGHT), 7).save(tmp_path / "image.png")
    return formats.read(tmp_path / "image.png")
