"""The modules of the reader become one file, so that no two of them may give a name to different things."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

from benchsmith import replies


def test_no_name_of_the_reader_is_given_twice() -> None:
    names: Counter[str] = Counter()
    for path in sorted(Path(replies.__path__[0]).glob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                names[node.name] += 1
            targets = node.targets if isinstance(node, ast.Assign) else []
            names.update(
                t.id for each in targets for t in ast.walk(each) if isinstance(t, ast.Name)
            )
    assert not [name for name, count in names.items() if count > 1]
    assert len(names) > 100
