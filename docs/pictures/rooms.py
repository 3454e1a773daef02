"""Draw `rooms.svg` and the table of rooms in `docs/design.md`, from the imports in the code.

python docs/pictures/rooms.py
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = PROJECT / "builder/benchsmith"
PICTURE = Path(__file__).with_name("rooms.svg")
PAGE = PROJECT / "docs/design.md"
BEGIN, END = "<!-- rooms: begin -->", "<!-- rooms: end -->"
Graph = Mapping[str, frozenset[str]]
"""Each room, and the rooms it imports."""

WIDTH, BOX, HIGH, ROW, PAD = 1000, 104, 34, 74, 24
"""Pixels: the picture, a box's width and height, the distance of two rows, the margin."""
SWEEPS = 12
"""Passes that order each row by the mean position of its neighbours, against crossings."""
STYLE = """\
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #24313f; }
  text { text-anchor: middle; dominant-baseline: central; }
  rect { fill: #e3edf6; stroke: #7d9cb8; }
  path { fill: none; stroke: #7d8b99; stroke-opacity: 0.55; }
  @media (prefers-color-scheme: dark) {
    text { fill: #dde4ec; }
    rect { fill: #23384b; stroke: #54789a; }
    path { stroke: #8592a0; }
  }"""


def room(path: Path) -> str:
    """Return the room of a file: the folder below the package, or the file at its door."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def nodes(path: Path) -> list[ast.Import | ast.ImportFrom]:
    """Return a file's imports, also those inside of functions."""
    tree = ast.walk(ast.parse(path.read_text("utf-8")))
    return [node for node in tree if isinstance(node, ast.Import | ast.ImportFrom)]


def imports() -> Graph:
    """Return which rooms each room imports, at the top of a file or inside of a function."""
    found: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        own = found.setdefault(room(path), set())
        for node in nodes(path):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module == "benchsmith":
                names = [f"benchsmith.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            own |= {parts[1] for name in names if (parts := name.split("."))[0] == "benchsmith"
                    and len(parts) > 1}  # fmt: skip
    known = found.keys() - {"__init__"}
    return {r: frozenset((found[r] & known) - {r}) for r in sorted(known)}


def layers(graph: Graph) -> list[list[str]]:
    """Return the rooms in rows from the ground up: each imports from lower rows alone.

    Raises ValueError for a circle.
    """
    rows: list[list[str]] = []
    left = dict(graph)
    while left:
        row = [r for r, wanted in left.items() if not wanted & left.keys()]
        if not row:
            raise ValueError(f"rooms import each other in a circle: {', '.join(sorted(left))}")
        rows.append(row)
        for each in row:
            del left[each]
    return rows


def reduced(graph: Graph) -> Graph:
    """Leave out each arrow that other arrows imply: a to c, where a imports b and b imports c."""
    reach: dict[str, frozenset[str]] = {}
    for row in layers(graph):
        for r in row:
            reach[r] = graph[r].union(*(reach[other] for other in graph[r]))
    return {
        r: frozenset(o for o in wanted if not any(o in reach[via] for via in wanted))
        for r, wanted in graph.items()
    }


def svg(graph: Graph) -> str:
    """Return the picture: a box for each room, an arrow for each import that no other implies."""
    rows, arrows = layers(graph), reduced(graph)
    users = {r: [u for u in graph if r in arrows[u]] for r in graph}
    place: dict[str, float] = {}

    def spread(row: list[str]) -> None:
        step = (WIDTH - 2 * PAD) / len(row)
        place.update({r: PAD + step * (i + 0.5) for i, r in enumerate(row)})

    for row in rows:
        spread(sorted(row))
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            near = {r: [place[o] for o in (*arrows[r], *users[r])] or [place[r]] for r in row}
            spread(sorted(row, key=lambda r: (sum(near[r]) / len(near[r]), r)))
    height = 2 * PAD + ROW * (len(rows) - 1) + HIGH
    up = {r: height - PAD - HIGH / 2 - ROW * i for i, row in enumerate(rows) for r in row}
    lines = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
            f'height="{height}" role="img" aria-labelledby="t d">'
        ),
        '<title id="t">The rooms of the package and what each imports</title>',
        (
            '<desc id="d">Rooms in rows. A line runs from a room down to each room that it imports. '
            "Imports that follow from others are left out.</desc>"
        ),
        f"<style>\n{STYLE}\n</style>",
    ]
    for r in sorted(graph):
        for o in sorted(arrows[r]):
            x, y, x2, y2 = place[r], up[r] + HIGH / 2, place[o], up[o] - HIGH / 2
            bend = (y + y2) / 2
            lines.append(
                f'<path d="M{x:.0f} {y:.0f}C{x:.0f} {bend:.0f} {x2:.0f} {bend:.0f} {x2:.0f} {y2:.0f}"/>'
            )
    for r in sorted(graph):
        x, y = place[r] - BOX / 2, up[r] - HIGH / 2
        lines.append(f'<rect x="{x:.0f}" y="{y:.0f}" width="{BOX}" height="{HIGH}" rx="6"/>')
        lines.append(f'<text x="{place[r]:.0f}" y="{up[r]:.0f}">{r}</text>')
    return "\n".join([*lines, "</svg>\n"])


def table(graph: Graph) -> str:
    """Return the table of the rooms, from the top down: what each is, and what it imports."""
    lines = ["| room | what it is | it imports |", "| --- | --- | --- |"]
    for row in reversed(layers(graph)):
        for r in row:
            file = PACKAGE / r / "__init__.py" if (PACKAGE / r).is_dir() else PACKAGE / f"{r}.py"
            what = (ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "").split("\n")[0]
            lines.append(f"| `{r}` | {what} | {' '.join(sorted(graph[r])) or 'no other room'} |")
    return "\n".join(lines)


def page(text: str, graph: Graph) -> str:
    """Return the page with its table of rooms made anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table(graph)}\n\n{END}{after}"


def main() -> None:
    """Write the picture and the table."""
    graph = imports()
    PICTURE.write_text(svg(graph), "utf-8")
    PAGE.write_text(page(PAGE.read_text("utf-8"), graph), "utf-8")


if __name__ == "__main__":
    main()
