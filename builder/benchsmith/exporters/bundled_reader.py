"""The reader of replies as one file that needs only the standard library, for other tools."""

from __future__ import annotations

import ast
from functools import cache
from importlib import resources
from typing import NamedTuple

from benchsmith import replies

PACKAGE = replies.__name__
DOOR = "reader"
"""The module from which all others of the package are imported."""

Imports = dict[str, set[str]]
"""The names that are imported from each module; none if the module itself is."""


class Bundle(NamedTuple):
    """The reader's imports and its code."""

    imports: str
    code: str


@cache
def bundle() -> Bundle:
    """Return the modules of the reader, each after those that it imports.

    >>> "benchsmith" in bundle().imports
    False
    """
    imports: Imports = {}
    parts: list[str] = []
    _add(DOOR, set(), imports, parts)
    plain = [f"import {module}" for module, names in sorted(imports.items()) if not names]
    named = [
        f"from {module} import {', '.join(sorted(names))}"
        for module, names in sorted(imports.items())
        if names
    ]
    return Bundle("\n".join([*plain, *named]), "\n\n\n".join(parts))


def _add(name: str, done: set[str], imports: Imports, parts: list[str]) -> None:
    done.add(name)
    source = resources.files(replies).joinpath(f"{name}.py").read_text("utf-8")
    lines = source.splitlines()
    tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found = {alias.name for alias in node.names}
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            own = module.removeprefix(f"{PACKAGE}.")
            if own != module and own not in done:
                _add(own, done, imports, parts)
            elif not module:
                imports.update((plain, set()) for plain in found)
            elif own == module and module != "__future__":
                imports.setdefault(module, set()).update(found)
        elif not _is_docstring(node):
            continue
        for line in range(node.lineno - 1, node.end_lineno or node.lineno):
            lines[line] = ""
    about = (ast.get_docstring(tree) or "").splitlines()[0]
    parts.append(f"# {about}\n\n" + "\n".join(lines).strip())


def _is_docstring(node: ast.stmt) -> bool:
    """Return whether a statement is the module's own docstring: it is in the first line."""
    return isinstance(node, ast.Expr) and node.lineno == 1
