"""Each export is read by the other side's own library, and says what the stages said."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

import datasets
import pandas as pd
import PIL.Image
import pyarrow.parquet as pq
import pytest
from ruamel.yaml import YAML

from benchsmith.exporters.vlmevalkit import NO_BREAK
from tests.conftest import Project


@pytest.fixture(scope="module")
def cases(built: Project) -> list[dict[str, Any]]:
    folder = built.release / "data"
    return [
        row for path in sorted(folder.glob("*.parquet")) for row in pq.read_table(path).to_pylist()
    ]


def test_datasets_opens_the_release_by_split_with_typed_features(
    built: Project, tmp_path: Path
) -> None:
    loaded = datasets.load_dataset(str(built.release), cache_dir=str(tmp_path))
    assert set(loaded) == {"val", "test"}
    features = loaded["test"].features
    assert isinstance(features["image"], datasets.Image)
    assert isinstance(features["options"], datasets.List)
    row = loaded["test"][0]
    assert isinstance(row["image"], PIL.Image.Image)
    assert row["image"].mode == "RGB"
    assert row["answer"] in "ABCDE"[: len(row["options"])]
    manifest = json.loads((built.release / "manifest.json").read_text())
    assert {s: loaded[s].num_rows for s in loaded} == manifest["cases"]


def test_every_case_has_one_true_option_and_a_lawful_number(cases: list[dict[str, Any]]) -> None:
    for case in cases:
        options = case["options"]
        assert len(set(options)) == len(options)
        assert 2 <= len(options) <= 5
        assert options["ABCDE".index(case["answer"])] == case["label"]


def test_the_question_carries_modality_and_no_placeholder(cases: list[dict[str, Any]]) -> None:
    for case in cases:
        assert case["modality"] in case["question"]
        assert "<" not in case["question"]
        assert case["question"].endswith("?")


def test_no_patient_is_on_both_sides(built: Project) -> None:
    sides: dict[str, set[str]] = {}
    rows = pq.read_table(built.release / "provenance.parquet").to_pylist()
    split = {}
    for path in (built.release / "data").glob("*.parquet"):
        for row in pq.read_table(path, columns=["id", "split", "target"]).to_pylist():
            split[row["id"]] = row["split"]
    for row in rows:
        sides.setdefault(row["patient"], set()).add(split[row["id"]])
    assert sides and all(len(s) == 1 for s in sides.values())
    assert set(split) == {row["id"] for row in rows}


def test_vlmevalkit_file_has_exactly_its_columns(
    built: Project, cases: list[dict[str, Any]]
) -> None:
    by_question = Counter((c["question"], c["label"], c["split"]) for c in cases)
    found: Counter[tuple[str, str, str]] = Counter()
    for split in ("val", "test"):
        path = built.release / f"vlmevalkit/small_{split.upper()}.tsv"
        table = pd.read_csv(path, sep="\t")
        assert list(table.columns) == [
            "index",
            "image",
            "question",
            "A",
            "B",
            "C",
            "D",
            "E",
            "answer",
            "category",
            "clinical VQA task",
            "department",
            "perceptual granularity",
            "modality",
            "original task",
            "label",
            "id",
        ]
        assert table["index"].is_unique
        assert "mmbench" not in path.name.lower()
        for row in table.to_dict("records"):
            picture = PIL.Image.open(BytesIO(base64.b64decode(row["image"])))
            assert max(picture.size) == 96
            assert row[row["answer"]] == row["label"]
            assert row["category"] == row["clinical VQA task"]  # what VLMEvalKit reports by
            found[row["question"], row["label"].rstrip(NO_BREAK), split] += 1
    assert found == by_question


def test_the_card_states_what_the_audit_found(built: Project) -> None:
    found = json.loads((built.release / "validity.json").read_text())
    text = (built.release / "README.md").read_text()
    rows = re.findall(r"^\| (FAIL|NOT RUN|WARN) \| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    loud = [(c["outcome"], c["asks"], c["says"].replace("|", "\\|")) for c in found["checks"]
            if c["outcome"] in ("FAIL", "NOT RUN", "WARN")]  # fmt: skip
    assert sorted(rows) == sorted(loud) and loud
    assert f"{len(found['checks'])} checks" in text
    assert f"{found['outcomes']['PASS']} PASS" in text


def test_provenance_leads_back_to_the_file(built: Project) -> None:
    """The digest of the image file, and the mask's pixel count, are those of the real files."""
    import nibabel as nib
    import numpy as np

    rows = pq.read_table(built.release / "provenance.parquet").to_pylist()
    data = built.folder / "raw_sources/abdomen/data"
    files = {hashlib.sha256(p.read_bytes()).hexdigest(): p for p in (data / "images").iterdir()}
    checked = 0
    for row in rows:
        if row["source"] != "abdomen":
            continue
        path = files[row["image_sha256"]]
        labels = np.asarray(nib.load(data / "labels" / path.name).dataobj)
        z_y_x = labels.transpose(2, 1, 0)
        axis = {"axial": 0, "coronal": 1, "sagittal": 2}[row["axis"]]
        plane = np.take(z_y_x, row["plane_index"], axis=axis)
        assert (plane == row["mask_value"]).sum() == row["area_px"]
        assert row["area_mm2"] == pytest.approx(row["area_px"] * {0: 2.25, 1: 3.0, 2: 3.0}[axis])
        checked += 1
    assert checked > 50


