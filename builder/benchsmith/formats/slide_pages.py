"""Pages of slide files that show the label on the glass, which has names and numbers of patients.

Scanners store the label, and a photograph of the whole glass with it (macro), beside the levels.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchsmith.core.contracts import DataFault

DESCRIPTION, SOURCE_LENS = 270, 65421
"""The TIFF tags ImageDescription, and of Hamamatsu's NDPI files the magnification."""
MACRO_LENS = -1.0
"""What NDPI states as the magnification of the photograph of the glass."""
_SHOWS_LABEL = re.compile(r"(?:^|[\r\n])\s*(label|macro)\b", re.IGNORECASE)


def check(tags: Mapping[int, Any], path: Path) -> None:
    """Raise DataFault (burned-in) for a page of a TIFF file that its tags call a label or a macro."""
    described = tags.get(DESCRIPTION, "")
    found = _SHOWS_LABEL.search(described) if isinstance(described, str) else None
    kind = found[1].lower() if found else ""
    if not kind and tags.get(SOURCE_LENS) == MACRO_LENS:
        kind = "macro"
    if kind:
        what = f"its page is the {kind} picture of a slide, on which the glass's label can be read"
        raise DataFault("burned-in", path, what)
