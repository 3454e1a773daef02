"""Writes a corpus of bad files: small, without licences, the same bytes each time.

Each format has sound files, which must be read, and broken ones, each with one fault. Besides, every
sound file is damaged at places that chance chooses: of such a file only a crash is known to be
wrong. `manifest.csv` beside them says what each file is, as :mod:`tests.badfiles` reads it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from benchsmith.core.random_order import rank
from tests import bad_dicom, bad_files_newer, bad_label_files, bad_pictures, bad_volumes
from tests.bad_file import EITHER, READ, BadFile

DAMAGED = 12
"""So many damaged copies are made of each sound file."""
KINDS = (
    *bad_volumes.KINDS,
    *bad_dicom.KINDS,
    *bad_pictures.KINDS,
    *bad_label_files.KINDS,
    *bad_files_newer.KINDS,
)
"""What makes the files, a function a format."""


def write(corpus: Path) -> Path:
    """Write the corpus into a folder, which is made, and return it."""
    files = [file for kind in KINDS for file in kind()]
    files += [bad for file in files if file.expect == READ for bad in _damaged(file)]
    for file in files:
        path = corpus / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    with (corpus / "manifest.csv").open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(("path", "expect", "what_is_bad"))
        rows.writerows((file.path, file.expect, file.what) for file in files)
    return corpus


def _damaged(file: BadFile) -> Iterator[BadFile]:
    """Yield copies that are cut, or have a bit flipped, a few bytes lost, or a few made 0xFF."""
    folder, _, name = file.path.rpartition("/")
    # another file of a series or store would be another series or store
    if folder.endswith(("series_mixed_slope", ".zarr")):
        return
    first, dot, rest = name.partition(".")
    prefix = "" if not first.startswith("label") else "label_"
    for number in range(DAMAGED):
        at = rank(1, file.path, str(number)) % max(len(file.data) - 4, 1)
        data = file.data
        what, data = (
            ("cut", data[:at]),
            ("a bit flipped", data[:at] + bytes([data[at] ^ 1 << number % 8]) + data[at + 1 :]),
            ("three bytes lost", data[:at] + data[at + 3 :]),
            ("four bytes 0xFF", data[:at] + b"\xff" * 4 + data[at + 4 :]),
        )[number % 4]
        path = f"{folder}/{prefix}damaged_{number:02d}_{first}{dot}{rest}"
        yield BadFile(path, EITHER, f"{name}, {what} at byte {at}", data)
