"""DICOM series of slices, judged by SimpleITK (GDCM); enhanced images by highdicom."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import highdicom
import numpy as np
import pydicom
import SimpleITK as sitk
from pydicom.uid import EnhancedCTImageStorage, EnhancedMRImageStorage

from benchsmith import formats
from benchsmith.core.contracts import DataFault
from tests.value_fuzz import dicom_objects as objects
from tests.value_fuzz import grids, volume_readers
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.dicom_picture import ALONE, by_gdcm
from tests.value_fuzz.mutants import Change, Format, Refused
from tests.value_fuzz.values import Placed, Values

FEWEST = 2


def slices(chance: Chance, *, rescale: bool = True) -> list[pydicom.Dataset]:
    """Return the slices of a CT series in any plane, in order along their normal."""
    axes = grids.directions(chance, right_handed=True)
    spacing = [chance.real(0.3, 4), chance.real(0.3, 4)]
    step = chance.real(0.5, 5)
    origin = np.array([chance.real(-200, 200) for _ in range(3)])
    size = (chance.whole(3, 7), chance.whole(3, 7))
    signed = chance.yes()
    found = []
    for k in range(chance.whole(3, 6)):
        stored = objects.pixels(chance, 12, signed=signed, size=size)
        made = objects.image(stored, 12)
        made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = (
            f"{objects.ROOT}.9.{k + 1}"
        )
        made.InstanceNumber = k + 1
        made.ImageOrientationPatient = [round(float(v), 9) for v in axes[:, :2].T.ravel()]
        made.ImagePositionPatient = [round(float(v), 5) for v in origin + axes[:, 2] * step * k]
        made.PixelSpacing, made.SliceThickness = spacing, step
        if rescale:
            made.RescaleSlope, made.RescaleIntercept = 1, -1024
        found.append(made)
    return found


def write(found: list[pydicom.Dataset], folder: Path, names: list[int] | None = None) -> Path:
    """Write slices into a folder, named by numbers."""
    home = folder / "series"
    home.mkdir()
    for one, number in zip(found, names or range(len(found)), strict=True):
        objects.save(one, home / f"{number:03d}.dcm")
    return home


def _change(alter: Callable[[Chance, list[pydicom.Dataset]], list[pydicom.Dataset]]) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        found = slices(chance)
        names = chance.shuffled(range(len(found)))
        return write(alter(chance, found), folder, names[: len(found)])

    return change


def _planes(chance: Chance, found: list[pydicom.Dataset]) -> list[pydicom.Dataset]:
    """Leave the slices as they are: their plane is any, their files in any order."""
    return found


def _instance_numbers(chance: Chance, found: list[pydicom.Dataset]) -> list[pydicom.Dataset]:
    for one in found:
        one.InstanceNumber = chance.whole(1, 3)
    return found


def _own_rescale(chance: Chance, found: list[pydicom.Dataset]) -> list[pydicom.Dataset]:
    for one in found:
        one.RescaleSlope, one.RescaleIntercept = (
            chance.pick((1, 2, 0.5, 1.25)),
            chance.pick((0, -7)),
        )
    return found


def _thickness(chance: Chance, found: list[pydicom.Dataset]) -> list[pydicom.Dataset]:
    """State a thickness and a distance that are not the step."""
    for one in found:
        one.SliceThickness = 9
        one.SpacingBetweenSlices = 0.1
    return found


def _location(chance: Chance, found: list[pydicom.Dataset]) -> list[pydicom.Dataset]:
    for one in found:
        one.SliceLocation = chance.real(-99, 99)
    return found


def _uneven(chance: Chance, found: list[pydicom.Dataset]) -> list[pydicom.Dataset]:
    """Move one slice a little, or a lot."""
    one = chance.pick(found)
    share = chance.pick((0.001, 0.4))
    gap = np.array(found[1].ImagePositionPatient) - np.array(found[0].ImagePositionPatient)
    one.ImagePositionPatient = [float(v) for v in np.array(one.ImagePositionPatient) + gap * share]
    return found


def _twice(chance: Chance, found: list[pydicom.Dataset]) -> list[pydicom.Dataset]:
    """Let two slices are at the same position."""
    found[1].ImagePositionPatient = found[0].ImagePositionPatient
    return found


def _other_patient(chance: Chance, found: list[pydicom.Dataset]) -> list[pydicom.Dataset]:
    found[chance.whole(0, len(found) - 1)].PatientID = "q"
    return found


def _other_series(chance: Chance, found: list[pydicom.Dataset]) -> list[pydicom.Dataset]:
    found[chance.whole(0, len(found) - 1)].SeriesInstanceUID = f"{objects.ROOT}.33"
    return found


def _sheared(chance: Chance, found: list[pydicom.Dataset]) -> list[pydicom.Dataset]:
    """Let slices step sideways, as of a tilted gantry."""
    row = np.array(found[0].ImageOrientationPatient[:3])
    for k, one in enumerate(found):
        one.ImagePositionPatient = [float(v) for v in np.array(one.ImagePositionPatient) + row * k]
    return found


def _mixed_signs(chance: Chance, found: list[pydicom.Dataset]) -> list[pydicom.Dataset]:
    """Store some slices with another sign of the same values."""
    for one in found:
        stored = np.frombuffer(one.PixelData, "<i2") & 0x7FF
        one.PixelRepresentation = chance.whole(0, 1)
        one.PixelData = stored.astype("<i2").tobytes()
    return found


def by_itk(path: Path) -> Values:
    """Read with SimpleITK's series reader, once its slices are of one series and evenly spaced.

    ITK sorts by position and does not look at patients, series and gaps (PS3.3 C.7.3.1): a series of
    two is read as one.
    """
    files = sorted(path.iterdir())
    heads = [pydicom.dcmread(p) for p in files]
    same = ("PatientID", "SeriesInstanceUID", "Rows", "Columns", "PixelSpacing")
    for tag in same:
        if len({str(h.get(tag)) for h in heads}) > 1:
            raise Refused(f"several {tag}")
    normal = np.cross(heads[0].ImageOrientationPatient[:3], heads[0].ImageOrientationPatient[3:])
    order = sorted(range(len(heads)), key=lambda k: float(normal @ heads[k].ImagePositionPatient))
    places = [np.array(heads[k].ImagePositionPatient, float) for k in order]
    gaps = np.diff([normal @ p for p in places])
    if gaps.min() <= 0 or np.ptp(gaps) > 0.02 * gaps.mean():
        raise Refused("uneven")
    away = places[-1] - places[0]
    if np.linalg.norm(away - normal * (normal @ away)) > 0.05 * np.linalg.norm(away):
        raise Refused("sheared")
    # each slice alone: the series reader takes the rescale and sign of the first for all
    read = [by_gdcm(heads[k], files[k]) for k in order]
    planes = np.stack([sitk.GetArrayFromImage(one)[0] for one in read])
    affine = np.eye(4)
    directions = np.array(read[0].GetDirection()).reshape(3, 3)
    affine[:3, :3] = directions * read[0].GetSpacing()
    affine[:3, 2] = away / (len(places) - 1)
    affine[:3, 3] = read[0].GetOrigin()
    return {
        "volume": Placed(planes.transpose(2, 1, 0), affine),
        "hanging": "",
        "spacing": np.sort(np.linalg.norm(affine[:3, :3], axis=0)),
    }


def ours(path: Path) -> Values:
    """Read the series; a single slice is not compared here."""
    if path.is_dir() and len(list(path.iterdir())) < FEWEST:
        raise DataFault("dimensions", path, "one slice")
    return volume_readers.of_image(formats.read(path))


SERIES = Format(
    "DICOM series",
    "GDCM, slice by slice",
    {
        "plane and order of files": _change(_planes),
        "instance numbers": _change(_instance_numbers),
        "rescale of each slice": _change(_own_rescale),
        "thickness and distance": _change(_thickness),
        "slice locations": _change(_location),
        "uneven steps": _change(_uneven),
        "two slices in one place": _change(_twice),
        "another patient's slice": _change(_other_patient),
        "another series' slice": _change(_other_series),
        "tilted gantry": _change(_sheared),
        "sign of each slice": _change(_mixed_signs),
    },
    ours,
    by_itk,
    tolerance={"spacing": 2e-3, "volume": 0.02},
    alone=ALONE,
)


# Enhanced images: one file with many frames.


def enhanced(chance: Chance, *, modality: str = "") -> pydicom.Dataset:
    """Return an enhanced CT or MR whose frames are in any order."""
    found = chance.shuffled(slices(chance, rescale=False))
    made = found[0]
    kind = modality or chance.pick(("CT", "MR"))
    made.Modality = kind
    uid = EnhancedCTImageStorage if kind == "CT" else EnhancedMRImageStorage
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = uid
    made.NumberOfFrames = len(found)
    shared, frames = pydicom.Dataset(), []
    measures, orientation, values = (pydicom.Dataset() for _ in range(3))
    measures.PixelSpacing, measures.SliceThickness = made.PixelSpacing, made.SliceThickness
    orientation.ImageOrientationPatient = made.ImageOrientationPatient
    values.RescaleSlope, values.RescaleIntercept, values.RescaleType = 1, -1024, "HU"
    shared.PixelMeasuresSequence, shared.PlaneOrientationSequence = [measures], [orientation]
    shared.PixelValueTransformationSequence = [values]
    for number, one in enumerate(found, start=1):
        group, position, content = (pydicom.Dataset() for _ in range(3))
        position.ImagePositionPatient = one.ImagePositionPatient
        content.DimensionIndexValues = [number]
        content.InStackPositionNumber, content.StackID = number, "1"
        group.PlanePositionSequence, group.FrameContentSequence = [position], [content]
        frames.append(group)
    made.SharedFunctionalGroupsSequence, made.PerFrameFunctionalGroupsSequence = [shared], frames
    pointer = pydicom.Dataset()
    pointer.DimensionIndexPointer, pointer.FunctionalGroupPointer = 0x00200032, 0x00209113
    pointer.DimensionOrganizationUID = f"{objects.ROOT}.5"
    organisation = pydicom.Dataset()
    organisation.DimensionOrganizationUID = f"{objects.ROOT}.5"
    made.DimensionIndexSequence, made.DimensionOrganizationSequence = [pointer], [organisation]
    made.PixelData = b"".join(one.PixelData for one in found)
    del made.ImagePositionPatient, made.ImageOrientationPatient, made.PixelSpacing
    made.StudyDate, made.StudyTime, made.SeriesNumber = "20200101", "120000", 1
    made.ContentDate, made.ContentTime = "20200101", "120000"
    made.ImageType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    return made


def _frames(alter: Callable[[Chance, pydicom.Dataset], None]) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        made = enhanced(chance)
        alter(chance, made)
        return objects.save(made, folder / "frames.dcm")

    return change


def _groups(made: pydicom.Dataset) -> Any:
    return made.PerFrameFunctionalGroupsSequence


def _any_order(chance: Chance, made: pydicom.Dataset) -> None:
    """Leave the frames as they are: in any order and plane."""


def _rescale_of_frames(chance: Chance, made: pydicom.Dataset) -> None:
    del made.SharedFunctionalGroupsSequence[0].PixelValueTransformationSequence
    for group in _groups(made):
        item = pydicom.Dataset()
        item.RescaleSlope, item.RescaleIntercept = (
            chance.pick((1, 2, 0.25)),
            chance.pick((0, -1024)),
        )
        item.RescaleType = "HU"
        group.PixelValueTransformationSequence = [item]


def _no_rescale(chance: Chance, made: pydicom.Dataset) -> None:
    del made.SharedFunctionalGroupsSequence[0].PixelValueTransformationSequence


def _own_groups(chance: Chance, made: pydicom.Dataset) -> None:
    """Move orientation and spacing from the shared groups to those of each frame."""
    shared = made.SharedFunctionalGroupsSequence[0]
    for name in ("PlaneOrientationSequence", "PixelMeasuresSequence"):
        for group in _groups(made):
            setattr(group, name, shared[name].value)
        delattr(shared, name)


def _dimension_indices(chance: Chance, made: pydicom.Dataset) -> None:
    """Number the frames against their order in space."""
    count = len(_groups(made))
    for number, group in zip(chance.shuffled(range(1, count + 1)), _groups(made), strict=True):
        group.FrameContentSequence[0].DimensionIndexValues = [number]
        group.FrameContentSequence[0].InStackPositionNumber = number


def _frame_thickness(chance: Chance, made: pydicom.Dataset) -> None:
    measures = made.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    measures.SliceThickness, measures.SpacingBetweenSlices = 9, 0.1


def _missing_frame(chance: Chance, made: pydicom.Dataset) -> None:
    """State one frame less, or leave out a frame in the middle."""
    size = int(made.Rows) * int(made.Columns) * 2
    at = chance.whole(1, len(_groups(made)) - 2)
    del made.PerFrameFunctionalGroupsSequence[at]
    made.PixelData = made.PixelData[: at * size] + made.PixelData[(at + 1) * size :]
    made.NumberOfFrames -= 1


def by_highdicom(path: Path) -> Values:
    """Read with highdicom: frames by their position, rescaled by their functional groups.

    It does not leave out bits beside the stored ones (PS3.5 8.1.1), which is done before.
    """
    data = pydicom.dcmread(path)
    unused = 16 - int(data.BitsStored)
    kind = "<i2" if data.PixelRepresentation else "<u2"
    data.PixelData = ((np.frombuffer(data.PixelData, kind) << unused) >> unused).tobytes()
    image = highdicom.Image.from_dataset(data)
    volume = image.get_volume(apply_real_world_transform=False, rtol=0.02)
    array = volume.array
    affine = volume.affine
    # highdicom counts slices first: (slice, row, column)
    order = [2, 1, 0]
    return {
        "volume": Placed(array.transpose(2, 1, 0), affine[:, [*order, 3]]),
        "hanging": "",
        "spacing": np.sort(np.linalg.norm(affine[:3, :3], axis=0)),
    }


FRAMES = Format(
    "DICOM enhanced image",
    "highdicom",
    {
        "order of frames": _frames(_any_order),
        "rescale of each frame": _frames(_rescale_of_frames),
        "no rescale": _frames(_no_rescale),
        "groups of each frame": _frames(_own_groups),
        "dimension indices": _frames(_dimension_indices),
        "thickness and distance": _frames(_frame_thickness),
        "a missing frame": _frames(_missing_frame),
    },
    ours,
    by_highdicom,
    tolerance={"spacing": 2e-3, "volume": 0.02},
    alone={
        "do not form a regularly-spaced": "highdicom minds a Spacing Between Slices that is not the "
        "distance of the positions; these are the place (PS3.3 C.7.6.2.1.1)",
        "has no attribute|No IOD found": "a part of the header that is not about the picture is damaged",
    },
)
