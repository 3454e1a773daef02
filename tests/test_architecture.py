"""Imports go one way, and only reviewed files import libraries that are dangerous or slow."""

from __future__ import annotations

import ast
import importlib.util
import sys
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
BUILDER = PROJECT / "builder/benchsmith"
_spec = importlib.util.spec_from_file_location("rooms", PROJECT / "docs/pictures/rooms.py")
assert _spec is not None and _spec.loader is not None
rooms = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(rooms)

ROOMS = {
    "__main__": "cli core",
    "cli": "adopt api audits core documents drafting engine evaluate explore fetch gallery mesh models pages pipeline preview publish release review tables tagging text",
    "api": "adopt audits core documents engine evaluate explore fetch pages pipeline plugins preview release",
    "review": "core documents drafting explore exporters fetch imaging mesh pages plugins release stages statistics tables tagging text",
    "drafting": "annotations core documents engine fetch imaging mesh models plugins stages text",
    "preview": "core documents fetch plugins stages text",
    "evaluate": "annotations audits core documents exporters models pages release replies statistics tables text",
    "pipeline": "audits core counterfactual documents engine explore exporters fetch imaging pages plugins release selectors skills stages statistics tables tagging text",
    "adopt": "audits core documents exporters formats imaging release tables text",
    "publish": "audits core documents exporters fetch net plugins stages tables text",
    "audits": "core documents imaging release selectors stages statistics tables text",
    "skills": "core counterfactual documents imaging measurements stages tables",
    "counterfactual": "core documents imaging selectors stages tables",
    "plugins": "annotations core documents formats imaging stages",
    "tagging": "core documents stages statistics text",
    "stages": "core documents imaging measurements selectors tables text",
    "measurements": "core imaging",
    "exporters": "annotations core documents gallery pages release replies tables",
    "gallery": "core documents pages release text",
    "annotations": "core documents imaging text",
    "formats": "core imaging text",
    "pages": "core documents explore",
    "selectors": "core documents engine imaging tables",
    "engine": "core documents",
    "explore": "core documents tables text",
    "fetch": "core documents net tables",
    "imaging": "core documents text",
    "mesh": "documents text",
    "models": "core documents net replies tables",
    "release": "core documents tables",
    "statistics": "core documents",
    "documents": "core tables text",
    "tables": "core",
    "core": "",
    "net": "",
    "replies": "",
    "text": "",
}
"""Each room from the top down, and the rooms that it may import."""
NAMED_TWICE = {
    "app": {"cli", "review"},  # what commands are hung on; what serves the desk
    "coco": {"annotations", "exporters"},  # the format, read and written
    "contract": {
        "audits",
        "engine",
        "evaluate",
        "models",
        "review",
        "skills",
    },  # what a plug-in of the room must be
    "laterality": {
        "skills",
        "text",
    },  # a side of the patient: asked for, and read from a label's words
    "model": {"core", "release"},  # the nouns of the room
    "rehydrate": {"exporters", "publish"},  # the table of what is missing, and who fills it
    "vlmevalkit": {"evaluate", "exporters"},  # the tool's tables, read and written
}
"""File names that occur in several rooms: each is the same thing in all of them."""
STANDARD_ONLY = {"core", "replies", "text"}
"""These rooms use the standard library alone; but numpy names the types of pixels in `core`."""
ONLY_IN = {
    "nibabel": {"formats"},
    "SimpleITK": {"formats", "annotations"},
    "pydicom": {"formats", "annotations", "imaging"},
    "openslide": {"formats"},
    "h5py": {"formats"},
    "zarr": {"formats"},
    "openpyxl": {"annotations", "evaluate"},
    "starlette": {"review"},
    "uvicorn": {"review"},
    "sqlite3": {"audits", "review"},
    "textual_image": {"cli"},
    "openai": {"models"},
    "rapidfuzz": {"documents", "drafting", "mesh"},
    "krippendorff": {"statistics"},
    "duckdb": {"explore"},
    "huggingface_hub": {"fetch", "publish", "models"},
    "torch": {"models"},
    "transformers": {"models"},
    "open_clip": {"models"},
    "fsspec": {"fetch"},
    "random": set(),
    "numpy.random": set(),
    "pickle": set(),
}


@cache
def imports() -> list[tuple[Path, int, str]]:
    """Return every import in builder/: file, line, dotted name."""
    found = []
    for path in sorted(BUILDER.rglob("*.py")):
        for node in rooms.nodes(path):
            if isinstance(node, ast.Import):
                found += [(path, node.lineno, alias.name) for alias in node.names]
            elif node.module:
                found += [
                    (path, node.lineno, f"{node.module}.{alias.name}") for alias in node.names
                ]
    return found


