"""Puts a person's answers into a drafted recipe, and turns its open lines into decided ones."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from benchsmith.documents import text_file
from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.documents.recipe import UNDECIDED
from benchsmith.drafting.recipes.recipe_text import scalar

TAKEN = "# as drafted:"
"""Begins the comment of a line that was taken over from the draft without a change."""
_LINE = re.compile(r"(\s*(?:- )?)([a-z_]+):(?: (.*))?")


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line of a drafted recipe that is to be decided."""

    number: int
    key: str
    value: str
    """Its value as it stands in the file; empty if values follow in lines of their own."""
    why: str


@dataclass(frozen=True, slots=True)
class Answers:
    """A person's decisions: values by key, and words by the drafted words that they replace."""

    values: Mapping[str, str]
    """Such as ``{"licence": "cc0-1.0"}``; they replace the values of all open lines of this key."""
    words: Mapping[str, str]
    """Names of values, colours and codes: ``{"1": "liver"}``."""


def open_lines(path: Path) -> list[OpenLine]:
    """Return the lines of a recipe that are to be decided."""
    found = []
    for number, line in enumerate(text_file.lines(path), start=1):
        match = _parts(line)
        if match is not None:
            _, key, value, why = match
            found.append(OpenLine(number, key, value, why))
    return found


def open_labels(lines: Sequence[OpenLine]) -> list[str]:
    """Return the drafted words for the things that masks or boxes mark, or that groups of pictures show."""
    return list(dict.fromkeys(line.value.strip('"') for line in lines if line.key == "label"))


def several_open(labels: Sequence[str]) -> DocumentError:
    """Return the error for a single label given to a draft with several undecided ones."""
    shown = ",".join(f"{word}=NAME" for word in labels)
    what = f"`--label` is one word, and the draft leaves several open: {', '.join(labels)}"
    return DocumentError([Problem.without_place(what, f"use `--names {shown}`")])


def open_words(path: Path) -> dict[str, str]:
    """Return everything without a decided name: each value, colour or code with its drafted name.

    This includes words for what masks mark if there are several, since one answer cannot hold for all.
    """
    lines = text_file.lines(path)
    labels = open_labels(open_lines(path))
    found = {word: word for word in labels} if len(labels) > 1 else {}
    for number, line in enumerate(lines):
        match = _parts(line)
        if match is not None and match[1] in ("names", "values"):
            found.update(dict(_below(lines, number)))
    return found


def decide(path: Path, answers: Answers) -> list[str]:
    """Write the answers into a recipe; return the lines that were taken as drafted, in words."""
    lines = text_file.lines(path)
    taken = []
    below: dict[int, str] = {}
    renamed: dict[str, str] = {}
    for number, line in enumerate(lines):
        if number in below:
            lines[number] = below[number]
            continue
        match = _parts(line)
        if match is None:
            continue
        lead, key, value, why = match
        if key in answers.values:
            lines[number] = f"{lead}{key}: {_written(key, answers.values[key])}"
            continue
        named = 0
        if key == "label" and (label := answers.words.get(value.strip('"'), "")):
            lines[number] = f"{lead}{key}: {scalar(label)}"
            continue
        if key in ("names", "values"):
            for at, (word, name) in enumerate(_below(lines, number), start=number + 1):
                new = answers.words.get(word, "")
                named += bool(new)
                renamed[name] = new or name
                indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
                own = lines[at].strip().partition(": ")[0]
                below[at] = f"{indent}{own}: {scalar(new or name)}"
        rest = f"{lead}{key}: {value}".rstrip()
        if named:
            lines[number] = rest
        else:
            lines[number] = f"{rest}  {TAKEN} {why}"
            taken.append(f"{key}: {value or 'see below'} - {why}")
    # at once: on a full disk the recipe would be lost
    scratch = path.with_name(f".{path.name}.new")
    scratch.write_text("\n".join(_unions(lines, renamed)) + "\n", encoding="utf-8", newline="\n")
    os.replace(scratch, path)
    return taken


def _unions(lines: list[str], renamed: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines with the new names in the rows of `union`, which repeat the drafted ones."""
    inside = ""
    for line in lines:
        indent = line[: len(line) - len(line.lstrip())]
        if inside and len(indent) <= len(inside):
            inside = ""
        if inside:
            ((whole, parts),) = YAML(typ="safe").load(line).items()
            new = {renamed.get(whole, whole): [renamed.get(p, p) for p in parts]}
            yield indent + scalar(new)[1:-1]
        else:
            yield line
        if line.strip() == "union:":
            inside = indent


def _written(key: str, value: str) -> str:
    """Return a value as YAML: `true` and `false` stay YAML booleans, everything else is text."""
    return value if key == "exhaustive" else scalar(value)


def _parts(line: str) -> tuple[str, str, str, str] | None:
    """Return indent, key, value and reason of an open line."""
    before, mark, why = line.partition(UNDECIDED)
    match = _LINE.fullmatch(before.rstrip()) if mark and not before.startswith("#") else None
    if match is None:
        return None
    return match[1], match[2], match[3] or "", why.strip()


def _below(lines: list[str], number: int) -> list[tuple[str, str]]:
    """Return the words and names in the lines below a key, without quotes."""
    found = []
    key_indent = len(lines[number]) - len(lines[number].lstrip(" -"))
    for line in lines[number + 1 :]:
        if len(line) - len(line.lstrip()) <= key_indent:
            break
        word, _, name = line.strip().partition(": ")
        found.append((word.strip('"'), name.strip('"')))
    return found
