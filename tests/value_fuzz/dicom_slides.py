"""DICOM slides, judged by pydicom and a placing of their frames by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, VLWholeSlideMicroscopyImageStorage

from benchsmith import formats
from benchsmith.core.contracts import Reading
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.dicom_objects import ROOT
from tests.value_fuzz.mutants import Change, Format, Refused, note, noted
from tests.value_fuzz.values import Values

SIDE_MM = 0.001
"""Side of a pixel of the finest level."""


def _one(**values: Any) -> pydicom.Sequence:
    made = Dataset()
    for name, value in values.items():
        setattr(made, name, value)
    return pydicom.Sequence([made])


def _code(value: str, scheme: str) -> pydicom.Sequence:
    return _one(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning="x")


def level(pixels: Any, tile: int, number: int, flavour: str = "VOLUME") -> Dataset:
    """Return one level, (rows, columns, 3), whose tiles are full and in order (PS3.3 A.32.8)."""
    rows, columns = pixels.shape[:2]
    side = SIDE_MM * (1 << number)
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = VLWholeSlideMicroscopyImageStorage
    own = f"{ROOT}.8.{number}.{len(flavour)}"
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = own
    made.StudyInstanceUID, made.SeriesInstanceUID = f"{ROOT}.2", f"{ROOT}.3"
    made.FrameOfReferenceUID, made.ContainerIdentifier = f"{ROOT}.4", "c"
    made.Modality, made.PatientID, made.InstanceNumber = "SM", "p", number + 1
    made.ImageType = ["ORIGINAL" if number == 0 else "DERIVED", "PRIMARY", flavour,
                      "NONE" if number == 0 else "RESAMPLED"]  # fmt: skip
    made.TotalPixelMatrixColumns, made.TotalPixelMatrixRows = columns, rows
    made.Rows = made.Columns = tile
    made.SamplesPerPixel, made.PhotometricInterpretation, made.PlanarConfiguration = 3, "RGB", 0
    made.BitsAllocated = made.BitsStored = 8
    made.HighBit, made.PixelRepresentation = 7, 0
    made.ImagedVolumeWidth, made.ImagedVolumeHeight, made.ImagedVolumeDepth = (
        columns * side,
        rows * side,
        1,
    )
    made.ImageOrientationSlide, made.NumberOfOpticalPaths, made.TotalPixelMatrixFocalPlanes = (
        [0, -1, 0, -1, 0, 0], 1, 1,
    )  # fmt: skip
    made.TotalPixelMatrixOriginSequence = _one(
        XOffsetInSlideCoordinateSystem=20, YOffsetInSlideCoordinateSystem=40
    )
    made.OpticalPathSequence = _one(
        OpticalPathIdentifier="1",
        IlluminationTypeCodeSequence=_code("111744", "DCM"),
        IlluminationColorCodeSequence=_code("414298005", "SCT"),
    )
    made.SharedFunctionalGroupsSequence = _one(
        PixelMeasuresSequence=_one(PixelSpacing=[side, side], SliceThickness=1)
    )
    made.DimensionOrganizationType = "TILED_FULL"
    down, across = -(-rows // tile), -(-columns // tile)
    whole = np.zeros((down * tile, across * tile, 3), np.uint8)
    whole[:rows, :columns] = pixels
    frames = whole.reshape(down, tile, across, tile, 3).swapaxes(1, 2).reshape(-1, tile, tile, 3)
    _frames(made, frames)
    return made


def _frames(made: Dataset, frames: Any) -> None:
    made.NumberOfFrames = len(frames)
    data = frames.tobytes()
    made.PixelData = data + b"\0" * (len(data) % 2)


def _sparse(made: Dataset, chance: Chance, lost: int) -> None:
    """Place each frame by itself, in any order, without some of them."""
    tile = made.Rows
    across = -(-made.TotalPixelMatrixColumns // tile)
    frames = np.frombuffer(made.PixelData, np.uint8)[: made.NumberOfFrames * tile * tile * 3]
    frames = frames.reshape(-1, tile, tile, 3)
    kept = chance.shuffled(range(len(frames)))[lost if len(frames) > lost else 0 :]
    groups = []
    for number in kept:
        row, column = divmod(number, across)
        groups.append(_one(PlanePositionSlideSequence=_one(
            ColumnPositionInTotalImagePixelMatrix=column * tile + 1,
            RowPositionInTotalImagePixelMatrix=row * tile + 1,
            XOffsetInSlideCoordinateSystem=0, YOffsetInSlideCoordinateSystem=0, ZOffsetInSlideCoordinateSystem=0,
        ))[0])  # fmt: skip
    made.DimensionOrganizationType = "TILED_SPARSE"
    made.PerFrameFunctionalGroupsSequence = pydicom.Sequence(groups)
    _frames(made, frames[kept])


def _change(kind: str) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        path = folder / "slide"
        path.mkdir()
        rows, columns = 8 * chance.whole(6, 12), 8 * chance.whole(6, 12)
        base = chance.array((rows, columns, 3), 0, 255, np.uint8)
        tile = chance.pick((16, 32, 48))
        count = 2 if kind in ("levels", "order of files") else 1
        names = chance.shuffled(range(3)) if kind == "order of files" else [0, 1, 2]
        for number in range(count):
            made = level(np.ascontiguousarray(base[:: 1 << number, :: 1 << number]), tile, number)
            if kind in ("tiles in any order", "tiles that are not there"):
                _sparse(made, chance, 2 if kind == "tiles that are not there" else 0)
            made.save_as(path / f"{names[number]}.dcm", enforce_file_format=True)
        if kind == "label and overview":
            for flavour in ("LABEL", "OVERVIEW"):
                extra = level(chance.array((40, 56, 3), 0, 255, np.uint8), 64, 0, flavour)
                extra.save_as(path / f"{flavour}.dcm", enforce_file_format=True)
        of = chance.whole(0, count - 1)
        high, wide = rows >> of, columns >> of
        width, height = chance.whole(1, wide), chance.whole(1, high)
        x, y = chance.whole(0, wide - width), chance.whole(0, high - height)
        note(folder, part=f"{of},{x + (wide if kind == 'outside' else 0)},{y},{width},{height}")
        return path

    return change


def ours(path: Path) -> Values:
    """Return a region."""
    return {"pixels": formats.read(path, Reading(part=noted(path)["part"])).voxels[0]}


def theirs(path: Path) -> Values:
    """Put the frames of the level into their places; tiles that are not there are white."""
    of, x, y, width, height = (int(n) for n in noted(path)["part"].split(","))
    found = [pydicom.dcmread(p) for p in sorted(path.iterdir())]
    levels = [d for d in found if str(d.ImageType[2]) == "VOLUME"]
    if len({str(d.SeriesInstanceUID) for d in levels}) != 1:
        raise Refused("several slides")
    levels.sort(key=lambda d: -int(d.TotalPixelMatrixColumns))
    for one in found:
        frames = one.pixel_array
        assert frames.size
    one = levels[of]
    rows, columns = int(one.TotalPixelMatrixRows), int(one.TotalPixelMatrixColumns)
    if x + width > columns or y + height > rows:
        raise Refused("outside")
    frames = one.pixel_array.reshape(-1, one.Rows, one.Columns, 3)
    whole = np.full((rows + one.Rows, columns + one.Columns, 3), 255, np.uint8)
    across = -(-columns // one.Columns)
    sparse = one.DimensionOrganizationType == "TILED_SPARSE"
    for number, frame in enumerate(frames):
        top, left = (
            n * s for n, s in zip(divmod(number, across), (one.Rows, one.Columns), strict=True)
        )
        if sparse:
            place = one.PerFrameFunctionalGroupsSequence[number].PlanePositionSlideSequence[0]
            top = int(place.RowPositionInTotalImagePixelMatrix) - 1
            left = int(place.ColumnPositionInTotalImagePixelMatrix) - 1
        # OpenSlide passes over a frame whose damaged place is not in the slide
        if top + one.Rows <= len(whole) and left + one.Columns <= whole.shape[1]:
            whole[top : top + one.Rows, left : left + one.Columns] = frame
    return {"pixels": whole[y : y + height, x : x + width]}


FORMAT = Format(
    "DICOM slides",
    "pydicom, frames placed in this test",
    {
        kind: _change(kind)
        for kind in ("regions", "levels", "order of files", "tiles in any order", "tiles that are not there",
                     "label and overview", "outside")
    },
    ours,
    theirs,
    alone={},
    mutants=400,
)  # fmt: skip
