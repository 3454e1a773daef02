"""The shipped catalogues: of data sets and benchmarks, and of models with how they are asked."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from benchsmith.documents import adoption
from benchsmith.documents.data_set_catalog import CATALOG_COLUMNS
from benchsmith.documents.problems import DocumentError, Problems
from benchsmith.documents.recipe import source_ids
from benchsmith.evaluate import model_presets
from benchsmith.explore.tree_listing import catalog
from tests.command import benchsmith
from tests.endpoint import chat, scripted_server
from tests.foreign_sets import MINIATURES
from tests.paths import PROJECT
from tests.shipped_documents import shipped_library

LINK = re.compile(r"https?://[A-Za-z0-9._-]+\.[a-z]{2,}(:\d+)?(/[^\s|]*)?")
TEXT = """
    ReasonMed|MIRIAD|ClinBench-HPB|MedCaseReasoning|MedS-Ins|MedS-Bench|AlphaMed19K|medical-o1-reasoning-SFT
    Huatuo-26M|MedQA-USMLE|MedMCQA|PubMedQA|Medbullets-op4|Medbullets-op5|MedXpertQA-Text|SuperGPQA|HealthBench
    CMB|CMExam|CMMLU|MedQA-MCMLE|MedBench|Med-Exam|MedHC|MedMC|MedSpeQA|MedHG|MedDG|MedLitQA|IMCS-V2-MRG|DBMHG
    CMB-Clin-extended|DDx-basic|DDx-advanced|MedTreat|CMeEE|CMeIE|CHIP-CDEE|CHIP-CDN|CHIP-CTC|SMDoc|MedSafety
    DrugCA|CriID
"""
PICTURES = """
    MedTVT-QA|HIE-Reasoning|SurgVLM-DB|EndoBench|MedXpertQA|DrVD-Bench|MM-Skin|Derm1M|GEMeX|Surg-396K
    AbdomenAtlas 3.0|PubMedVision|PMC-VQA|VQA-RAD|Asclepius|MedTrinity-25M|MediConfusion|GMAI-MMBench|PathMMU
    OmniMedVQA|CARES|MultiMedEval|MedEvalKit|vlm-project-with-images-with-bbox-images-with-tree-of-thoughts
    Med-MAT|BioVFM|SLAKE|ChiMed-VL|BiomedParseData|SA-Med2D-20M|IMed-361M|PreCT-160K|IU X-Ray|CheXpert Plus
    MIMIC-CXR|PathVQA|MedFrameQA|DeepTumorVQA
"""
MODELS = """
    huatuogpt apollo huatuogpt-ii huatuogpt-o1 mmedlm pmc-llama med42-v2 openbiollm ultramedical biomistral meditron
    baichuan-m2 baichuan-m1 medalpaca radfm medreason alphamed fleming-r1 medgemma huatuogpt-vision shizhengpt
    lingshu llava-med bimedix2 hulu-med healthgpt med-flamingo med-r1 biomedgpt medvlm-r1 unimedvl chiron-o1
    minigpt-med fleming-vl vila-m3 o3 gemini-2.5-pro internvl3 llava-1.5 gemma-3 qwen2-vl qwen2.5-vl nvila vila1.5
    xraygpt blip blip-2 biomedclip clip medclip pmc-clip plip medsiglip pubmedclip siglip
