"""Finds the DICOM object with an image's labels among other files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pydicom

from benchsmith.core.contracts import DataFault, Request
from benchsmith.imaging.dicom import identity
from benchsmith.imaging.dicom.files import header
from benchsmith.imaging.dicom.modality_choice import kind_of_file
from benchsmith.imaging.file_signature import is_dicom
from benchsmith.text import path_patterns

SHOWN_FILES = 3
"""Files of several that a message names."""
About = Callable[[pydicom.Dataset], identity.Identity]
"""What image an object refers to."""


def object_of(pattern: str, wanted: str, about: About, request: Request, *, check: bool) -> Path:
    """Return the object of a modality, ``SEG`` or ``RTSTRUCT``, that a pattern means for an image.

    If the pattern matches several files, those of other modalities are skipped. Among several
    objects, one must refer to the image; with `check` false these references are not compared. Raises
    DataFault.
    """
    paths = [path for path, _ in request.find(pattern)]
    found = paths
    if len(paths) > 1:
        found = [path for path in paths if is_dicom(path) and kind_of_file(path).meant == wanted]
    if len(found) > 1 and check:
        image = identity.of_image(request.path, request.dicom_modality)
        if image is not None:
            found = [p for p in found if not identity.mismatch(image, about(header(p)))]
    if len(found) != 1:
        named = path_patterns.fill(pattern, request.fields)
        if len(found) > 1:
            names = ", ".join(request.show(p) for p in sorted(found)[:SHOWN_FILES])
            what = (
                f"{named} matches {len(found)} {wanted} of the image ({names}), so it is "
                f"unclear which one belongs to it"
            )
            advice = "name one in `file`, or give each its own entry"
            raise DataFault("header", pattern, f"{what} {advice}")
        of = f"matches {len(paths)} files, and none of them is its {wanted}"
        raise DataFault("file-missing", pattern, f"{named} {of if paths else 'is not there'}")
    return found[0]
