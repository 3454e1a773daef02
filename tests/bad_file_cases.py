"""What is wrong with each file of the two corpora, which reader reads it, and the expected result."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
CORPUS = PROJECT.parent / "shared" / "badfiles"
MODULES = PROJECT / "builder/benchsmith"
PAGE = PROJECT / "docs" / "reliability.md"
COLLECTED, GENERATED = "bad files", "generated bad files"
"""What the marks around a corpus's table in PAGE are called."""

MEMORY_BYTES = 6 << 30
SECONDS = 20.0
START_SECONDS = 120.0
"""A child may take this long to start: it imports the project on a busy machine."""
MOST_PARTS = 3
"""Of a file of several pictures so many are read."""
MARKER = "BADFILES_PWNED_*"
"""What a file leaves in the folder for temporary files when it is made to run its code."""

READ, REJECTED, CRASH, HANG, ESCAPE, PWNED = OUTCOMES = (
    "read",
    "rejected",
    "crash",
    "hang",
    "escape",
    "pwned",
)
"""An Image or Annotations came back; a DataFault, or a fault of an annotation; any other
exception, a reason that nobody knows, or a dead child; no end in SECONDS; a file elsewhere was
opened, or a program or a connection; a MARKER appeared."""
NEVER = (CRASH, HANG, ESCAPE, PWNED)

NOT_READ = "not read by an ingest"
NIFTI, LABELS, NRRD, META = "NIfTI", "NIfTI labels", "NRRD", "MetaImage"
DICOM, SERIES, SEG = "DICOM", "DICOM series", "DICOM segmentations"
PICTURES, MASKS, NUMPY = "pictures", "masks", "NumPy"
COCO, VOC, YOLO, TABLES = "COCO and JSON", "Pascal VOC", "YOLO", "tables"
MGH, MATLAB, OME, ZARR = "MGH", "MATLAB", "OME-TIFF", "Zarr"
LABELME, VIA = "LabelMe", "VGG Image Annotator"
NONE_COLLECTED = (MGH, MATLAB, OME, ZARR, LABELME, VIA)
"""Kinds of which the collected corpus has no files."""

PLACES = (
    ("made/nifti/label_*", LABELS, ""),
    ("made/nifti/good_ras_label.nii.gz", LABELS, ""),
    ("made/nifti/*", NIFTI, ""),
    ("made/nrrd/*", NRRD, ""),
    ("made/mha/*", META, ""),
    ("made/dicom/series_*", SERIES, ""),
    ("made/dicom/seg_*", SEG, ""),
    ("made/dicom/*", DICOM, ""),
    ("made/image/*", PICTURES, ""),
    ("made/mask/*", MASKS, ""),
    ("made/npz/*", NUMPY, ""),
    ("made/coco/*", COCO, ""),
    ("made/voc/*", VOC, ""),
    ("made/yolo/*", YOLO, ""),
    ("made/csv/*", TABLES, ""),
    ("made/mgh/*", MGH, ""),
    ("made/matlab/*", MATLAB, ""),
    ("made/ome/*", OME, ""),
    ("made/zarr/*", ZARR, ""),
    ("made/labelme/*", LABELME, ""),
    ("made/via/*", VIA, ""),
    ("fetched/pynrrd/*.nii.gz", NIFTI, ""),
    ("fetched/pynrrd/*", NRRD, ""),
    ("fetched/nibabel/*.dcm", DICOM, ""),
    ("fetched/nibabel/*", NIFTI, ".nii"),
    ("fetched/fodicom/*", DICOM, ""),
    ("fetched/pydicom*", DICOM, ".dcm"),
    ("fetched/presidio/*.dcm", DICOM, ""),
    ("fetched/presidio/*.png", PICTURES, ""),
    ("fetched/bmp_afl/*", PICTURES, ".bmp"),
    ("fetched/gif_afl/*", PICTURES, ".gif"),
    ("fetched/jpeg_afl/*", PICTURES, ".jpg"),
    ("fetched/pillow*", PICTURES, ".png"),
    ("fetched/png*", PICTURES, ".png"),
    ("fetched/tiff_fuzz/*", PICTURES, ".tif"),
    ("fetched/json_*", COCO, ""),
    ("fetched/arrow_csv_fuzz/*", TABLES, ".csv"),
    ("made/archive/*", NOT_READ, ""),
    ("made/llm/*", NOT_READ, ""),
    ("made/parquet/*", NOT_READ, ""),
    ("fetched/arrow_ipc_fuzz/*", NOT_READ, ""),
    ("fetched/arrow_parquet_fuzz/*", NOT_READ, ""),
    ("fetched/parquet_bad/*", NOT_READ, ""),
)
"""Place, what reads it, and the ending that a file gets whose own one no reader is known for; the
first line that fits counts."""

