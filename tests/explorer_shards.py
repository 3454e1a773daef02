"""Read the explorer's script files as another program would: JSON between the first comma and the end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def shard(folder: Path, name: str) -> Any:
    """Return the value in `shards/<name>.js`."""
    text = (folder / "shards" / f"{name}.js").read_text("utf-8")
    start = f'shard("{name}",'
    assert text.startswith(start) and text.endswith(");\n")
    return json.loads(text[len(start) : -len(");\n")])


def every(folder: Path, kind: str) -> list[Any]:
    """Return the values of a kind of files, in their order."""
    names = sorted(p.stem for p in (folder / "shards").glob(f"{kind}-*.js"))
    return [value for name in names for value in shard(folder, name)]


def questions(folder: Path) -> list[dict[str, Any]]:
    """Return the questions as rows: id, question, options, key, picture, and the term on each axis."""
    columns = shard(folder, "questions")
    texts = columns["texts"]
    return [
        {
            "id": id_,
            "question": texts[columns["stems"][n]],
            "options": [texts[o] for o in columns["options"][n]],
            "key": columns["keys"][n],
            "picture": columns["pictures"][n],
            "target": columns["targets"][n],
            **{a["id"]: a["terms"][a["column"][n]][0] for a in columns["axes"]},
        }
        for n, id_ in enumerate(columns["ids"])
    ]
