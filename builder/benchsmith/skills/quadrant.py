"""In which quarter of the picture a structure lies, asked about all four mirrorings of the picture.

Each quarter is right in one of the four, so that knowing where an organ usually is gains nothing.
"""

from __future__ import annotations

from benchsmith.core.evidence import Fact
from benchsmith.documents.benchmark import Margins
from benchsmith.skills.contract import Draft, Scene, Seen, Unclear

QUARTERS = (
    "quarter:upper-left",
    "quarter:upper-right",
    "quarter:lower-left",
    "quarter:lower-right",
)
TURNS = {2: 1, 3: 3, 4: 2}
"""EXIF orientation (mirrored, turned by 180 degrees, flipped) and the bits of a quarter's index that it
changes: 1 for the side, 2 for the height."""


def quadrant(scene: Scene, one: Seen, margins: Margins) -> Draft | Unclear:
    """Draft the quarter of a structure that does not reach the middle lines."""
    rows, columns = scene.size
    box = one.box
    across = max(columns / 2 - box.x1, box.x0 - columns / 2) * scene.pixel[1]
    down = max(rows / 2 - box.y1, box.y0 - rows / 2) * scene.pixel[0]
    least = margins.gap * scene.long_side
    if min(across, down) < least or min(across, down) <= 0:
        detail = f"not {least:.3g} {scene.unit} from both middle lines of the picture"
        return Unclear(subject=one.label, reason="too-close", detail=detail)
    place = (box.x0 >= columns / 2) + 2 * (box.y0 >= rows / 2)
    (turn, key), *more = ((code, QUARTERS[place ^ bits]) for code, bits in TURNS.items())
    fact = Fact(subject=one.label, name="distance from the middle lines of the picture",
                value=min(across, down), unit=scene.unit)  # fmt: skip
    return Draft(
        scene=scene, kind="quadrant", subjects=(one.label,), options=QUARTERS, key=QUARTERS[place],
        evidence=(fact,), about=one, turn=turn, turned_key=key, more_turns=tuple(more),
    )  # fmt: skip