MUST_REJECT = ("reject:", "reject or split:", "quarantine:", "n_*: reject")
MUST_READ = ("accept",)
NOT_MUST_READ = ("accept only",)
"""How the manifest's column `expect` begins where a file must be refused, and must be read."""

SETTLED = {
    "made/coco/box_partly_outside.json": (REJECTED, "most of the box is outside"),
    "made/coco/utf16.json": (REJECTED, "JSON is UTF-8 (RFC 8259, 8.1)"),
    "made/csv/semicolon.csv": (REJECTED, "the entry declares no separator"),
    "made/nifti/sform_shear.nii.gz": (REJECTED, "no axis of a sheared grid is one of the body"),
    "made/nifti/label_ignore255.nii.gz": (REJECTED, "the entry does not declare 255"),
    "made/mask/good_0255.png": (READ, "the entry declares 255"),
    "made/mask/mask16_instance.png": (READ, "the entry is of instances"),
    "made/image/animated.gif": (READ, "its frames are named, as parts"),
    "made/image/one_pixel.png": (READ, "left out when it is measured: it shows nothing"),
    "made/nifti/constant.nii.gz": (READ, "left out when it is measured: it shows nothing"),
    "made/nifti/gzip_bomb_dims_1GiB.nii.gz": (
        READ,
        "as large as it says and within the limit; sparse masks are packed as tightly",
    ),
    "made/dicom/seg_dangling_reference.dcm": (READ, "segments are placed by their geometry alone"),
    "made/nrrd/seg_html_names.seg.nrrd": (
        READ,
        "as a picture; as labels, a value with two names is unknown",
    ),
}
"""Where `expect` leaves a choice, or where it is taken by something else than a reader."""
SHOWS_NOTHING = ("made/image/one_pixel.png", "made/nifti/constant.nii.gz")
SAME = {
    "made/nifti/good_ras.nii.gz": (
        "made/nifti/same_as_good_but_lps.nii.gz",
        "made/nifti/same_as_good_but_permuted.nii.gz",
        "made/nifti/gz_two_members.nii.gz",
        "made/nifti/plain_named_gz.nii.gz",
        "made/nifti/slope_nan.nii.gz",
    ),
}
"""One picture stored in several ways."""

SIZE = (64, 96)
"""Rows and columns of the picture that the annotations are of."""
VALUES = {1: "liver", 2: "spleen", 3: "kidney"}
MASK_ENTRIES: dict[str, dict[str, Any]] = {
    "good_0255.png": {"kind": "volume", "names": {255: "polyp"}},
    "lossy.jpg": {"kind": "volume", "names": {255: "polyp"}},
    "mask16_instance.png": {"kind": "instances", "label": "polyp"},
    "rgb_unknown_colour.png": {"kind": "colours", "names": {"#ff0000": "polyp"}},
}
"""What a recipe says of a mask; of all others that 1 is a polyp."""


@dataclass(frozen=True, slots=True)
class Case:
    """A file of the manifest, or a folder that is one series."""

    path: str
    kind: str
    ending: str
    expect: str
    what: str

    @property
    def must(self) -> str:
        """The outcome that it must have; empty where the manifest leaves it open."""
        if self.path in SETTLED:
            return SETTLED[self.path][0]
        if self.expect.startswith(MUST_REJECT) and "/i_" not in self.path:
            return REJECTED
        if self.expect.startswith(MUST_READ) and not self.expect.startswith(NOT_MUST_READ):
            return READ
        return ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a case."""

    case: Case
    name: str
    """One of OUTCOMES."""
    reason: str = ""
    detail: str = ""

    def __str__(self) -> str:
        said = ":".join(filter(None, (self.name, self.reason)))
        return f"{self.case.path} ({self.case.what}; {self.case.expect}): {said} {self.detail}"


def cases(corpus: Path = CORPUS) -> list[Case]:
    """Return what there is to read, in the manifest's order; a series or store once for all files."""
    found: dict[str, Case] = {}
    with (corpus / "manifest.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kind, ending = _place(row["path"])
            path = row["path"].rpartition("/")[0] if kind in (SERIES, ZARR) else row["path"]
            found[path] = Case(path, kind, ending, row["expect"], row["what_is_bad"])
    return list(found.values())


def _place(path: str) -> tuple[str, str]:
    for pattern, kind, ending in PLACES:
        if fnmatchcase(path, pattern):
            return kind, ending
    raise LookupError(f"nothing is said of how {path} is read")
