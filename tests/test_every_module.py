"""Every module of the program can be imported, also one that no test asks for."""

from __future__ import annotations

import importlib

from tests.paths import PROJECT


def test_every_module_can_be_imported() -> None:
    folder = PROJECT / "builder"
    names = {
        ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
        for path in (folder / "benchsmith").rglob("*.py")
        if path.stem != "__main__"
    }
    assert len(names) > 1000
    for name in sorted(names):
        importlib.import_module(name)