def test_no_name_of_a_file_or_a_person_is_published(built: Project) -> None:
    rows = pq.read_table(built.release / "provenance.parquet").to_pylist()
    text = json.dumps([{k: v for k, v in r.items() if k != "decided_at"} for r in rows])
    assert "person" not in text and "images/" not in text and ".nii" not in text


def test_the_card_has_a_valid_header(built: Project) -> None:
    text = (built.release / "README.md").read_text()
    header = YAML(typ="safe").load(re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)[1])  # type: ignore[index]
    assert header["license"] == "cc0-1.0"
    assert header["configs"][0]["config_name"] == "all"
    assert header["configs"][0]["default"] is True
    from huggingface_hub import DatasetCard

    card = DatasetCard(text)
    assert card.data.task_categories == ["visual-question-answering", "multiple-choice"]
    assert "None" not in text and "{{" not in text


def test_attribution_names_every_source_that_is_used(
    built: Project, cases: list[dict[str, Any]]
) -> None:
    with (built.release / "ATTRIBUTION.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert {r["source"]: int(r["cases"]) for r in rows} == Counter(c["source"] for c in cases)
    assert all(r["licence"] and r["citation"] for r in rows)


def test_the_report_is_self_contained_and_shows_enough(built: Project) -> None:
    text = (built.release / "report.html").read_text()
    assert len(re.findall(r'<article class="case">', text)) >= 24
    assert not re.findall(r'(?:src|href)="(?!data:|#)', text)
    assert "<script" not in text
    manifest = json.loads((built.release / "manifest.json").read_text())
    for reasons in manifest["rejected"].values():
        for reason in reasons:
            assert reason in text


def test_what_was_left_out_is_listed_beside_the_release(built: Project) -> None:
    with (built.folder / "output/small/left_out.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    manifest = json.loads((built.release / "manifest.json").read_text())
    counts = Counter((r["stage"], r["reason"]) for r in rows)
    assert counts == {
        (stage, reason): n
        for stage, reasons in manifest["rejected"].items()
        for reason, n in reasons.items()
    }


def test_the_manifest_has_the_digest_of_every_file(built: Project) -> None:
    manifest = json.loads((built.release / "manifest.json").read_text())
    files = {n: hashlib.sha256(d).hexdigest() for n, d in built.bytes_of_release().items()}
    del files["manifest.json"]
    assert manifest["files"] == files


def test_hostile_words_stay_words(project: Project) -> None:
    """A label of HTML is shown as text in the report."""
    path = project.folder / "lexicon/tree/label.tsv"
    path.write_text(path.read_text().replace("\tnevus\t", "\t<img src=x onerror=alert(1)>\t"))
    project.run("build", "small", "--workers", "1")
    text = (project.release / "report.html").read_text()
    assert "<img src=x" not in text and "&lt;img src=x" in text


def test_pictures_carry_no_metadata(cases: list[dict[str, Any]]) -> None:
    for case in cases[:20]:
        picture = PIL.Image.open(BytesIO(case["image"]["bytes"]))
        assert not picture.info


def test_reading_needs_no_benchsmith(built: Project) -> None:
    """The release is self-contained: another process with only pyarrow reads it."""
    code = f"import pyarrow.parquet as p; print(p.read_table({str(built.release / 'data')!r}).num_rows)"
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    manifest = json.loads((built.release / "manifest.json").read_text())
    assert int(said) == sum(manifest["cases"].values())


@pytest.mark.parametrize(
    "text", ["2026-13-01", "'2026-1-1'", "2026-11-29 10:00:00", "soon", "20261129"]
)
def test_a_date_of_publication_that_is_none_is_named(project: Project, text: str) -> None:
    path = project.folder / "benchmarks/small.yaml"
    path.write_text(f"{path.read_text()}published: {text}\n")
    said = project.run("check", "small", code=2)
    assert re.search(r"small\.yaml:\d+: (`published`|is not valid YAML: month must be)", said)
