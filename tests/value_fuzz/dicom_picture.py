"""Single DICOM pictures, raw and compressed, judged by GDCM (in SimpleITK)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import SimpleITK as sitk
from pydicom.uid import (
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
)

from benchsmith import formats
from tests.value_fuzz import dicom_objects as objects
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.mutants import Change, Format, Refused
from tests.value_fuzz.values import Placed, Values

ALONE = {
    r"GetBitsStored\(\) != 12": "GDCM inverts MONOCHROME1 of some numbers of bits alone",
    "Failed to change to Implicit": "a damaged stream of JPEG-LS, which has no checksum: decoders "
    "fill in what is missing, or give up",
    "theirs: (crashed|hung)": "GDCM crashes or hangs",
}
"""Why ours is right to read what GDCM does not."""
PIXELS = 0x7FE00010
"""The tag of the pixels, the last one."""


def _change(alter: Callable[[Chance, Path], pydicom.Dataset]) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        return objects.save(alter(chance, folder), folder / "one.dcm")

    return change


def _grey(chance: Chance, bits: int = 0, **changed: Any) -> pydicom.Dataset:
    bits = bits or chance.pick((8, 10, 12, 16))
    signed = chance.yes(0.4)
    stored = objects.pixels(chance, bits, signed=signed)
    made = objects.image(stored, bits, **changed)
    if chance.yes():
        objects.place(chance, made)
    return made


def _rescale(chance: Chance, folder: Path) -> pydicom.Dataset:
    slope = chance.pick((1, 1, 2, 0.5, -1, chance.real(0.01, 3)))
    return _grey(
        chance, RescaleSlope=slope, RescaleIntercept=chance.pick((0, -1024, -1000.5, 7)),
        RescaleType=chance.pick(("HU", "US")),
    )  # fmt: skip


def _half_rescale(chance: Chance, folder: Path) -> pydicom.Dataset:
    """State a slope of 1 and an intercept, or one of them."""
    made = _grey(chance)
    if chance.yes():
        made.RescaleIntercept = -1024
    else:
        made.RescaleSlope = 2
    return made


def _placed(chance: Chance, folder: Path) -> pydicom.Dataset:
    made = _grey(chance)
    objects.place(chance, made)
    return made


def _monochrome1(chance: Chance, folder: Path) -> pydicom.Dataset:
    made = _grey(
        chance, PhotometricInterpretation="MONOCHROME1",
        Modality=chance.pick(("CT", "DX", "CR", "MG", "MR")),
    )  # fmt: skip
    if chance.yes():
        made.RescaleSlope, made.RescaleIntercept = chance.pick((1, 2)), chance.pick((0, -1024))
    return made


def _bits_stored(chance: Chance, folder: Path) -> pydicom.Dataset:
    """Leave overlay bits above the stored ones."""
    bits = chance.pick((10, 12, 14))
    signed = chance.yes()
    stored = objects.pixels(chance, bits, signed=signed)
    made = objects.image(stored, bits)
    dirty = stored.astype(np.int64) & ((1 << bits) - 1)
    if chance.yes():
        dirty |= chance.array(stored.shape, 0, 3) << 14
    made.PixelData = dirty.astype("<u2").tobytes()
    return made


def _high_bit(chance: Chance, folder: Path) -> pydicom.Dataset:
    bits = chance.pick((10, 12))
    stored = objects.pixels(chance, bits)
    made = objects.image(stored, bits)
    shift = chance.whole(0, 16 - bits)
    made.HighBit = bits - 1 + shift
    made.PixelData = (stored.astype("<u2") << shift).astype("<u2").tobytes()
    return made


def _padding(chance: Chance, folder: Path) -> pydicom.Dataset:
    made = _grey(chance, 12)
    made.PixelPaddingValue = 0 if made.PixelRepresentation == 0 else -2000
    stored = np.frombuffer(made.PixelData, "<i2").copy()
    stored[:3] = made.PixelPaddingValue
    made.PixelData = stored.tobytes()
    made["PixelPaddingValue"].VR = "SS" if made.PixelRepresentation else "US"
    return made


def _rgb(chance: Chance, folder: Path) -> pydicom.Dataset:
    shape = (chance.whole(4, 9), chance.whole(4, 9), 3)
    made = objects.image(chance.array(shape, 0, 255, "u1"), 8, Modality="OT")
    if chance.yes():
        made.PlanarConfiguration = 1
        planes = np.frombuffer(made.PixelData[: int(np.prod(shape))], "u1").reshape(shape)
        data = planes.transpose(2, 0, 1).tobytes()
        made.PixelData = data + b"\0" * (len(data) % 2)
    return made


def _ybr(chance: Chance, folder: Path) -> pydicom.Dataset:
    """Store luminance and chrominance of colours that exist."""
    rows, columns = chance.whole(2, 4) * 2, chance.whole(2, 4) * 2
    rgb = chance.array((rows, columns, 3), 0, 255).astype(float)
    half = chance.yes()
    if half:
        rgb[:, 1::2] = rgb[:, ::2]
    y = rgb @ [0.299, 0.587, 0.114]
    ybr = np.stack([y, (rgb[..., 2] - y) / 1.772 + 128, (rgb[..., 0] - y) / 1.402 + 128], axis=-1)
    stored = np.clip(np.rint(ybr), 0, 255).astype("u1")
    made = objects.image(stored, 8, Modality="OT", PhotometricInterpretation="YBR_FULL")
    if half:
        made.PhotometricInterpretation = "YBR_FULL_422"
        pairs = np.stack(
            [stored[:, ::2, 0], stored[:, 1::2, 0], stored[:, ::2, 1], stored[:, ::2, 2]], axis=-1
        )
        made.PixelData = pairs.tobytes()
    return made


def _palette(chance: Chance, folder: Path) -> pydicom.Dataset:
    count = chance.pick((16, 256))
    wide = chance.yes()
    first = 0
    stored = chance.array((chance.whole(4, 8), chance.whole(4, 8)), 0, count - 1, "u1")
    made = objects.image(stored, 8, Modality="US", PhotometricInterpretation="PALETTE COLOR")
    for colour in ("Red", "Green", "Blue"):
        table = chance.array((count,), 0, 255)
        table[0] = 255
        values = (table * 257).astype("<u2") if wide else table.astype("u1")
        name = f"{colour}PaletteColorLookupTable"
        setattr(made, f"{name}Descriptor", [count, first, 16 if wide else 8])
        setattr(made, f"{name}Data", values.tobytes())
        made[f"{name}Descriptor"].VR = "US"
    return made


def _magnify(made: pydicom.Dataset) -> None:
    """Make each pixel a square of eight: encoders fail on pictures of a few pixels of noise."""
    shape = (made.Rows, made.Columns, made.SamplesPerPixel, made.BitsAllocated // 8)
    data = made.PixelData[: int(np.prod(shape))]
    large = np.frombuffer(data, "u1").reshape(shape).repeat(8, 0).repeat(8, 1)
    made.Rows, made.Columns = large.shape[:2]
    made.PixelData = large.tobytes()


def _syntax(chance: Chance, folder: Path) -> pydicom.Dataset:
    """Store the same picture in another transfer syntax."""
    colour = chance.yes(0.3)
    made = _rgb(chance, folder) if colour else _grey(chance)
    if colour and made.PlanarConfiguration == 1:
        return made
    _magnify(made)
    syntax = chance.pick((ImplicitVRLittleEndian, RLELossless, JPEG2000Lossless, JPEGLSLossless))
    if syntax == ImplicitVRLittleEndian:
        made.file_meta.TransferSyntaxUID = syntax
        return made
    if syntax == JPEG2000Lossless and colour:
        made.PhotometricInterpretation = "YBR_RCT"
    made.compress(syntax, generate_instance_uid=False)
    return made


def _big_endian(chance: Chance, folder: Path) -> pydicom.Dataset:
    made = _grey(chance, chance.pick((12, 16)))
    made.PixelData = np.frombuffer(made.PixelData, "<u2").astype(">u2").tobytes()
    made.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    return made


def _wide(chance: Chance, folder: Path) -> pydicom.Dataset:
    """Allocate 32 bits."""
    signed = chance.yes()
    low = -(1 << 20) if signed else 0
    stored = chance.array((5, 6), low, 1 << 20, "i4" if signed else "u4")
    return objects.image(stored, 32)


def _sign(chance: Chance, folder: Path) -> pydicom.Dataset:
    """Read the same stored bits with another sign."""
    made = _grey(chance, 16)
    made.PixelRepresentation = 1 - made.PixelRepresentation
    return made


def _frames_of_one(chance: Chance, folder: Path) -> pydicom.Dataset:
    made = _grey(chance)
    made.NumberOfFrames = 1
    return made


def _modality_table(chance: Chance, folder: Path) -> pydicom.Dataset:
    stored = chance.array((5, 6), 0, 15, "u1")
    made = objects.image(stored, 8, Modality="MR")
    item = pydicom.Dataset()
    item.LUTDescriptor = [16, 0, 16]
    item.ModalityLUTType = "US"
    item.LUTData = [int(v) for v in chance.array((16,), 0, 60_000)]
    item["LUTDescriptor"].VR, item["LUTData"].VR = "US", "US"
    made.ModalityLUTSequence = [item]
    return made


def ours(path: Path) -> Values:
    """Return the picture as shown, turned back to how it is stored; and its place."""
    from benchsmith.imaging.picture_turns import undo

    image = formats.read(path)
    stored = undo(image.voxels, image.exif_orientation)[0]
    found: dict[str, Any] = {"pixels": stored}
    if image.place is not None:
        rest = range(2, stored.ndim)
        shown = image.voxels[0].transpose(1, 0, *rest)[:, :, None]
        found["volume"] = Placed(shown, image.place)
    return found


def by_gdcm(words: pydicom.Dataset, path: Path) -> Any:
    """Read a file by GDCM; where it minds elements that are not about the picture, without these.

    GDCM has a spacing of 1 mm for a damaged SOP Class UID (Pixel Spacing is the distance whatever the
    class, PS3.3 10.7.1.1), and takes half a minute over nonsense of many bytes after the pixels.
    """
    sound = words.get("SOPClassUID") == words.file_meta.get("MediaStorageSOPClassUID")
    if sound and max(words.keys()) <= PIXELS:
        with contextlib.suppress(RuntimeError):
            return sitk.ReadImage(str(path))
    return sitk.ReadImage(str(objects.only_the_picture(words, path.with_name(f"of-{path.name}"))))


def theirs(path: Path) -> Values:
    """Read with GDCM, and apply what ITK leaves to its users.

    ITK inverts MONOCHROME1, which is undone for Hounsfield units (PS3.3 C.7.6.3.1.2 is about display;
    rescaled CT is in HU whatever its display, C.8.2.1.1.2). A Modality LUT is applied (C.11.1). The stored bits end at High Bit (PS3.5 8.1.1), which GDCM does not heed. Padding has no value (C.7.5.1.1.2): it gets the smallest one, as ours.
    """
    words = pydicom.dcmread(path)
    if (
        words.file_meta.TransferSyntaxUID.is_compressed
        and words.BitsStored != words.get("HighBit", words.BitsStored - 1) + 1
    ):
        raise Refused("bits of a compressed picture that contradict each other")
    if ("RescaleSlope" in words) != ("RescaleIntercept" in words):
        # GDCM dies of a slope alone: by default it is 1, and the intercept 0
        words.RescaleSlope = words.get("RescaleSlope", 1)
        words.RescaleIntercept = words.get("RescaleIntercept", 0)
        path = objects.only_the_picture(words, path.with_name("both.dcm"))
    image = by_gdcm(words, path)
    if image.GetDimension() == 3 and image.GetSize()[2] != 1:
        raise Refused("several frames")
    pixels = sitk.GetArrayFromImage(image)[0]
    if pixels.ndim == 3:
        return {"pixels": pixels[..., :3]}
    if (
        words.get("HighBit", 0) + 1 > words.BitsStored
        and not words.file_meta.TransferSyntaxUID.is_compressed
    ):
        pixels = pixels >> (words.HighBit + 1 - words.BitsStored)
    if item := (words.get("ModalityLUTSequence") or [None])[0]:
        table = np.asarray(item.LUTData)
        pixels = table[np.clip(pixels - int(item.LUTDescriptor[1]), 0, len(table) - 1)]
    slope, intercept = float(words.get("RescaleSlope", 1)), float(words.get("RescaleIntercept", 0))
    hounsfield = words.get("Modality") == "CT" and "RescaleSlope" in words
    hounsfield &= words.get("RescaleType", "") in ("", "HU")
    if words.PhotometricInterpretation == "MONOCHROME1" and hounsfield:
        low = -(1 << (words.BitsStored - 1)) if words.PixelRepresentation else 0
        high = low + (1 << words.BitsStored) - 1
        pixels = (high + low - (pixels - intercept) / slope) * slope + intercept
    padding = words.get("PixelPaddingValue")
    if padding is not None:
        where = np.isclose(pixels, padding * slope + intercept)
        if where.any() and not where.all():
            pixels = np.where(where, pixels[~where].min(), pixels)
    found: dict[str, Any] = {"pixels": pixels}
    if all(t in words for t in ("ImageOrientationPatient", "ImagePositionPatient", "PixelSpacing")):
        affine = np.eye(4)
        directions = np.array(image.GetDirection()).reshape(3, 3)
        affine[:3, :3] = directions * image.GetSpacing()
        affine[:3, 3] = image.GetOrigin()
        found["volume"] = Placed(pixels.T[:, :, None], affine)
    return found


FORMAT = Format(
    "DICOM picture",
    "GDCM",
    {
        "slope and intercept": _change(_rescale),
        "slope or intercept alone": _change(_half_rescale),
        "position and orientation": _change(_placed),
        "MONOCHROME1": _change(_monochrome1),
        "bits beside the stored ones": _change(_bits_stored),
        "high bit": _change(_high_bit),
        "padding": _change(_padding),
        "planar configuration": _change(_rgb),
        "luminance and chrominance": _change(_ybr),
        "palette": _change(_palette),
        "transfer syntax": _change(_syntax),
        "big-endian": _change(_big_endian),
        "32 bits": _change(_wide),
        "sign of the pixels": _change(_sign),
        "one frame, stated": _change(_frames_of_one),
        "modality table": _change(_modality_table),
    },
    ours,
    theirs,
    alone=ALONE
    | {
        "bits of a compressed": "the compressed stream has its own number of bits, which decoders take "
        "(PS3.5 8.2); GDCM cuts its values to a damaged Bits Stored",
    },
    tolerance={"pixels": 0.02, "volume": 0.02},
)