def room(path: Path) -> str:
    """Return the room of a file: its folder below the package, or its own name at the door."""
    return path.relative_to(BUILDER).parts[0].removesuffix(".py")


def test_each_room_imports_only_what_it_may() -> None:
    wrong = [
        f"{path.relative_to(BUILDER)}:{line} imports {name}"
        for path, line, name in imports()
        if (own := room(path)) != "__init__"
        and (words := name.split("."))[0] == "benchsmith"
        and len(words) > 1
        and words[1] not in ("__version__", own, *ROOMS[own].split())
    ]
    assert not wrong, "\n".join(wrong)


def test_the_contract_names_every_room_and_no_arrow_too_many() -> None:
    assert {r: set(wanted.split()) for r, wanted in ROOMS.items()} == {
        r: set(wanted) for r, wanted in rooms.imports().items()
    }


def test_rooms_do_not_import_each_other_in_a_circle() -> None:
    height = {r: i for i, r in enumerate(reversed(ROOMS))}
    wrong = [
        (r, o) for r, wanted in ROOMS.items() for o in wanted.split() if height[o] >= height[r]
    ]
    assert not wrong


def test_the_circle_finder_finds_a_circle() -> None:
    with pytest.raises(ValueError, match="circle: a, b"):
        rooms.layers({"a": frozenset({"b"}), "b": frozenset({"a"}), "c": frozenset()})


def test_a_file_name_means_one_thing() -> None:
    found: dict[str, set[str]] = {}
    for path in BUILDER.rglob("*.py"):
        if path.stem not in ("__init__", "__main__"):
            found.setdefault(path.stem, set()).add(room(path))
    assert {name: of for name, of in found.items() if len(of) > 1} == NAMED_TWICE
    assert len(NAMED_TWICE) <= 12


def test_files_are_short() -> None:
    """At most three files have more than 300 lines, each with its reason in its first line."""
    lengths = sorted(len(p.read_text("utf-8").splitlines()) for p in BUILDER.rglob("*.py"))
    assert sum(n > 300 for n in lengths) <= 3
    assert lengths[int(0.9 * len(lengths))] < 200


def test_every_room_says_what_it_is() -> None:
    silent = [
        folder.name
        for folder in BUILDER.iterdir()
        if any(folder.glob("*.py"))
        and not ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8")))
    ]
    assert not silent


def test_the_picture_and_the_table_of_rooms_are_current() -> None:
    """`python docs/pictures/rooms.py` makes both."""
    graph = rooms.imports()
    assert rooms.PICTURE.read_text("utf-8") == rooms.svg(graph)
    text = rooms.PAGE.read_text("utf-8")
    assert text == rooms.page(text, graph)


def test_the_core_imports_only_the_standard_library() -> None:

    wrong = [
        f"{path.name}:{line} imports {name}"
        for path, line, name in imports()
        if room(path) in STANDARD_ONLY
        and name.split(".")[0] not in (*sys.stdlib_module_names, "benchsmith", "numpy")
    ]
    assert not wrong, "\n".join(wrong)


def test_libraries_are_used_only_where_they_may_be() -> None:
    wrong = [
        f"{path.relative_to(BUILDER)}:{line} imports {name}; only {sorted(where) or 'nowhere'} may"
        for path, line, name in imports()
        for library, where in ONLY_IN.items()
        if (name == library or name.startswith(f"{library}.")) and room(path) not in where
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_heavy_is_imported_for_help() -> None:
    """`benchsmith --help` answers at once because the command line imports nothing heavy."""
    light = {
        "__future__",
        "atexit",
        "copy",
        "gc",
        "errno",
        "inspect",
        "os",
        "sys",
        "time",
        "pathlib",
        "typing",
        "collections.abc",
        "typer",
        "typer.core",
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
            "benchsmith.cli.completion",
            "benchsmith.cli.endpoint_options",
            "benchsmith.cli.evaluate_options",
            "benchsmith.cli.option_groups",
            "benchsmith.cli.key_press",
            "benchsmith.cli.page_file",
            "benchsmith.cli.panels",
            "benchsmith.cli.plain_output",
            "benchsmith.cli.start_questions",
            "benchsmith.cli.start_words",
            "benchsmith.core",
            "benchsmith.core.silent_progress",
            "benchsmith.text.printed",
        }, path.name
