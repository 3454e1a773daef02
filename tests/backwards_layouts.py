"""Write the files of layouts that tests/backwards.py runs recipes of: stacks, drawings, stores."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import h5py
import highdicom
import nibabel as nib
import numpy as np
import PIL.Image
import pydicom
import scipy.io
import tifffile
import zarr
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.sr.codedict import codes
from pydicom.uid import (
    ExplicitVRLittleEndian,
    VLWholeSlideMicroscopyImageStorage,
    generate_uid,
)

SIDE = 144
"""Pixels of a miniature picture's side."""


def slices(folder: Path, voxels: np.ndarray) -> None:
    """Write a volume (x, y, z) as a picture for each slice."""
    folder.mkdir(parents=True, exist_ok=True)
    for k in range(voxels.shape[2]):
        PIL.Image.fromarray(voxels[:, :, k].T).save(folder / f"slice_{k}.png")


def pages(path: Path, voxels: np.ndarray) -> None:
    """Write a volume (x, y, z) as the pages of one file."""
    tifffile.imwrite(path, voxels.transpose(2, 1, 0), photometric="minisblack")


def pyramid(path: Path, pixels: np.ndarray) -> None:
    """Write a tiled TIFF of two levels."""
    times = 6
    base = np.kron(pixels, np.ones((times, times, *(1,) * (pixels.ndim - 2)), pixels.dtype))
    kind = "rgb" if pixels.ndim == 3 else "minisblack"
    with tifffile.TiffWriter(path) as file:
        for number, level in enumerate((base, base[::2, ::2])):
            pixels = np.ascontiguousarray(level)
            file.write(pixels, tile=(128, 128), photometric=kind, subfiletype=number)


def mgh(path: Path, voxels: np.ndarray, affine: np.ndarray) -> None:
    nib.save(nib.MGHImage(voxels.astype(np.int32), affine), path)


def ome_tiff(path: Path, voxels: np.ndarray) -> None:
    """Write (z, y, x) as three channels; one slice is a picture of one channel."""
    several = np.stack([voxels] * 3) if len(voxels) > 1 else voxels
    axes = "CZYX" if len(voxels) > 1 else "ZYX"
    tifffile.imwrite(path, several, ome=True, photometric="minisblack",
                     metadata={"axes": axes, "PhysicalSizeX": 0.5, "PhysicalSizeY": 0.5,
                               "PhysicalSizeZ": 0.5})  # fmt: skip


def ome_zarr(path: Path, voxels: np.ndarray, channels: int = 0) -> None:
    """Write (z, y, x), with channels before it if there are any."""
    stored = np.stack([voxels] * channels) if channels else voxels
    group = zarr.open_group(path, mode="a", zarr_format=2)
    group.create_array("0", shape=stored.shape, dtype=stored.dtype, chunks=stored.shape)[:] = stored
    axes = "czyx" if channels else "zyx"
    named = [{"name": a, "unit": "" if a == "c" else "micrometer"} for a in axes]
    scale = {"type": "scale", "scale": [0.5] * len(axes)}
    level = {"path": "0", "coordinateTransformations": [scale]}
    group.attrs.update({"multiscales": [{"axes": named, "datasets": [level]}]})


def matlab(path: Path, name: str, array: np.ndarray) -> None:
    """Add a variable to a file of version 5; with a dot in its name, a field, to one of version 7.3."""
    if "." in name:
        with h5py.File(path, "a") as file:
            data = file.create_dataset(name.replace(".", "/"), data=array.transpose())
            data.attrs["MATLAB_class"] = np.bytes_(array.dtype.name.encode())
        return
    there = scipy.io.loadmat(path) if path.exists() else {}
    kept = {k: v for k, v in there.items() if not k.startswith("__")}
    scipy.io.savemat(path, {**kept, name: array})


