"""Draw `skills.png` from the demo's release: one question of each skill but recognition.

make build && .venv/bin/python docs/pictures/skills.py
"""

from __future__ import annotations

import sys
import textwrap
from io import BytesIO
from pathlib import Path

import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont
import pyarrow.dataset as ds

HERE = Path(__file__).parent
RELEASE = HERE.parent.parent / "output/demo/release/data"
SKILLS = {
    "presence": "",
    "position": "",
    "comparison": "tile",
    "counting": "",
    "grounding": "box",
    "measurement": "scale bar",
}
"""A word that the question should have, by skill."""
COLUMNS, SIDE, GAP, TEXT, LETTERS = 3, 300, 10, 162, "ABCDEF"


def main(release: Path = RELEASE) -> None:
    """Write the sheet: of each skill the first question, by id, with the word."""
    rows = sorted(ds.dataset(release).to_table().to_pylist(), key=lambda row: row["id"])
    font = PIL.ImageFont.load_default(14)
    lines = -(-len(SKILLS) // COLUMNS)
    size = ((SIDE + GAP) * COLUMNS + GAP, (SIDE + TEXT + GAP) * lines + GAP)
    sheet = PIL.Image.new("RGB", size, "white")
    draw = PIL.ImageDraw.Draw(sheet)
    for place, (skill, word) in enumerate(SKILLS.items()):
        own = [row for row in rows if row.get("skill") == skill and not row.get("altered")]
        found = next((row for row in own if word in row["question"]), own[0])
        x = GAP + place % COLUMNS * (SIDE + GAP)
        y = GAP + place // COLUMNS * (SIDE + TEXT + GAP)
        draw.rectangle((x, y, x + SIDE - 1, y + SIDE - 1), fill="black")
        picture = PIL.Image.open(BytesIO(found["image"]["bytes"]))
        picture.thumbnail((SIDE, SIDE))
        at = (x + (SIDE - picture.width) // 2, y + (SIDE - picture.height) // 2)
        sheet.paste(picture, at)
        options = (
            f"{letter}. {text.replace('²', '2')}{' (right)' if letter == found['answer'] else ''}"
            for letter, text in zip(LETTERS, found["options"], strict=False)
        )
        words = [
            skill,
            *textwrap.wrap(found["question"], 44),
            *textwrap.wrap("   ".join(options), 44),
        ]
        draw.multiline_text((x + 2, y + SIDE + 4), "\n".join(words), "black", font)
    sheet.save(HERE / "skills.png", optimize=True)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
