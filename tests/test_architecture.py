"""Imports run down, and nothing but the reviewed places touches a library with teeth."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

BUILDER = Path(__file__).resolve().parent.parent / "builder/benchsmith"
ROOMS: dict[str, set[str]] = {
    "__main__": {"cli"},
    "annotations": {"core", "documents", "imaging", "text"},
    "audits": {
        "core",
        "documents",
        "exporters",
        "imaging",
        "release",
        "stages",
        "statistics",
        "tables",
        "text",
    },
    "cli": {
        "audits",
        "core",
        "documents",
        "drafting",
        "engine",
        "evaluate",
        "explore",
        "fetch",
        "mesh",
        "models",
        "pages",
        "pipeline",
        "plugins",
        "publish",
        "release",
        "review",
        "tables",
        "tagging",
    },
    "core": set(),
    "documents": {"core", "tables", "text"},
    "drafting": {
        "core",
        "documents",
        "engine",
        "fetch",
        "mesh",
        "models",
        "plugins",
        "stages",
        "text",
    },
    "engine": {"documents"},
    "evaluate": {
        "annotations",
        "audits",
        "core",
        "documents",
        "exporters",
        "models",
        "release",
        "statistics",
        "tables",
    },
    "explore": {"core", "documents", "tables", "text"},
    "exporters": {"core", "documents", "release", "tables"},
    "fetch": {"core", "documents", "tables"},
    "formats": {"core", "imaging", "text"},
    "imaging": {"core", "documents"},
    "mesh": {"documents", "text"},
    "models": {"core", "documents", "tables"},
    "pages": {"core", "documents", "explore"},
    "pipeline": {
        "audits",
        "core",
        "documents",
        "engine",
        "explore",
        "exporters",
        "fetch",
        "pages",
        "plugins",
        "release",
        "selectors",
        "stages",
        "statistics",
        "tables",
        "tagging",
    },
    "plugins": {"annotations", "core", "documents", "formats", "imaging", "stages"},
    "publish": {
        "audits",
        "core",
        "documents",
        "exporters",
        "fetch",
        "plugins",
        "stages",
        "tables",
        "text",
    },
    "release": {"core", "documents", "tables"},
    "review": {
        "core",
        "documents",
        "drafting",
        "explore",
        "exporters",
        "fetch",
        "imaging",
        "mesh",
        "pages",
        "plugins",
        "release",
        "stages",
        "statistics",
        "tables",
        "tagging",
        "text",
    },
    "selectors": {"core", "documents", "engine", "imaging", "tables"},
    "stages": {"core", "documents", "imaging", "selectors", "tables", "text"},
    "statistics": {"core", "documents"},
    "tables": {"core"},
    "tagging": {"core", "documents", "stages", "statistics"},
    "text": set(),
}
"""Each room and what it may import."""
STANDARD_ONLY = {"core", "text"}
"""Beside it, contracts name numpy, for the types of pixels."""
ONLY_IN = {
    "nibabel": {"formats"},
    "SimpleITK": {"formats", "annotations"},
    "pydicom": {"formats", "annotations", "imaging"},
    "openslide": {"formats"},
    "openpyxl": {"annotations", "evaluate"},
    "starlette": {"review"},
    "uvicorn": {"review"},
    "sqlite3": {"review"},
    "openai": {"models"},
    "rapidfuzz": {"mesh", "documents"},
    "krippendorff": {"statistics"},
    "duckdb": {"explore"},
    "huggingface_hub": {"publish", "models"},
    "torch": {"models"},
    "transformers": {"models"},
    "open_clip": {"models"},
    "fsspec": {"fetch"},
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


def test_every_file_stands_in_a_room() -> None:
    assert {part(p) for p in BUILDER.rglob("*.py")} - {"__init__"} == set(ROOMS)


def test_a_room_imports_what_it_may() -> None:
    wrong = []
    for path, line, name in imports():
        own, words = part(path), name.split(".")
        if words[0] != "benchsmith" or own == "__init__" or len(words) == 1:
            continue
        other = words[1]
        if other not in ("__version__", own, *ROOMS[own]):
            wrong.append(f"{path.relative_to(BUILDER)}:{line} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_the_ground_stands_on_the_standard_library_alone() -> None:

    wrong = [
        f"{path.name}:{line} imports {name}"
        for path, line, name in imports()
        if part(path) in STANDARD_ONLY
        and name.split(".")[0] not in (*sys.stdlib_module_names, "benchsmith", "numpy")
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
    light = {
        "__future__",
        "sys",
        "time",
        "pathlib",
        "typing",
        "collections.abc",
        "typer",
        "benchsmith",
    }
    for path in sorted((BUILDER / "cli").glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        top = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
        names = {a.name for n in top if isinstance(n, ast.Import) for a in n.names}
        names |= {n.module for n in top if isinstance(n, ast.ImportFrom) and n.module}
        assert names <= light | {
            "benchsmith.cli",
            "benchsmith.cli.app",
            "benchsmith.cli.endpoint_options",
        }, path.name
