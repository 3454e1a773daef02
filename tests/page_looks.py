"""What a page looks like, roughly: where its named parts are, and a coarse grid of its colours.

Fonts and versions of a browser move letters by some pixels. A look keeps boxes in shares of the window, and
colours of twelve by eight fields in sixteen steps, and :func:`differences` forgives what such things change.
It does not forgive a part that is gone, moved or squeezed, a page that is wider than its window, or one
without content.

`BENCHSMITH_WRITE_LOOKS=1 pytest tests/test_page_looks.py tests/test_desk_looks.py` writes the looks that are wanted,
after a change that was meant.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image

from tests.browser import PHONE

LOOKS = Path(__file__).with_name("page_looks.json")
WRITING = bool(os.environ.get("BENCHSMITH_WRITE_LOOKS"))
WINDOWS = {
    "desktop light": (1440, 900),
    "desktop dark": (1440, 900),
    "tablet light": (1024, 768),
    "phone dark": PHONE,
}
COLUMNS, ROWS, STEPS = 12, 8, 16
MOVED, TALLER = 0.08, 0.16
"""Share of the window by which a part may lie or be wide elsewhere, and by which it may be lower or taller:
a line of text that breaks moves all that is below."""
SHADE, REPAINTED = 3, 0.3
"""Steps by which a field's mean colour may differ, and share of the fields in which it may differ more."""
INK, BARE = 24, 0.01
"""Grey levels between ground and what is drawn on it, and the share of such pixels that a page needs."""
BOXES = """names => Object.fromEntries(names.map(name => {
  const part = [...document.querySelectorAll(name)].find(each => each.checkVisibility());
  if (!part) return [name, null];
  const box = part.getBoundingClientRect();
  return [name, [box.left / innerWidth, box.top / innerHeight, box.width / innerWidth, Math.min(box.height / innerHeight, 3)]];
}))"""


def look(page: Any, parts: Sequence[str]) -> dict[str, Any]:
    """Return the look of a page's window.

    `boxes` are by selector, `grid` has the mean colours of fields, `ink` is the share of pixels that are not
    of the ground, `wide` says whether the page is wider than its window.
    """
    boxes = page.evaluate(BOXES, list(parts))
    picture = PIL.Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    levels = np.asarray(picture.convert("L"), np.int64)
    ground = int(np.bincount(levels.ravel(), minlength=256).argmax())
    small = np.asarray(picture.resize((COLUMNS, ROWS), PIL.Image.Resampling.BOX), np.int64)
    digits = small * STEPS // 256
    return {
        "boxes": {n: box and [round(v, 3) for v in box] for n, box in boxes.items()},
        "grid": ["".join(f"{v:x}" for v in row.ravel()) for row in digits],
        "ink": round(float((np.abs(levels - ground) > INK).mean()), 3),
        "wide": page.evaluate("document.documentElement.scrollWidth > innerWidth"),
    }


def changes(page: Any, parts: Sequence[str], key: str) -> list[str]:
    """Return in what a page looks otherwise than the kept look `key`, which is written where that is wanted."""
    own = look(page, parts)
    if WRITING:
        wanted = json.loads(LOOKS.read_text("utf-8")) if LOOKS.exists() else {}
        lines = [
            f"{json.dumps(k)}: {json.dumps(v)}" for k, v in sorted({**wanted, key: own}.items())
        ]
        LOOKS.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    return differences(json.loads(LOOKS.read_text("utf-8"))[key], own)


def differences(wanted: Mapping[str, Any], seen: Mapping[str, Any]) -> list[str]:
    """Return in what a page looks otherwise than it should; nothing where it is alike."""
    found = ["wider than its window"] if seen["wide"] else []
    for name, box in wanted["boxes"].items():
        own = seen["boxes"].get(name)
        if box is None or own is None:
            found += [f"{name} is {'gone' if box else 'new'}"] if box != own else []
            continue
        for n, what in enumerate(("left", "top", "width", "height")):
            if abs(box[n] - own[n]) > (MOVED, TALLER)[n % 2]:
                found.append(f"{name}: {what} is {own[n]:.2f} of the window, not {box[n]:.2f}")
    grid, own_grid = _grid(wanted), _grid(seen)
    shares = (np.abs(grid - own_grid).max(axis=2) > SHADE).mean()
    if shares > REPAINTED:
        found.append(f"{shares:.0%} of the fields have another colour")
    if seen["ink"] < BARE:
        found.append("shows nothing")
    return found


def _grid(look_: Mapping[str, Any]) -> np.ndarray:
    digits = [[int(digit, STEPS) for digit in row] for row in look_["grid"]]
    return np.asarray(digits, np.int64).reshape(ROWS, COLUMNS, 3)
