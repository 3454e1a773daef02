"""Whether a release was made from an existing benchmark, according to its manifest."""

from __future__ import annotations

import json
from pathlib import Path

from benchsmith.core.build_files import MANIFEST

ADOPTED = "adopted"
"""The key of a manifest by which an adopted release is known."""


def is_adopted(folder: Path) -> bool:
    """Return whether the manifest of a release says that it was adopted and not built."""
    try:
        found = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and ADOPTED in found
