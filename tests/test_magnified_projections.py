"""Pixels at the detector of a projection are larger than in the patient, by the stated magnification.

Where it is not stated, no length in the patient is known: PS3.3 10.7.1 says what each attribute means.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchsmith import formats
from tests.test_dicom_display import changed
from tests.test_dicom_pixels import picture

FACTOR = "EstimatedRadiographicMagnificationFactor"
CALIBRATED = "PixelSpacingCalibrationType"
SPACING = {"PixelSpacing": [0.2, 0.1]}


@pytest.mark.parametrize(
    ("tags", "sides"),
    [
        # at the detector, with an unknown magnification
        ({"ImagerPixelSpacing": [0.2, 0.1]}, ()),
        ({**SPACING, "ImagerPixelSpacing": [0.2, 0.1]}, ()),
        ({"ImagerPixelSpacing": [0.2, 0.1], FACTOR: 1.0}, (0.2, 0.1)),
        # a projection's alone: nothing says whether it is corrected, whatever the magnification
        *(
            ({**SPACING, "Modality": kind}, ())
            for kind in ("CR", "DX", "MG", "XA", "RF", "IO", "PX")
        ),
        ({**SPACING, "Modality": "DX", FACTOR: 1.5}, ()),
        ({**SPACING, "Modality": "DX", CALIBRATED: "GEOMETRY"}, (0.2, 0.1)),
        # other pictures are not magnified
        *(({**SPACING, "Modality": kind}, (0.2, 0.1)) for kind in ("US", "OP", "SM", "OT")),
        # a scanned film has the size of its picture
        ({**SPACING, "Modality": "OT", "NominalScannedPixelSpacing": [0.2, 0.1]}, ()),
        ({**SPACING, "Modality": "OT", "NominalScannedPixelSpacing": [0.4, 0.2]}, (0.2, 0.1)),
        ({"ImagerPixelSpacing": [0.3, 0.15], FACTOR: 1.5}, (0.2, 0.1)),
        # the same number twice is that of the detector
        ({"PixelSpacing": [0.3, 0.15], "ImagerPixelSpacing": [0.3, 0.15], FACTOR: 1.5}, (0.2, 0.1)),
        # another number is corrected already, and so is one that a fiducial gave
        ({"PixelSpacing": [0.2, 0.1], "ImagerPixelSpacing": [0.3, 0.15], FACTOR: 1.5}, (0.2, 0.1)),
        (
            {
                "PixelSpacing": [0.3, 0.15],
                "ImagerPixelSpacing": [0.3, 0.15],
                "PixelSpacingCalibrationType": "FIDUCIAL",
                FACTOR: 1.5,
            },
            (0.3, 0.15),
        ),
        # a picture that is smaller than the patient is not a projection: the ratio alone is used
        ({"ImagerPixelSpacing": [0.3, 0.15], FACTOR: 0.5}, ()),
    ],
)
def test_a_pixel_is_measured_in_the_patient(
    tmp_path: Path, tags: dict[str, Any], sides: tuple[float, ...]
) -> None:
    path = picture(tmp_path, np.arange(60, dtype=np.uint8).reshape(10, 6))
    image = formats.read(changed(path, ("PixelSpacing",), **tags))
    assert image.spacing_mm[1:] == pytest.approx(sides)
    assert image.sides[1] / image.sides[2] == pytest.approx(2.0)
    assert ("it gives no lengths" in image.note) != bool(sides)
