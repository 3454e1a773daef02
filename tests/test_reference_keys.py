"""The keys in docs/reference.md are those of the code, kind by kind, with their defaults."""

from __future__ import annotations

import doctest
import importlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pydantic
import pytest

from tests.paths import PROJECT

DOCS = str(PROJECT / "docs")


@pytest.fixture(scope="module")
def made() -> Iterator[tuple[ModuleType, ModuleType]]:
    """Return the modules that read the reference's tables, and that make the page of keys."""
    sys.path.insert(0, DOCS)
    names = ("reference_rows", "generated_keys")
    rows, page = (importlib.import_module(name) for name in names)
    yield rows, page
    sys.path.remove(DOCS)


Made = tuple[Any, Any]


def test_every_kind_has_its_keys_and_defaults_in_the_reference(made: Made) -> None:
    rows, page = made
    models, said = page.models(), rows.kinds()
    assert set(models) == set(said)
    found = [d for kind, model in models.items() for d in rows.differences(kind, model, said[kind])]
    assert found == []


def test_a_row_that_is_wrong_or_missing_is_found(made: Made) -> None:
    class Model(pydantic.BaseModel):
        file: str
        form: str = "auto"
        label: str | None = None

    rows, _ = made
    said = {
        "file": rows.Row("none", "a path"),
        "label": rows.Row("`x`", ""),
        "gone": rows.Row("", ""),
    }
    assert list(rows.differences("k", Model, said)) == [
        "k: `form` is missing",
        "k: there is no `gone`",
        "k: the default of `file` is needed, not none",
        "k: `label` has no meaning",
        "k: `label` has no default, not `x`",
    ]


def test_the_tables_of_a_recipe_say_which_keys_are_needed(made: Made) -> None:
    rows, page = made
    for title, model, number in page.TABLES:
        said = rows.keys("## Recipe", number)
        assert set(said) == set(model.model_fields), title
        for key, field in model.model_fields.items():
            assert (said[key].default == "yes") == field.is_required(), (title, key)


def test_the_page_of_keys_has_each_of_them_with_its_type(made: Made) -> None:
    rows, page = made
    text = page.page()
    for kind, model in page.models().items():
        section = text.partition(f"\n## {kind}\n")[2].partition("\n## ")[0]
        table = [rows.cells(line) for line in section.splitlines() if line.startswith("| `")]
        assert [line[0] for line in table] == [
            f"`{key}`" for key in model.model_fields if key != "kind"
        ]
        assert all(all(line) for line in table), kind
    assert "| `use` | `auto` or `segmentation` or `bbox` | `auto` |" in text
    assert "(#" not in text, "links lead to the reference"


def test_its_examples_are_true(made: Made) -> None:
    for module in made:
        assert doctest.testmod(module).failed == 0
