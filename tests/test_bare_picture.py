"""An adopted picture loses its metadata and nothing else."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image
import pytest

from benchsmith.imaging.bare_picture import bare
from benchsmith.imaging.picture_segments import segments
from tests.test_release_texts import PICTURES, PROFILE, XMP, exif, picture

NOISE = (np.arange(6000).reshape(40, 50, 3) * 7919 % 251).astype(np.uint8)


def shown(data: bytes) -> np.ndarray:
    """Return the pixels as a viewer shows them, by Pillow's own transposition."""
    import PIL.ImageOps

    opened = PIL.Image.open(io.BytesIO(data))
    return np.asarray(PIL.ImageOps.exif_transpose(opened).convert("RGB"))


@pytest.mark.parametrize("name", [n for n in PICTURES if n.endswith((".png", ".jpg"))])
def test_nothing_is_left_around_the_pixels(name: str) -> None:
    found = bare(PICTURES[name])
    assert found != PICTURES[name] or name.startswith("profile")
    assert (shown(found) == shown(PICTURES[name])).all()
    names = {part for part, _ in segments(found)}
    assert names <= {"APP0", "APP2", "APP14", "iCCP"}


@pytest.mark.parametrize("code", range(1, 9))
@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_picture_stays_the_way_up(form: str, code: int) -> None:
    said = exif(0x0112, code)
    said[0x013B] = "Kowalska"
    file = io.BytesIO()
    PIL.Image.fromarray(NOISE).save(file, form, exif=said)
    found = bare(file.getvalue())
    assert (shown(found) == shown(file.getvalue())).all()
    assert b"Kowalska" not in found
    left = PIL.Image.open(io.BytesIO(found)).getexif()
    assert dict(left) == ({} if code == 1 else {0x0112: code})


@pytest.mark.parametrize(
    "how", [{"progressive": True}, {"restart_marker_blocks": 2}, {"subsampling": 0}]
)
def test_scans_of_a_jpeg_are_copied_as_they_are(how: dict[str, object]) -> None:
    file = io.BytesIO()
    PIL.Image.fromarray(NOISE).save(file, "JPEG", comment=b"Kowalska", **how)
    plain = io.BytesIO()
    PIL.Image.fromarray(NOISE).save(plain, "JPEG", **how)
    assert bare(file.getvalue()) == plain.getvalue()
    assert bare(plain.getvalue()) is not None and bare(plain.getvalue()) == plain.getvalue()


def test_a_colour_profile_stays() -> None:
    for form in ("PNG", "JPEG"):
        found = bare(picture(form, icc_profile=PROFILE, **({"xmp": XMP} if form == "JPEG" else {})))
        assert PIL.Image.open(io.BytesIO(found)).info["icc_profile"] == PROFILE
