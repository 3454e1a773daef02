"""Folders that are one image: a DICOM series, a stack of pictures, or a Zarr store."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import cast

from benchsmith.core.contracts import DataFault, Image, Reading
from benchsmith.formats import folder_files, zarr_metadata


def members(path: Path) -> list[Path]:
    """Return the files of the image, in byte order of their names. Raises DataFault."""
    if zarr_metadata.is_store(path):
        return cast("list[Path]", _module("zarr_store").members(path))
    return folder_files.members(path)


def read(files: Sequence[Path], how: Reading) -> Image:
    """Read the image that consists of the files of one folder. Raises DataFault."""
    if not files:
        raise DataFault("file-missing", "folder", "the folder is empty")
    return cast(Image, _reader_of_files(files).read(files, how))


def parts(files: Sequence[Path]) -> list[str]:
    """Return the names of the pictures in the folder. Raises DataFault."""
    find = getattr(_reader_of_files(files), "parts", None) if files else None
    if find is None:
        where = files[0].parent if files else Path()
        raise DataFault("dimensions", where, "a folder that is one image has no parts")
    return cast(list[str], find(files))


def identifiers(files: Sequence[Path]) -> dict[str, str]:
    """Return header values that may identify a person, each with the name of its field."""
    reader = _reader_of_files(files) if files else _module("dicom_series")
    find = getattr(reader, "identifiers", None)
    return cast("dict[str, str]", find(files)) if find else {}


def _reader_of_files(files: Sequence[Path]) -> ModuleType:
    if zarr_metadata.top(files) is not None:
        return _module("zarr_store")
    return _module("picture_stack" if folder_files.are_pictures(files) else "dicom_series")


def _module(name: str) -> ModuleType:
    """Return a reader, imported only here, because listing files does not need it."""
    return import_module(f"benchsmith.formats.{name}")
