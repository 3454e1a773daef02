"""What a message advises exists: every key with its value, every command, every document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

import pydantic
import pytest
import typer
import yaml

from benchsmith import cli
from benchsmith.core.reasons import REASONS
from benchsmith.documents.adoption import Adoption
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.labels import Labels
from benchsmith.documents.recipe import Recipe
from tests.paths import PROJECT
from tests.test_docs import commands

COMMANDS = {" ".join(words) for words, _ in commands(typer.main.get_command(cli.app))}
KINDS = get_args(get_args(Labels)[0])
"""The models of `labels` in a recipe."""


def models(model: Any) -> Iterator[type[pydantic.BaseModel]]:
    """Yield the models that a type consists of."""
    if isinstance(model, type) and issubclass(model, pydantic.BaseModel):
        yield model
    for part in get_args(model):
        yield from models(part)


def fields(names: list[str], tops: list[type[pydantic.BaseModel]]) -> list[Any]:
    """Return the types of a dotted key in documents; empty if no document has it."""
    found: list[Any] = []
    for top in tops:
        field = top.model_fields.get(names[0])
        if field is not None:
            kind = field.rebuild_annotation()
            found += fields(names[1:], list(models(kind))) if names[1:] else [kind]
    return found


def everywhere() -> list[type[pydantic.BaseModel]]:
    """Return every model of benchmarks and recipes: a hint may name a key without its section."""
    found: dict[type[pydantic.BaseModel], None] = {}
    waiting: list[type[pydantic.BaseModel]] = [Benchmark, Recipe, Adoption, *KINDS]
    while waiting:
        model = waiting.pop()
        if model not in found:
            found[model] = None
            for field in model.model_fields.values():
                waiting += models(field.annotation)
    return list(found)


@pytest.mark.parametrize("code", REASONS)
def test_a_reason_s_hint_names_what_exists(code: str) -> None:
    for quoted in re.findall(r"`([^`]+)`", REASONS[code].hint):
        if quoted.startswith("benchsmith "):
            words = " ".join(w for w in quoted.split()[1:] if w.islower())
            assert words in COMMANDS, quoted
        elif "/" in quoted and "{" not in quoted:
            assert (PROJECT / quoted).exists(), quoted
        elif "{" not in quoted:
            key, _, value = quoted.partition(": ")
            found = fields(key.split("."), everywhere())
            assert found, f"no document has the key `{key}`"
            if value:
                accepted = [kind for kind in found if _takes(kind, yaml.safe_load(value))]
                assert accepted, f"`{key}` takes no {value}"


def _takes(kind: Any, value: Any) -> bool:
    try:
        # as in a document a list is a tuple
        value = tuple(value) if isinstance(value, list) else value
        pydantic.TypeAdapter(kind).validate_python(value, strict=True)
    except pydantic.ValidationError:
        return False
    return True


def test_a_wrong_hint_would_be_found() -> None:
    assert not fields(["grids"], everywhere())
    assert not any(_takes(kind, "nearest") for kind in fields(["grid"], everywhere()))
    assert fields(["tolerate", "sources"], [Benchmark])
    assert not fields(["tolerate", "grid"], [Benchmark])


def test_every_command_in_a_message_exists() -> None:
    """Of all code: a command in backticks is one of the program's."""
    for path in sorted((PROJECT / "builder/benchsmith").rglob("*.py")):
        for quoted in re.findall(r"`benchsmith ([a-z][^`\"]*)`", path.read_text("utf-8")):
            words = quoted.split()
            start = [" ".join(words[:n]) for n in (1, 2)]
            assert any(s in COMMANDS for s in start), (path.name, quoted)
