"""What the header of a DICOM file says about a person: names, numbers, days, free texts, private elements.

PS3.15 table E.1-1 lists what must be removed. Free texts and private elements may hold anything, so
all are returned; the search decides which of their words identify nobody.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TypeAlias

import pydicom
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag

from benchsmith.core.contracts import DataFault
from benchsmith.core.library_errors import words_for
from benchsmith.imaging import byte_stream
from benchsmith.imaging.dicom.files import HEAD_BYTES, check_deflated
from benchsmith.text.personal_fields import DICOM_ATTRIBUTES
from benchsmith.text.readable_bytes import readable

TEXTS = frozenset({"AE", "LO", "SH", "LT", "ST", "UT", "UC", "UR"})
DAYS = frozenset({"DA", "DT"})
UNREADABLE = frozenset({"UN", "OB"})
"""Kinds of private elements whose bytes may be texts."""
MAX_BYTES = 1 << 20
"""Bytes of one element that are searched for texts."""
OF_ALL = frozenset({
    "Manufacturer", "ManufacturerModelName", "SoftwareVersions", "ConvolutionKernel", "CodeValue", "CodeMeaning",
    "CodingSchemeDesignator", "CodingSchemeVersion", "CodingSchemeName", "SequenceName", "PatientAge", "SegmentLabel",
    "ROIName", "ROIObservationLabel", "DimensionDescriptionLabel",
})  # fmt: skip
"""Texts that name devices, codes and structures."""
STANDARD_UIDS = "1.2.840.10008."
MAX_DEPTH = 12
"""Sequences in one another that are followed."""
MAX_KEPT = 256
"""Bytes of an element that are kept; of longer ones, a digest is."""
Seen: TypeAlias = set[tuple[int, str | None, bytes]]
"""Elements that were read: tag, kind, and bytes or their digest."""


def identifiers(files: Sequence[Path]) -> dict[str, str]:
    """Return the values that may identify a person, each with its attribute's name or private tag.

    All slices of a series are read, since any may have a comment of its own; an element that equals the
    previous slice's is not converted again. An element that cannot be converted is searched as bytes.
    Raises DataFault for a file that is no DICOM file.
    """
    found: dict[str, str] = {}
    seen: Seen = set()
    for path in files:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                check_deflated(path, byte_stream.beginning(path, HEAD_BYTES))
                data = pydicom.dcmread(path, stop_before_pixels=True)
                for one in (data.file_meta, data):
                    for text, name in _of_dataset(one, 0, seen):
                        found.setdefault(text, name)
                for text in readable(data.preamble or b""):
                    found.setdefault(text, "the preamble")
        except DataFault:
            raise
        except Exception as error:
            # pydicom raises any exception that a damaged file causes
            raise DataFault("unreadable", path, words_for(error)) from error
    return found


def _of_dataset(data: pydicom.Dataset, depth: int, seen: Seen) -> Iterator[tuple[str, str]]:
    for tag in sorted(data.keys()):
        raw = data.get_item(tag)
        if isinstance(raw, RawDataElement) and isinstance(raw.value, bytes):
            long = len(raw.value) > MAX_KEPT
            stored = (int(tag), raw.VR, blake2b(raw.value).digest() if long else raw.value)
            if stored in seen:
                continue
            seen.add(stored)
        try:
            element = data[tag]
            yield from _of_element(element, depth, seen)
        except Exception:  # noqa: BLE001
            # an element whose kind differs from its tag's; its bytes may still be a name
            value = getattr(raw, "value", None)
            if isinstance(value, bytes):
                yield from ((text, _name_of(tag)) for text in readable(value[:MAX_BYTES]))


def _of_element(element: DataElement, depth: int, seen: Seen) -> Iterator[tuple[str, str]]:
    name = element.keyword or _name_of(element.tag)
    if element.VR == "SQ":
        if depth < MAX_DEPTH:
            for item in element.value:
                yield from _of_dataset(item, depth + 1, seen)
        return
    values = element.value if isinstance(element.value, MultiValue) else [element.value]
    private = element.tag.is_private
    if private and element.VR in UNREADABLE and isinstance(element.value, bytes):
        yield from ((text, name) for text in readable(element.value[:MAX_BYTES]))
        return
    wanted = (
        element.VR == "PN"
        or name in DICOM_ATTRIBUTES
        or element.VR in DAYS
        or (element.VR in TEXTS and name not in OF_ALL and not _is_creator(element.tag))
    )
    for one in values:
        is_own = element.VR == "UI" and not str(one).startswith(STANDARD_UIDS)
        if (wanted or is_own) and one not in (None, "") and not isinstance(one, bytes):
            # a name may be written three times, in letters, ideographs and by its sound (PS3.5 6.2.1)
            for text in str(one).split("=") if element.VR == "PN" else [str(one)]:
                if text.strip():
                    yield text, name


def _is_creator(tag: BaseTag) -> bool:
    """Return whether an element names the maker of a private block."""
    return bool(tag.is_private_creator)


def _name_of(tag: BaseTag) -> str:
    return f"({tag.group:04X},{tag.element:04X})"
