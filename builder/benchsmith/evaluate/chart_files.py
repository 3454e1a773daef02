"""The radar charts as separate SVG files, for papers and slides."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from benchsmith.evaluate.chart_points import Radar
from benchsmith.tables.atomic_files import replace_file

COLOURS = ("#2f6db5", "#c2570c", "#2e8540", "#8a3fa0", "#b0203f", "#6b6f1d")
"""Lines of several models, as on the page in its light mode."""
WIDTH, HEIGHT = 460, 388
LINE_PX = 18
GUESS = 'fill="#556070" fill-opacity="0.12" stroke="#556070" stroke-dasharray="4 3"'


def write_radar(radar: Radar, title: str, path: Path) -> None:
    """Write a radar with its legend as an SVG file that needs no style sheet."""
    lines = [(shape.name, COLOURS[n % len(COLOURS)]) for n, shape in enumerate(radar.shapes)]
    height = HEIGHT + LINE_PX * (len(lines) + 2)
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="13">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        '<g transform="translate(0 -30)">',
        *_frame(radar),
        *(
            f'<polygon points={quoteattr(shape.points)} fill="{colour}" fill-opacity="0.06" '
            f'stroke="{colour}" stroke-width="2"/>'
            for shape, (_, colour) in zip(radar.shapes, lines, strict=True)
        ),
        "</g>",
        *_legend([*lines, ("random guess (dashed)", "#556070")]),
        "</svg>",
    ]
    replace_file(path, ("\n".join(parts) + "\n").encode("utf-8", "replace"))


def _frame(radar: Radar) -> list[str]:
    soft = 'fill="none" stroke="#d9dfe6"'
    return [
        *(f"<polygon points={quoteattr(ring)} {soft}/>" for _, ring, _ in radar.rings),
        *(
            f'<text x="234" y="{y}" fill="#556070">{percent}</text>'
            for percent, _, y in radar.rings
        ),
        *(
            f'<line x1="230" y1="230" x2="{s.x}" y2="{s.y}" {soft}/>'
            f'<text x="{s.text_x}" y="{s.text_y}" text-anchor="{s.anchor}" fill="#1c2430">{escape(s.name)}</text>'
            for s in radar.spokes
        ),
        f"<polygon points={quoteattr(radar.chance)} {GUESS}/>",
    ]


def _legend(lines: Sequence[tuple[str, str]]) -> list[str]:
    return [
        f'<rect x="20" y="{HEIGHT + LINE_PX * n - 9}" width="14" height="4" fill="{colour}"/>'
        f'<text x="42" y="{HEIGHT + LINE_PX * n}" fill="#1c2430">{escape(name)}</text>'
        for n, (name, colour) in enumerate(lines, 1)
    ]
