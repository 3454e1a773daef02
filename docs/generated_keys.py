"""The page of the site with the keys of recipes: types and defaults from the models of the documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, get_args

import pydantic
import reference_rows
from reference_rows import Row

from benchsmith.documents import labels
from benchsmith.documents.recipe import Data, Recipe, Samples

TABLES: tuple[tuple[str, type[pydantic.BaseModel], int], ...] = (
    ("Recipe", Recipe, 0), ("Data, and each entry of also", Data, 1), ("Entry of samples", Samples, 2),
)  # fmt: skip
"""Documents, and the tables of the reference's section on recipes that explain their keys."""


def models() -> dict[str, type[pydantic.BaseModel]]:
    """Return the model of each annotation kind."""
    every: Iterable[type[pydantic.BaseModel]] = get_args(get_args(labels.Labels)[0])
    return {get_args(model.model_fields["kind"].annotation)[0]: model for model in every}


def page() -> str:
    """Return the page: every key with its type, its default and its meaning."""
    found = ["# Keys of recipes", "", "Made from the models that read the documents. The"]
    found += ["[reference](reference.md#recipe) has what belongs together, with examples.", ""]
    for title, model, number in TABLES:
        rows = reference_rows.keys("## Recipe", number)
        found += [f"## {title}", "", *_table(model, rows), ""]
    rows_of = reference_rows.kinds()
    for kind, model in models().items():
        found += [f"## {kind}", "", _linked(rows_of[kind][""].meaning), ""]
        found += [*_table(model, rows_of[kind]), ""]
    return "\n".join(found)


def _table(model: type[pydantic.BaseModel], rows: dict[str, Row]) -> Iterator[str]:
    properties = model.model_json_schema()
    yield from ("| key | type | default | meaning |", "| --- | --- | --- | --- |")
    for key, schema in properties["properties"].items():
        if key == "kind":
            continue
        said = rows[key]
        words = {"no": "none", "yes": "needed", "": "none"}.get(said.default, said.default)
        default = reference_rows.default(model, key) or words
        kind = typed(schema, properties.get("$defs", {}))
        yield f"| `{key}` | {kind} | {_cell(default)} | {_cell(_linked(said.meaning))} |"


def typed(schema: dict[str, Any], defs: dict[str, Any]) -> str:
    """Return the type that a JSON Schema states, in words.

    >>> typed({"anyOf": [{"const": "all"}, {"type": "array", "items": {"type": "integer"}}]}, {})
    '`all` or list of whole numbers'
    """
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return typed(defs[name], defs) if defs[name].get("type") != "object" else "mapping"
    if "anyOf" in schema or "oneOf" in schema:
        parts = [typed(one, defs) for one in schema.get("anyOf", schema.get("oneOf"))]
        return " or ".join(dict.fromkeys(part for part in parts if part != "nothing"))
    if "enum" in schema or "const" in schema:
        return " or ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    kind = schema.get("type", "")
    if kind == "array":
        inner = typed(schema.get("items", {}), defs)
        plural = {"whole number": "whole numbers", "number": "numbers", "text": "texts",
                  "mapping": "mappings"}  # fmt: skip
        return f"list of {plural.get(inner, inner)}" if inner else "list"
    names = {"string": "text", "integer": "whole number", "number": "number",
             "boolean": "`true` or `false`", "object": "mapping", "null": "nothing"}  # fmt: skip
    return names.get(kind, "")


def _linked(text: str) -> str:
    return re.sub(r"\]\(#", "](reference.md#", text)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
