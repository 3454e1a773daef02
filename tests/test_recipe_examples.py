"""The examples of the documentation are recipes, the table of layouts is true, and the schema holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from ruamel.yaml import YAML

from benchsmith import plugins
from benchsmith.core.absent_labels import ANY_LABEL
from benchsmith.core.reasons import REASONS
from benchsmith.documents.benchmark import Slices
from benchsmith.documents.labels import Labels, Made, Marks, Objects, Table, one
from benchsmith.documents.labels.merged import OfReader
from benchsmith.documents.recipe import Data, Recipe, Samples, Source
from benchsmith.drafting.recipes.trial import _tuples
from benchsmith.stages.ingest import ingest
from benchsmith.stages.list_units import list_units
from tests import backwards
from tests.conftest import PROJECT, Project
from tests.label_entries import parsed
from tests.paths import PROJECT as HOME

REFERENCE = (HOME / "docs/reference.md").read_text("utf-8")
LAYOUTS = (HOME / "docs/recipes.md").read_text("utf-8")
KINDS = {
    kind.model_fields["kind"].annotation.__args__[0]: kind for kind in get_args(get_args(Labels)[0])
}
OF_READERS = {
    kind.model_fields["kind"].annotation.__args__[0] for kind in get_args(get_args(OfReader)[0])
}


def examples(text: str) -> Iterator[dict[str, Any]]:
    """Yield the entries of `labels` in the YAML blocks of a page."""
    for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL):
        tree = YAML(typ="safe").load(block)
        for entry in tree if isinstance(tree, list) else []:
            if isinstance(entry, dict) and "kind" in entry:
                yield entry


SHOWN = [*examples(REFERENCE), *examples(LAYOUTS)]


@pytest.mark.parametrize("entry", SHOWN, ids=lambda e: f"{e['kind']}-{','.join(e)}"[:60])
def test_an_example_is_a_sound_entry(entry: dict[str, Any]) -> None:
    parsed(_tuples(entry), strict=True)


WRITTEN = [e for e in SHOWN if (e.get("of") or e)["kind"] not in ("dicom-seg", "rtstruct", "lidc")]
"""Examples of kinds that `backwards` writes beside a picture or a file of a volume."""


@pytest.mark.parametrize("entry", WRITTEN, ids=lambda e: f"{e['kind']}-{','.join(e)}"[:60])
def test_an_example_run_backwards_is_read(entry: dict[str, Any], tmp_path: Path) -> None:
    """Every label that its miniature marks or lists is read without a fault."""
    labels = parsed(_tuples(entry), strict=True)
    of = one(labels)
    ending = ".nii.gz" if getattr(of, "file", "").endswith(".nii.gz") else ".png"
    folder = "{patient}/" if "{patient}" in getattr(of, "file", "") else ""
    images = f"pictures/{folder}{{key}}{ending}"
    samples = Samples(images=images, modality="ct", labels=(labels,))
    recipe = Recipe(
        title="t", version="1", homepage="https://example.org", licence="mit", citation="none",
        labels_are="manual", verified=True, data=Data(path="data"), samples=(samples,),
    )  # fmt: skip
    source = Source("set", tmp_path, tmp_path / "recipe.yaml", recipe)
    roots = backwards.write(source, tmp_path / "miniature", ["liver", "spleen", "kidney"])
    readers = plugins.readers()
    units, refused = list_units(source, roots, readers)
    assert len(units) == 2
    assert not [r for r in refused if REASONS[r.reason].fault]
    for unit in units:
        result = ingest(unit, Slices(min_share=0.0), readers)
        assert not [r for r in result.rejected if REASONS[r.reason].fault], result.rejected
        found = {f.raw for f in result.findings}
        made = set(getattr(of, "made", {}))
        if getattr(of, "only_selects", False):
            assert not found
        else:
            assert found and made <= found
        if getattr(of, "nothing", None):
            assert {f.group for f in result.findings if f.kind == "image"} == {of.group}
        if getattr(of, "ignore", None) and -1 not in of.ignore:
            assert {ANY_LABEL, *found} & set(result.findings[0].searched.unknown)


def test_every_new_key_has_an_example_of_each_kind() -> None:
    keys = {
        "union": Made, "minus": Made, "objects": Objects, "smallest_px": Objects, "nothing": Marks,
        "where": Table,
    }  # fmt: skip
    wanted = {
        (k, kind) for k, base in keys.items() for kind, m in KINDS.items() if issubclass(m, base)
    }
    wanted |= {
        (k, kind) for k in ("ignore", "fill") for kind, m in KINDS.items() if k in m.model_fields
    }
    wanted |= {("of", kind) for kind in OF_READERS} | {("label", "constant")}
    shown = {(key, e["of"]["kind"] if key == "of" else e["kind"]) for e in SHOWN for key in e}
    assert not sorted(wanted - shown)


def test_the_table_of_layouts_names_tests_and_recipes_that_exist() -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", LAYOUTS, re.MULTILINE)[2:]
    assert len(rows) >= 20
    sources = {p.parent.name for p in (PROJECT / "raw_sources").glob("*/recipe.yaml")}
    keys = set(re.findall(r"`([a-z_]+)`", REFERENCE))
    for layout, recipe, how in rows:
        for word in re.findall(r"`([^`]+)`", recipe):
            known = word in sources or word in keys or set(word) & set(":{")
            assert known or word in KINDS, f"{layout}: {word}"
        for test in re.findall(r"`([^`]+)`", how):
            file, _, function = test.partition("::")
            text = (Path(__file__).parent / file).read_text("utf-8")
            assert not function or f"def {function}(" in text, test


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Project(HOME).run("check", "--schema"))
    jsonschema.Draft202012Validator.check_schema(found)
    return found


def plain(tree: Any) -> Any:
    """Return a tree as JSON has it: keys are text."""
    return json.loads(json.dumps(tree))


def test_every_shipped_recipe_fits_the_schema(schema: dict[str, Any]) -> None:
    validator = jsonschema.Draft202012Validator(schema)
    paths = sorted((PROJECT / "raw_sources").glob("*/recipe.yaml"))
    assert len(paths) > 100
    for path in paths:
        tree = plain(YAML(typ="safe").load(path.read_text("utf-8")))
        faults = [f.message for f in validator.iter_errors(tree)]
        assert not faults, (path, faults[:3])


@pytest.mark.parametrize("entry", SHOWN, ids=lambda e: f"{e['kind']}-{','.join(e)}"[:60])
def test_every_example_fits_the_schema_and_a_misspelt_key_does_not(
    schema: dict[str, Any], entry: dict[str, Any]
) -> None:
    one = {"$defs": schema["$defs"], **schema["$defs"]["Samples"]["properties"]["labels"]["items"]}
    validator = jsonschema.Draft202012Validator(one)
    assert validator.is_valid(plain(entry))
    assert not validator.is_valid(plain({**entry, "unoin": 1}))
