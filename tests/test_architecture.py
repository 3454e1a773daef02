"""Imports run down, and nothing but the reviewed places touches a library with teeth."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

BUILDER = Path(__file__).resolve().parent.parent / "builder"
LAYERS = [
    {
        "model",
        "reasons",
        "apart",
        "chance",
        "words",
        "languages",
        "spelling",
        "unwrapping",
        "urls",
        "validation",
        "verdicts",
        "stopped",
    },
    {"tables", "columns", "sorting", "geometry", "ports", "patterns", "appearance"},
    {"store", "engine", "documents", "digests", "progress", "storage", "stream", "dicom"},
    {"stage_tables"},
    {
        "record",
        "remote",
        "packages",
        "release",
        "mesh",
        "relations",
        "answers",
        "endpoint",
        "entry",
        "hiding",
        "spool",
        "local",
    },
    {"built"},
    {"stages", "formats", "annotations", "rendering", "selectors", "exporters"},
    {"plugins", "plan", "prepared", "resolved", "earlier", "audits", "setting"},
    {"pieces", "tolerance", "gathering", "judging"},
    {
        "pipeline",
        "releasing",
        "assist",
        "suggest",
        "drafting",
        "explain",
        "fetching",
        "forecast",
        "cleaning",
        "forest",
        "coverage",
        "pages",
        "tagging",
        "evaluate",
        "review",
        "publish",
        "differences",
        "rehydrate",
    },
    {"cli"},
    {"__main__"},
]
"""From the ground up: a module may import its own layer and what lies below it."""
PLUG_INS = {"stages", "formats", "annotations", "rendering", "selectors", "exporters"}
"""The layer whose members never import each other: plug-ins are handed to the stages."""
SIDEWAYS = {("stages", "selectors")}
"""The one way across a layer: select chooses with selectors."""
STANDARD_ONLY = {
    "model",
    "reasons",
    "chance",
    "words",
    "languages",
    "spelling",
    "unwrapping",
    "urls",
    "validation",
    "verdicts",
    "stopped",
}
ONLY_IN = {
    "nibabel": {"formats"},
    "SimpleITK": {"formats", "annotations"},
    "pydicom": {"formats", "annotations", "dicom"},
    "openslide": {"formats"},
    "openpyxl": {"annotations", "evaluate"},
    "starlette": {"review"},
    "uvicorn": {"review"},
    "sqlite3": {"review"},
    "openai": {"endpoint"},
    "rapidfuzz": {"suggest", "documents"},
    "krippendorff": {"tagging"},
    "duckdb": {"relations"},
    "huggingface_hub": {"publish", "local"},
    "torch": {"local"},
    "transformers": {"local"},
    "open_clip": {"local"},
    "fsspec": {"storage"},
    "random": set(),
    "numpy.random": set(),
    "pickle": set(),
}


def imports() -> list[tuple[Path, int, str]]:
    """Return every import in builder/: file, line, dotted name."""
    found = []
    for path in sorted(BUILDER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found += [(path, node.lineno, alias.name) for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                found += [
                    (path, node.lineno, f"{node.module}.{alias.name}") for alias in node.names
                ]
    return found


def part(path: Path) -> str:
    """Return the layer's member that a file belongs to."""
    first = path.relative_to(BUILDER).parts[0]
    return first.removesuffix(".py")


def depth(name: str) -> int:
    return next(i for i, layer in enumerate(LAYERS) if name in layer)


def test_every_module_has_a_layer() -> None:
    parts = {part(p) for p in BUILDER.rglob("*.py")} - {"__init__"}
    assert parts == set().union(*LAYERS) & parts
    assert not parts - set().union(*LAYERS)


def test_imports_run_down() -> None:
    wrong = []
    for path, line, name in imports():
        own, words = part(path), name.split(".")
        if words[0] != "builder" or own == "__init__" or len(words) == 1:
            continue
        other = words[1]
        if other in ("__version__", own) or (own, other) in SIDEWAYS:
            continue
        if depth(other) > depth(own) or (own in PLUG_INS and other in PLUG_INS):
            wrong.append(f"{path.relative_to(BUILDER)}:{line} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_the_ground_stands_on_the_standard_library_alone() -> None:

    wrong = [
        f"{path.name}:{line} imports {name}"
        for path, line, name in imports()
        if part(path) in STANDARD_ONLY
        and name.split(".")[0] not in (*sys.stdlib_module_names, "builder")
    ]
    assert not wrong, "\n".join(wrong)


def test_libraries_are_used_only_where_they_may_be() -> None:
    wrong = [
        f"{path.relative_to(BUILDER)}:{line} imports {name}; only {sorted(where) or 'nowhere'} may"
        for path, line, name in imports()
        for library, where in ONLY_IN.items()
        if (name == library or name.startswith(f"{library}.")) and part(path) not in where
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_heavy_is_imported_for_help() -> None:
    """`benchsmith --help` answers at once because the command line imports nothing heavy."""
    light = {"__future__", "sys", "pathlib", "typing", "collections.abc", "typer", "builder"}
    for path in sorted((BUILDER / "cli").glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        top = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
        names = {a.name for n in top if isinstance(n, ast.Import) for a in n.names}
        names |= {n.module for n in top if isinstance(n, ast.ImportFrom) and n.module}
        assert names <= light | {"builder.cli", "builder.cli.app", "builder.cli.asking"}, path.name
