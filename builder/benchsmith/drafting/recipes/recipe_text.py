"""Writes a draft as a recipe; lines that a person must decide end in a comment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from benchsmith.documents.recipe import UNDECIDED
from benchsmith.drafting.recipes.proposal import Labels, Samples

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./ -]*[A-Za-z0-9_./]|[A-Za-z_]")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "none"}


def text(title: str, samples: list[Samples], comments: list[str]) -> str:
    """Return the text of `recipe.yaml`; `comments` are at its top."""
    lines = [f"# {_one_line(c)}" for c in comments]
    predicted = any(labels.predicted for entry in samples for labels in entry.labels)
    made = "model-output" if predicted else "manual"
    lines += [
        f"title: {scalar(title)}",
        'version: "1"' + _why("which version of the data is this?"),
        "homepage: https://example.org" + _why("where does the data come from?"),
        'licence: ""' + _why("an id of lexicon/licences.tsv: `benchsmith check` lists the nearest"),
        "citation: unknown" + _why("how is the data cited?"),
        f"labels_are: {made}"
        + _why("manual, atlas, model-output, derived, metadata or synthetic?"),
        "verified: false",
        "data: {path: data}",
        "samples:",
    ]
    for entry in samples:
        lines += _samples(entry)
    return "\n".join(lines) + "\n"


def _samples(entry: Samples) -> Iterator[str]:
    plain = entry.plain()
    labels = plain.pop("labels")
    lead = "  - "
    for key, value in plain.items():
        if key == "about":
            yield f"{lead}about:"
            for name, cell in value.items():
                yield f"      {name}: {scalar(cell)}"
        else:
            yield f"{lead}{key}: {scalar(value)}" + _why(entry.decide.get(key, ""))
        lead = "    "
    yield "    labels:"
    for drafted, keys in zip(entry.labels, labels, strict=True):
        yield from _labels(drafted, keys)


def _labels(entry: Labels, keys: Mapping[str, Any]) -> Iterator[str]:
    lead = "      - "
    for key, value in keys.items():
        why = entry.decide.get(key, "")
        if key == "kind" and entry.unsure:
            why = entry.unsure
        if isinstance(value, Mapping):
            yield f"{lead}{key}:{_why(why)}"
            for name, label in value.items():
                inner = _why(entry.decide.get(f"{key}.{name}", ""))
                yield f"          {scalar(name)}: {scalar(label)}{inner}"
        else:
            yield f"{lead}{key}: {scalar(value)}{_why(why)}"
        lead = "        "
    for other in entry.otherwise:
        yield f"        # or, if {_one_line(other.unsure)}: {_one_line(changes(entry, other))}"


def changes(entry: Labels, other: Labels) -> str:
    """Return the keys that another entry has instead, as YAML on one line."""
    ours, theirs = entry.one, other.one
    new = [f"{k}: {scalar(v)}" for k, v in theirs.items() if k not in ours or ours[k] != v]
    gone = [f"no {k}" for k in ours if k not in theirs and entry.keys["kind"] == other.keys["kind"]]
    return ", ".join(new + gone)


def _why(why: str) -> str:
    return f"  {UNDECIDED} {_one_line(why)}" if why else ""


def _one_line(value: str) -> str:
    return "".join(c if c.isprintable() else " " for c in value)


def scalar(value: Any) -> str:
    """Return a value as YAML on one line.

    >>> scalar("{a}.png"), scalar("liver"), scalar([1, "no"]), scalar(True)
    ('"{a}.png"', 'liver', '[1, "no"]', 'true')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(scalar(v) for v in value) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(k)}: {scalar(v)}" for k, v in value.items()) + "}"
    whole = str(value)
    if _PLAIN.fullmatch(whole) and whole.lower() not in _WORDS and "  " not in whole:
        return whole
    return json.dumps(whole, ensure_ascii=False)