def named_array(path: Path, name: str, array: np.ndarray) -> None:
    """Add an array to an .npz file."""
    there = dict(np.load(path)) if path.exists() else {}
    np.savez(path, **{**there, name: array})


def code_names(path: Path, place: str, codes: Mapping[str, str]) -> None:
    """Add the names and codes of one data set to a JSON file, below its name if it has one."""
    tree = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(tree | ({place: codes} if place else codes)))


def labelme(path: Path, words: Sequence[str]) -> None:
    shapes = [
        {"label": word, "shape_type": "polygon", "group_id": None,
         "points": [[10 + 50 * i, 10], [50 + 50 * i, 10], [50 + 50 * i, 60]]}
        for i, word in enumerate(words)
    ]  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    named = {"imagePath": f"{path.stem}.png", "imageHeight": SIDE, "imageWidth": SIDE}
    path.write_text(json.dumps({"shapes": shapes, **named}))


def via(path: Path, picture: str, attribute: str, word: str) -> None:
    """Add a picture with one region to a file."""
    tree = json.loads(path.read_text()) if path.exists() else {}
    shape = {"name": "circle", "cx": 70, "cy": 60, "r": 30}
    regions = [{"shape_attributes": shape, "region_attributes": {attribute: word}}]
    tree[f"{picture}1"] = {"filename": picture, "size": 1, "regions": regions}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(tree))


def lidc(path: Path, series: Path, readers: int) -> None:
    """Write the same nodule of several readers into the middle slice of a series."""
    one = pydicom.dcmread(sorted(p for p in series.iterdir() if p.suffix != ".xml")[12])
    edge = [(x, y) for x in range(5, 16) for y in range(5, 16) if {x, y} & {5, 15}]
    edge.sort(key=lambda p: float(np.arctan2(p[1] - 10, p[0] - 10)))
    points = "".join(
        f"<edgeMap><xCoord>{x}</xCoord><yCoord>{y}</yCoord></edgeMap>" for x, y in edge
    )
    nodule = (
        "<unblindedReadNodule><noduleID>1</noduleID><characteristics><malignancy>4</malignancy>"
        f"</characteristics><roi><imageSOP_UID>{one.SOPInstanceUID}</imageSOP_UID>"
        f"<inclusion>TRUE</inclusion>{points}</roi></unblindedReadNodule>"
    )
    sessions = f"<readingSession>{nodule}</readingSession>" * readers
    head = f"<ResponseHeader><SeriesInstanceUid>{one.SeriesInstanceUID}</SeriesInstanceUid></ResponseHeader>"
    path.write_text(
        f'<LidcReadMessage xmlns="http://www.nih.gov">{head}{sessions}</LidcReadMessage>'
    )


def colour_names(path: Path, colours: Mapping[str, str]) -> None:
    """Write EndoVis 2018's list of names and colours."""
    listed = [
        {"name": name, "color": list(bytes.fromhex(code[1:])), "classid": n}
        for n, (code, name) in enumerate(colours.items())
    ]
    path.write_text(json.dumps(listed))


def mask(path: Path, *, of_crop: bool) -> None:
    """Write a mask of the whole picture, or of a crop of it."""
    mask = np.zeros((40, 50) if of_crop else (SIDE, SIDE), np.uint8)
    mask[5:35, 5:45] = 255
    path.parent.mkdir(parents=True, exist_ok=True)
    PIL.Image.fromarray(mask).save(path)


