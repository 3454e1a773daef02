"""What any message of the code advises exists, and exists for the kind of labels it is about."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import typer
import yaml

from benchsmith import cli
from benchsmith.annotations import KINDS as READERS
from benchsmith.core.reasons import REASONS
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.recipe import Recipe, Samples
from tests.paths import PROJECT
from tests.test_docs import commands
from tests.test_hints import KINDS, _takes, everywhere, fields

PACKAGE = PROJECT / "builder/benchsmith"
OPTIONS = {
    option
    for _, command in commands(typer.main.get_command(cli.app))
    for parameter in command.params
    for option in (*parameter.opts, *parameter.secondary_opts)
}
NO_KEY = {
    "o": "a key to press", "adults": "a value", "bounds": "a column", "_": "a column", "margin": "a column", "explorer": "an export", "parquet": "an export",
    "search": "a value", "ocr": "an extra of the package", "datasets": "an extra of the package", "both": "a text of an option",
    "unknown": "a text of an option", "other": "a text of an option", "normal": "a label",
    "drop": "a relation", "plan": "a command", "time": "a column", "rehydrate": "an export",
    "solved": "a column", "asked": "a column", "low": "a column", "high": "a column",
    "reason": "a column", "signed_by": "a key of stems",
    "refused": "a folder of drafts", "reviewed_by": "a column",
    "text": "a column", "features": "a column", "all": "a split", "one": "a value",
    "concept": "a column", "bound": "a column", "unsaid": "a column", "save_pretrained": "a function", "attribution": "an export",
    "validity": "an export", "provenance.parquet": "a file",
    "nc": "a key of YOLO's data.yaml",
}  # fmt: skip
"""Words in backticks of messages that are not keys, and what they are."""
ROOM = "benchsmith.annotations."
OTHER_PROGRAMS = {"--help", "--nthreads", "--version", "--upgrade"}
ENTRY_OF = {
    kind.model_fields["kind"].annotation.__args__[0]: kind  # type: ignore[union-attr]
    for kind in KINDS
}


@cache
def texts(path: Path) -> list[str]:
    """Return the strings of a module, without docstrings; what is filled in is `{}`."""
    return list(_texts(path))


def _texts(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text("utf-8"))
    inner: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inner.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            inner |= {id(part) for part in node.values}
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
            )
        elif isinstance(node, ast.Constant) and id(node) not in inner:
            yield node.value if isinstance(node.value, str) else ""


def quoted(path: Path) -> Iterator[tuple[str, str]]:
    """Yield key and value (or an empty string) of each key in backticks in a module's messages."""
    for text in texts(path):
        for words in re.findall(r"`([^`]+)`", text):
            found = re.fullmatch(r"([a-z_]+(?:\.[a-z_]+)*)(?:: (.+))?", words)
            if found:
                yield found[1], found[2] or ""


def test_every_key_in_a_message_is_a_key_of_a_document() -> None:
    models, met = everywhere(), set()
    for path in sorted(PACKAGE.rglob("*.py")):
        for key, value in quoted(path):
            found = fields(key.split("."), models)
            if not found:
                assert key in NO_KEY, f"{path.name}: no document has the key `{key}`"
                met.add(key)
            elif value and "{" not in value and "..." not in value:
                fits = any(_takes(kind, yaml.safe_load(value)) for kind in found)
                assert fits, f"{path.name}: `{key}` takes no {value}"
    assert met == NO_KEY.keys(), "words that no message has any more"


def test_every_option_in_a_message_is_one_of_a_command() -> None:
    seen: set[str] = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        for text in texts(path):
            for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", text):
                assert option in OPTIONS | OTHER_PROGRAMS, f"{path.name}: {option}"
                seen.add(option)
    assert len(seen) > 20


@cache
def definitions(module: str) -> dict[str, tuple[str, ast.AST]]:
    """Return what a name means in a module of `annotations`: its module and its definition."""
    tree = ast.parse((PACKAGE / "annotations" / f"{module}.py").read_text("utf-8"))
    found: dict[str, tuple[str, ast.AST]] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = module, node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = module, node
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(ROOM):
            other = definitions(str(node.module).removeprefix(ROOM))
            found |= {a.name: other[a.name] for a in node.names}
    return found


def reasons_of(place: str) -> set[str]:
    """Return the reasons in all definitions of `annotations` that a reader uses."""
    module, function = place.split(":")
    waiting, done = [(module, function)], set()
    codes: set[str] = set()
    while waiting:
        at = waiting.pop()
        if at in done:
            continue
        done.add(at)
        known = definitions(at[0])
        home, node = known[at[1]]
        for one in ast.walk(node):
            if isinstance(one, ast.Constant) and one.value in REASONS:
                codes.add(one.value)
            elif isinstance(one, ast.Name) and one.id in known:
                waiting.append((known[one.id][0], one.id))
        if home != at[0]:
            waiting.append((home, at[1]))
    return codes


def test_what_a_reader_advises_is_a_key_of_the_kind_that_it_reads() -> None:
    """Its own module's messages, and the hints of the reasons that it gives."""
    shared = [Samples, Recipe, Benchmark]
    wrong = []
    for kind, place in READERS.items():
        own = PACKAGE / "annotations" / f"{place.split(':')[0]}.py"
        kinds = [ENTRY_OF[k] for k, p in READERS.items() if p.split(":")[0] == own.stem]
        for key, _ in quoted(own):
            if key not in NO_KEY and not fields(key.split("."), [*kinds, *shared]):
                wrong.append(f"{kind}: its reader advises `{key}`")
        wrong += [
            f"{kind}: `{code}` advises `{words}`"
            for code in sorted(reasons_of(place))
            for words in re.findall(r"`([a-z_.]+)(?:: [^`]*)?`", REASONS[code].hint)
            if not fields(words.split("."), [ENTRY_OF[kind], *shared])
        ]
    assert "outline-mask" in reasons_of(READERS["masks"])
    assert "box-unsound" in reasons_of(READERS["coco"]), "two modules away"
    assert not wrong, "\n".join(wrong)
