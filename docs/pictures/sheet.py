"""Draw `sheet.png` from the demo's release: one target a row, one granularity a column.

make build && .venv/bin/python docs/pictures/sheet.py
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont
import pyarrow.dataset as ds

HERE = Path(__file__).parent
RELEASE = HERE.parent.parent / "output/demo/release/data"
VIEWS = ("box", "mask", "contour")
"""The granularities with a mark; the demo asks about few structures without one."""
LABELS = (
    ("kidney", "CT"),
    ("spinous process", "CT"),
    ("liver", "MRI"),
    ("thalamus", "T1-weighted MRI"),
)
SIDE, GAP, TEXT = 260, 8, 26


def main() -> None:
    """Write the sheet: the first target of each label, by id, that has the most views."""
    rows = ds.dataset(RELEASE).to_table().to_pylist()
    font = PIL.ImageFont.load_default(15)
    size = ((SIDE + GAP) * len(VIEWS) + GAP, (SIDE + TEXT + GAP) * len(LABELS) + GAP)
    sheet = PIL.Image.new("RGB", size, "white")
    draw = PIL.ImageDraw.Draw(sheet)
    for line, (label, modality) in enumerate(LABELS):
        targets: dict[str, dict[str, bytes]] = {}
        for row in rows:
            if (row["label"], row["modality"]) == (label, modality):
                views = targets.setdefault(row["target"], {})
                views[row["granularity"]] = row["image"]["bytes"]
        target = min(targets, key=lambda t: (-len(targets[t]), t))
        y = GAP + line * (SIDE + TEXT + GAP)
        for column, view in enumerate(VIEWS):
            x = GAP + column * (SIDE + GAP)
            draw.rectangle((x, y, x + SIDE - 1, y + SIDE - 1), fill="black")
            picture = PIL.Image.open(BytesIO(targets[target][view]))
            picture.thumbnail((SIDE, SIDE))
            place = (x + (SIDE - picture.width) // 2, y + (SIDE - picture.height) // 2)
            sheet.paste(picture, place)
            draw.text((x + 2, y + SIDE + 4), f"{view}: {label}, {modality}", "black", font)
    sheet.save(HERE / "sheet.png", optimize=True)


if __name__ == "__main__":
    main()