def _level(path: Path, base: np.ndarray, level: int, series: str, frame: str) -> Path:
    """Write one level of a DICOM slide as uncompressed tiles (TILED_FULL)."""
    tile = 64
    rows, columns = base.shape[:2]
    tiles = [
        base[y : y + tile, x : x + tile].tobytes()
        for y in range(0, rows, tile) for x in range(0, columns, tile)
    ]  # fmt: skip
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = VLWholeSlideMicroscopyImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID = (
        meta.MediaStorageSOPClassUID,
        meta.MediaStorageSOPInstanceUID,
    )
    data.SeriesInstanceUID, data.FrameOfReferenceUID = series, frame
    data.StudyInstanceUID, data.PatientID, data.Modality = "1.2.3", "p", "SM"
    data.PatientName = data.PatientBirthDate = data.PatientSex = data.StudyDate = data.StudyTime = (
        ""
    )
    data.AccessionNumber = data.ReferringPhysicianName = data.StudyID = ""
    data.ImageType = (
        ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"] if not level
        else ["DERIVED", "PRIMARY", "VOLUME", "RESAMPLED"]
    )  # fmt: skip
    data.Rows = data.Columns = tile
    data.SamplesPerPixel, data.PhotometricInterpretation, data.PlanarConfiguration = 3, "RGB", 0
    data.BitsAllocated = data.BitsStored = 8
    data.HighBit, data.PixelRepresentation, data.NumberOfFrames = 7, 0, len(tiles)
    data.TotalPixelMatrixRows, data.TotalPixelMatrixColumns = rows, columns
    data.TotalPixelMatrixFocalPlanes = data.NumberOfOpticalPaths = 1
    data.DimensionOrganizationType, data.BurnedInAnnotation = "TILED_FULL", "NO"
    data.ImagedVolumeWidth, data.ImagedVolumeHeight, data.ImagedVolumeDepth = 3.84, 2.56, 1.0
    data.ImageOrientationSlide = [0, -1, 0, -1, 0, 0]
    origin, measures, shared, path_item = (pydicom.Dataset() for _ in range(4))
    origin.XOffsetInSlideCoordinateSystem = origin.YOffsetInSlideCoordinateSystem = 0.0
    data.TotalPixelMatrixOriginSequence = [origin]
    measures.PixelSpacing, measures.SliceThickness = [2.56 / rows, 3.84 / columns], 1.0
    shared.PixelMeasuresSequence = [measures]
    data.SharedFunctionalGroupsSequence = [shared]
    path_item.OpticalPathIdentifier = "1"
    data.OpticalPathSequence = [path_item]
    data.ContainerIdentifier, data.LossyImageCompression = "c", "00"
    data.SpecimenDescriptionSequence = []
    data.ContainerIdentifier = "c"
    data.IssuerOfTheContainerIdentifierSequence, data.ContainerTypeCodeSequence = [], []
    data.PixelData = b"".join(tiles)
    data["PixelData"].VR = "OB"
    data.save_as(path, enforce_file_format=True)
    return path


def dicom_slide(folder: Path, base: np.ndarray) -> None:
    """Write a DICOM slide of two levels, RGB, into `a.dcm` and `b.dcm` of a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    series, frame = generate_uid(), generate_uid()
    for level, name in enumerate("ab"):
        step = 1 << level
        pixels = np.ascontiguousarray(base[::step, ::step])
        _level(folder / f"{name}.dcm", pixels, level, series, frame)


def slide_segmentation(
    path: Path,
    level: Path,
    values: np.ndarray,
    names: Sequence[str],
    *,
    kind: str = "BINARY",
    whole: bool = False,
) -> None:
    """Write the segments 1, 2, ... of a level, with empty tiles left out or with all of them."""
    described = [
        highdicom.seg.SegmentDescription(
            number, name, codes.SCT.Tissue, codes.SCT.Tissue,
            highdicom.seg.SegmentAlgorithmTypeValues.MANUAL,
        )
        for number, name in enumerate(names, start=1)
    ]  # fmt: skip
    seg = highdicom.seg.Segmentation(
        [pydicom.dcmread(level)], values[None], kind, described, generate_uid(), 1,
        generate_uid(), 1, "m", "m", "1", "1", tile_pixel_array=True, omit_empty_frames=not whole,
        dimension_organization_type="TILED_FULL" if whole else "TILED_SPARSE",
    )  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    seg.save_as(path)
