"""All formats of the fuzz."""

from __future__ import annotations

from tests.value_fuzz import (
    arrays,
    coco,
    dicom_picture,
    dicom_series,
    mask_files,
    metaimage,
    nifti,
    nrrd,
    raster,
    segmentations,
    structure_sets,
    tables,
    videos_and_slides,
    voc,
    yolo,
)

FORMATS = (
    nifti.FORMAT,
    nrrd.FORMAT,
    metaimage.FORMAT,
    dicom_picture.FORMAT,
    dicom_series.SERIES,
    dicom_series.FRAMES,
    segmentations.FORMAT,
    structure_sets.FORMAT,
    raster.PNG,
    raster.JPEG,
    raster.TIFF,
    raster.OTHERS,
    arrays.NUMPY,
    arrays.PARQUET,
    mask_files.MASKS,
    mask_files.VOLUMES,
    coco.FORMAT,
    voc.FORMAT,
    yolo.FORMAT,
    tables.FORMAT,
    videos_and_slides.VIDEO,
    videos_and_slides.SLIDE,
)
"""In the order of the table in docs/reliability.md."""
