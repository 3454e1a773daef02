"""Small pictures for pages: the Parquet files hold the pictures as they are."""

from __future__ import annotations

import base64
from io import BytesIO

import PIL.Image

QUALITY = 88
"""JPEG quality."""


def thumbnail(png: bytes, side: int) -> str:
    """Return a picture, at most `side` pixels long, as a data URL."""
    picture = PIL.Image.open(BytesIO(png)).convert("RGB")
    picture.thumbnail((side, side), PIL.Image.Resampling.LANCZOS)
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