"""


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    problems = Problems(PROJECT)
    found = catalog(PROJECT, [], problems)
    problems.raise_any()
    return found


def plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def test_every_row_has_an_id_of_its_own_and_links_that_are_links(
    rows: list[dict[str, str]],
) -> None:
    ids = [row["id"] for row in rows]
    assert ids == sorted(set(ids))
    assert {row["kind"] for row in rows} == {
        "dataset",
        "benchmark",
        "text-dataset",
        "text-benchmark",
    }
    for row in rows:
        assert row["name"] and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row["id"]), row["id"]
        assert not row["link"] or LINK.fullmatch(row["link"]), row["id"]
        assert row["year"] == "" or re.fullmatch(r"(19|20)\d\d", row["year"]), row["id"]
        assert all(cell == cell.strip() for cell in row.values()), row["id"]
        assert set(row) == set(CATALOG_COLUMNS)
    assert {row["recipe"] for row in rows} - {""} <= set(source_ids(PROJECT))


def test_each_recipe_has_one_row_that_says_the_same_of_it(rows: list[dict[str, str]]) -> None:
    sources = shipped_library().sources
    linked = [row for row in rows if row["recipe"]]
    assert sorted(row["recipe"] for row in linked) == sorted(sources)
    for row in linked:
        recipe = sources[row["recipe"]].recipe
        assert row["licence"] == recipe.licence, row["id"]
        read = {entry.modality for entry in recipe.samples if ":" not in entry.modality}
        assert read <= set(row["modality"].split(" | ")), row["id"]


@pytest.mark.parametrize(("names", "of_text"), [(TEXT, True), (PICTURES, False)])
def test_the_field_s_lists_are_in_the_catalogue(
    names: str, of_text: bool, rows: list[dict[str, str]]
) -> None:
    by_name = {plain(row["name"]): row for row in rows}
    for name in (n.strip() for line in names.strip().splitlines() for n in line.split("|")):
        row = next((r for key, r in by_name.items() if key.startswith(plain(name))), None)
        assert row is not None, name
        assert row["kind"].startswith("text-") == of_text, name
        assert (row["modality"] == "text" and row["note"].startswith("text only")) == of_text, name


def test_benchmarks_that_can_be_adopted_say_so(rows: list[dict[str, str]]) -> None:
    said = {
        name for row in rows for name in re.findall(r"`benchsmith adopt ([a-z0-9-]+)`", row["note"])
    }
    assert said == set(MINIATURES) == set(adoption.names(PROJECT))


def test_every_model_has_each_fact_with_its_link() -> None:
    found = model_presets.rows(PROJECT)
    assert [row["id"] for row in found] == sorted(MODELS.split())
    for row in found:
        assert row["kind"] in ("chat", "text", "encoder", "api") and LINK.fullmatch(row["link"]), (
            row["id"]
        )
        for fact in ("licence", "template", "thinking", "image_token", "prompt"):
            assert bool(row[fact]) == bool(row[f"{fact}_at"]), (row["id"], fact)
            assert not row[fact] or LINK.fullmatch(row[f"{fact}_at"]), (row["id"], fact)
        for name in filter(None, (part.strip() for part in row["repository"].split("|"))):
            wanted = r"[a-z0-9.-]+" if row["kind"] == "api" else r"[\w.-]+/[\w.-]+"
            assert re.fullmatch(wanted, name), name
        if row["prompt"]:
            assert {"<question>", "<options>"} <= set(re.findall(r"<[a-z]+>", row["prompt"])), row[
                "id"
            ]


@pytest.mark.parametrize(
    ("model", "full"),
    [
        ("local:medgemma", "local:google/medgemma-4b-it"),
        ("local:Qwen/Qwen2-VL-2B-Instruct", "local:Qwen/Qwen2-VL-2B-Instruct"),
        ("local:no-such", "local:no-such"),
        ("preset:qwen2.5-vl", "Qwen/Qwen2.5-VL-7B-Instruct"),
        ("preset:o3", "o3-2025-04-16"),
        ("medgemma", "medgemma"),
        ("baseline:random", "baseline:random"),
    ],
)
def test_a_short_name_stands_for_a_repository(model: str, full: str) -> None:
    assert model_presets.resolved(model, PROJECT) == full


def test_a_folder_is_not_taken_for_a_short_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "medgemma").mkdir()
    monkeypatch.chdir(tmp_path)
    assert model_presets.resolved("local:medgemma", PROJECT) == "local:medgemma"
    assert model_presets.resolved("preset:medgemma", PROJECT) == "google/medgemma-4b-it"


@pytest.mark.parametrize(
    ("model", "says"),
    [("preset:medgema", "did you mean medgemma"), ("preset:xraygpt", "give its full name")],
)
def test_a_short_name_that_leads_nowhere_is_refused(model: str, says: str) -> None:
    with pytest.raises(DocumentError, match=says):
        model_presets.resolved(model, PROJECT)


def test_the_authors_prompt_is_asked_at_the_endpoint(tmp_path: Path) -> None:
    from tests.adopting import TWO, recipe, run
    from tests.foreign_sets import picture, put, put_lines

    put(tmp_path / "data/1.png", picture(1))
    put_lines(tmp_path / "data/rows.jsonl", [{"q": "Which?", "p": "1.png", "o": TWO, "a": "B"}])
    release = run(tmp_path, recipe()).folder
    put(tmp_path / "raw_sources/models.tsv", (PROJECT / "raw_sources/models.tsv").read_bytes())
    with scripted_server(lambda request: chat("<think>A?</think><answer>B</answer>")) as server:
        ask = (
            "evaluate",
            str(release),
            "--base-url",
            server.base_url,
            "--yes",
            "--prompt",
            "authors",
        )
        benchsmith(*ask, "--model", "preset:medvlm-r1", folder=tmp_path, OPENAI_API_KEY="x")
        (request,) = server.requests
        refused = benchsmith(
            *ask, "--model", "preset:nvila", folder=tmp_path, code=2, OPENAI_API_KEY="x"
        )
    assert request.body["model"] == "JZPeterPan/MedVLM-R1"
    text = next(p["text"] for p in request.body["messages"][-1]["content"] if p["type"] == "text")
    assert text.startswith("Which?\nA. a liver\nB. a lung\nYour task:") and text.count("\n") == 6
    assert "has no prompt of the authors of Efficient-Large-Model/NVILA-8B" in refused


def test_the_command_lists_models_and_benchmarks_of_text(tmp_path: Path) -> None:
    (tmp_path / "raw_sources").mkdir()
    for name in ("catalog.tsv", "models.tsv"):
        shutil.copy(PROJECT / "raw_sources" / name, tmp_path / "raw_sources")
    said = benchsmith("catalog", "--models", "medgemma", folder=tmp_path)
    assert "MedGemma  [medgemma]  chat\n  google/medgemma-4b-it | " in said
    assert "  licence: Health AI Developer Foundations terms (https://" in said
    listed = json.loads(benchsmith("catalog", "--models", "--json", folder=tmp_path))["rows"]
    assert len(listed) == len(MODELS.split())
    assert "HealthBench  [healthbench]" in benchsmith("catalog", "text-benchmark", folder=tmp_path)
    assert "add --models" in benchsmith("catalog", folder=tmp_path, code=2)
