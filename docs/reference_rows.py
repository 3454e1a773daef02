"""Reads the tables of keys in `reference.md`, and compares them with the models of the documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pydantic

REFERENCE = Path(__file__).with_name("reference.md")
ABOVE = "as above"
_CODE = re.compile(r"`([^`]+)`")


class Row(NamedTuple):
    """What the reference says of one key."""

    default: str
    meaning: str


def section(title: str) -> str:
    """Return the text of a section of the reference, up to the next of its level or above."""
    body = REFERENCE.read_text("utf-8").partition(f"\n{title}\n")[2]
    level = title.partition(" ")[0]
    return re.split(rf"^#{{2,{len(level)}}} ", body, maxsplit=1, flags=re.MULTILINE)[0]


def cells(line: str) -> list[str]:
    r"""Return the cells of a row of a table; a bar behind a backslash is text.

    >>> cells(r"| `a` | one \| two |")
    ['`a`', 'one | two']
    """
    parts = re.split(r"(?<!\\)\|", line.strip().strip("|"))
    return [part.strip().replace("\\|", "|") for part in parts]


def kinds() -> dict[str, dict[str, Row]]:
    """Return the rows of the annotation kinds by kind and key.

    A row `as above` has the default and the meaning of the first row of this key.
    """
    found: dict[str, dict[str, Row]] = {}
    first: dict[str, Row] = {}
    kind = ""
    for line in section("## Annotation kinds").splitlines():
        row = cells(line)
        if len(row) != 4 or row[0] in ("kind", "---"):
            continue
        if row[0]:
            kind = row[0].strip("`")
            found[kind] = {"": Row("", row[3])}
        for key in _CODE.findall(row[1]):
            known = first.get(key, Row("", ""))
            own = Row(row[2], row[3])
            if row[2] == ABOVE or row[3] == ABOVE:
                meaning = (
                    f"{known.meaning}; {row[3]}" if row[3] not in ("", ABOVE) else known.meaning
                )
                own = Row(known.default if row[2] == ABOVE else row[2], meaning)
            found[kind][key] = own
            first.setdefault(key, own)
    return found


def keys(title: str, number: int = 0) -> dict[str, Row]:
    """Return the rows of one table of a section, by key; `needed` or the default, and the meaning."""
    tables = re.findall(r"^\| key \|.*\n\|[- |]+\n((?:\|.*\n)+)", section(title), re.MULTILINE)
    rows = [cells(line) for line in tables[number].splitlines()]
    return {key: Row(row[1], row[2]) for row in rows for key in _CODE.findall(row[0])}


def default(model: type[pydantic.BaseModel], key: str) -> str | None:
    """Return how the reference writes the default of a key, `needed` if it has none.

    None for a default that is best said in words: nothing, or what another key says.
    """
    field = model.model_fields[key]
    if field.is_required():
        return "needed"
    value = field.get_default(call_default_factory=True)
    if value is None or value in ((), {}, "") or isinstance(value, pydantic.BaseModel):
        return None
    return f"`{written(value)}`"


def written(value: Any) -> str:
    """Return a value as YAML on one line.

    >>> written((0,)), written(("", "-1")), written(False), written(0.0)
    ('[0]', '["", "-1"]', 'false', '0')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{v}"' if isinstance(v, str) else written(v) for v in value) + "]"
    return str(value)


def differences(kind: str, model: type[pydantic.BaseModel], rows: dict[str, Row]) -> Iterator[str]:
    """Yield where the rows of a kind differ from its model: keys and defaults."""
    fields = set(model.model_fields) - {"kind"}
    for key in sorted(fields - set(rows)):
        yield f"{kind}: `{key}` is missing"
    for key in sorted(set(rows) - fields - {""}):
        yield f"{kind}: there is no `{key}`"
    for key in sorted(fields & set(rows)):
        value, said = default(model, key), rows[key].default
        literal = said == "needed" or said.startswith("`")
        if not rows[key].meaning:
            yield f"{kind}: `{key}` has no meaning"
        if value is not None and said != value:
            yield f"{kind}: the default of `{key}` is {value}, not {said}"
        elif value is None and literal and said not in ("`[]`", "`field`"):
            yield f"{kind}: `{key}` has no default, not {said}"
