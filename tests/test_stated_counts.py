"""Headers that state counts without end: refused with the number, before anything is made of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile

from benchsmith.core.contracts import DataFault, Reading
from benchsmith.formats import metaimage, ome_tiff

OME = (
    '<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">'
    '<Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint8" SizeX="8" '
    'SizeY="8" SizeC="{0}" SizeZ="1" SizeT="{0}"/></Image></OME>'
)


def test_a_metaimage_of_a_billion_dimensions_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mha"
    path.write_bytes(
        b"ObjectType = Image\nNDims = 999999999\nDimSize = 10 10 10\nElementType = MET_UCHAR\n"
        b"ElementDataFile = LOCAL\n"
    )
    with pytest.raises(DataFault, match="has 999999999 dimensions") as raised:
        metaimage.FORMAT.read([path], Reading())
    assert raised.value.reason == "dimensions"


def test_an_ome_tiff_of_a_billion_channels_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.ome.tif"
    pixels = np.zeros((8, 8), np.uint8)
    tifffile.imwrite(path, pixels, description=OME.format(10**11), metadata=None)
    with pytest.raises(DataFault, match=r"declares {.*'C': 100000000000"):
        ome_tiff.parts([path])
