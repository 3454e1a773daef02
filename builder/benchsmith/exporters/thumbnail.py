"""Small JPEG copies of pictures, for the card and the report."""

from __future__ import annotations

import base64
from io import BytesIO

import PIL.Image

THUMBNAIL_QUALITY = 88
"""JPEG quality."""


def small_jpeg(png: bytes, side_px: int, quality: int) -> bytes:
    """Return a picture as JPEG whose longer side is at most `side_px` pixels."""
    picture = PIL.Image.open(BytesIO(png)).convert("RGB")
    picture.thumbnail((side_px, side_px), PIL.Image.Resampling.LANCZOS)
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def thumbnail(png: bytes, side_px: int) -> str:
    """Return a small JPEG of a picture as a data URL."""
    jpeg = small_jpeg(png, side_px, THUMBNAIL_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
