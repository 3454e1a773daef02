"""Every example of docs/recipes.md reads the files that it describes, without a fault."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from benchsmith import plugins
from benchsmith.core.reasons import REASONS
from benchsmith.documents import recipe
from benchsmith.documents.benchmark import Slices
from benchsmith.documents.labels import Labels
from benchsmith.documents.problems import Problems
from benchsmith.stages.ingest import ingest
from benchsmith.stages.list_units import list_units
from tests import backwards
from tests.paths import PROJECT
from tests.test_hints import models
from tests.test_ingest import HEAD

PAGE = (PROJECT / "docs/recipes.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```yaml\n(- images:.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
NAMES = [f"{n}-{e.split('kind: ')[1].split(chr(10))[0]}" for n, e in enumerate(EXAMPLES)]


@pytest.mark.parametrize("example", EXAMPLES, ids=NAMES)
def test_an_example_run_backwards_reads_what_it_wrote(tmp_path: Path, example: str) -> None:
    folder = tmp_path / "source"
    (folder / "data").mkdir(parents=True)
    indented = "".join(f"  {line}\n" for line in example.splitlines())
    (folder / "recipe.yaml").write_text(HEAD + indented)
    problems = Problems(folder)
    source = recipe.collect(folder, problems)
    assert source is not None, problems.found
    roots = backwards.write(source, tmp_path / "files", ["liver", "spleen", "kidney"])
    readers = plugins.readers()
    units, rejected = list_units(source, roots, readers)
    assert units and not [r for r in rejected if REASONS[r.reason].fault], rejected
    for unit in units:
        result = ingest(unit, Slices(), readers)
        assert not [r for r in result.rejected if REASONS[r.reason].fault], result.rejected
        assert result.findings, f"{unit.sample} gave nothing"


def test_every_key_of_these_layouts_has_an_example() -> None:
    """A key that no example shows is not run backwards."""
    used = set()
    for example in EXAMPLES:
        (entry,) = YAML(typ="safe").load(example)
        used |= set(entry) | {key for labels in entry["labels"] for key in labels}
        used |= {labels["kind"] for labels in entry["labels"]}
    assert used >= {
        "spacing_mm", "variable", "row", "rows_at", "other_rows", "resize", "part", "names_file",
        "mask_at", "left", "top", "starts", "agree", "by", "attribute", "silent", "parts",
        "labelme", "via", "lidc", "mask-files",
    }  # fmt: skip
    assert {m.__name__ for m in models(Labels)} >= {"LabelMe", "Via", "Lidc", "MaskFiles"}
