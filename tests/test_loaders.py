"""Each export is read by the tool that it is for, and says there what the stages said."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tarfile
from collections import Counter
from contextlib import closing
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import datasets
import numpy as np
import numpy.typing as npt
import pandas as pd
import PIL.Image
import pyarrow.parquet as pq
import pytest
from ruamel.yaml import YAML

from benchsmith.core.build_files import MANIFEST
from benchsmith.exporters import vlmevalkit
from benchsmith.exporters.parquet import MAX_GROUP_ROWS, MIN_GROUP_ROWS
from tests import releases, world
from tests.conftest import Project
from tests.paths import PROJECT


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project whose benchmark is written in every format."""
    folder = tmp_path_factory.mktemp("full") / "project"
    project = releases.write(folder, "published: 2026-11-29\nlink_pictures: true\n")
    said = project.run("build", "small", "--workers", "1")
    assert "every picture is in the release 4 times: data, plain, vlmevalkit, webdataset" in said
    return project


@pytest.fixture(scope="module")
def cases(full: Project) -> dict[str, dict[str, Any]]:
    rows = pq.read_table(full.release / "data").to_pylist()
    return {row["id"]: row for row in rows}


def load(full: Project, tmp_path: Path, *config: str, split: str) -> Any:
    return datasets.load_dataset(str(full.release), *config, split=split, cache_dir=str(tmp_path))


def test_every_config_of_the_card_loads_its_own_cases(
    full: Project, cases: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    names = datasets.get_dataset_config_names(str(full.release), cache_dir=str(tmp_path))
    by_task: dict[str, set[str]] = {}
    by_department: dict[str, set[str]] = {}
    for id_, row in cases.items():
        if row["split"] == "test":
            by_task.setdefault(row["task"], set()).add(id_)
            by_department.setdefault(row["department"], set()).add(id_)
    tasks = dict(t.split(":") for t in world.TREES["task"])
    departments = dict(d.split(":") for d in world.TREES["department"])
    assert names[0] == "all"
    seen = 0
    for name in names:
        loaded = load(full, tmp_path, name, split="test")
        kind, _, term = name.partition("-")
        wanted = {
            "all": {i for i, row in cases.items() if row["split"] == "test"},
            "task": by_task.get(tasks.get(term, ""), set()),
            "department": by_department.get(departments.get(term, ""), set()),
        }[kind]
        assert set(loaded["id"]) == wanted and len(loaded) == len(wanted) > 0
        seen += kind != "all"
    assert seen == len(by_task) + len(by_department)


def test_without_a_config_all_cases_are_loaded(
    full: Project, cases: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    loaded = load(full, tmp_path, split="val")
    assert set(loaded["id"]) == {i for i, row in cases.items() if row["split"] == "val"}
    assert isinstance(loaded.features["image"], datasets.Image)
    picture = loaded[0]["image"]
    assert picture.mode == "RGB" and max(picture.size) == 96


def test_no_picture_is_in_the_parquet_files_twice(
    full: Project, cases: dict[str, dict[str, Any]]
) -> None:
    rows = sum(pq.ParquetFile(p).metadata.num_rows for p in (full.release / "data").iterdir())
    assert rows == len(cases) == sum(full_counts(full).values())


def full_counts(full: Project) -> dict[str, int]:
    return dict(json.loads((full.release / "manifest.json").read_text())["cases"])


def test_parquet_has_page_indexes_checksums_and_pictures_unpacked(full: Project) -> None:
    for path in (full.release / "data").iterdir():
        meta = pq.ParquetFile(path, page_checksum_verification=True).metadata
        for group in range(meta.num_row_groups):
            assert meta.row_group(group).num_rows <= MAX_GROUP_ROWS
            columns = [meta.row_group(group).column(i) for i in range(meta.num_columns)]
            assert all(c.has_offset_index for c in columns)
            (picture,) = [c for c in columns if c.path_in_schema == "image.bytes"]
            assert picture.compression == "UNCOMPRESSED" and picture.statistics is None
            assert all(c.has_column_index for c in columns if "image" not in c.path_in_schema)


def test_webdataset_reads_every_case(full: Project, cases: dict[str, dict[str, Any]]) -> None:
    webdataset = pytest.importorskip("webdataset")
    for split, count in full_counts(full).items():
        shards = sorted(map(str, (full.release / "webdataset").glob(f"{split}-*.tar")))
        samples = list(webdataset.WebDataset(shards, shardshuffle=False).decode("pil"))
        assert len(samples) == count
        for sample in samples:
            case = cases[sample["__key__"]]
            told = {k: v for k, v in case.items() if k != "image"}
            assert sample["json"] == told
            original = PIL.Image.open(BytesIO(case["image"]["bytes"]))
            assert sample["png"].tobytes() == original.tobytes()


def test_tar_members_say_nothing_of_when_and_where(full: Project) -> None:
    for path in (full.release / "webdataset").iterdir():
        with tarfile.open(path) as members:
            for member in members:
                assert (member.mtime, member.uid, member.gid) == (0, 0, 0)
                assert (member.uname, member.gname) == ("", "")


def test_plain_lines_name_pictures_that_are_there(
    full: Project, cases: dict[str, dict[str, Any]]
) -> None:
    place = full.release / "plain"
    named = set()
    for split in full_counts(full):
        for line in (place / f"{split}.jsonl").read_text().splitlines():
            row = json.loads(line)
            picture = place / row.pop("image")
            case = cases[row["id"]]
            assert picture.read_bytes() == case["image"]["bytes"]
            assert row == {k: v for k, v in case.items() if k != "image"}
            named.add(picture)
    assert named == set(place.rglob("*.png")) and len(named) == len(cases)
    assert Counter(p.parent for p in named).most_common(1)[0][1] <= 1000


def test_equal_pictures_of_a_release_are_linked_and_keep_bytes_and_digests(full: Project) -> None:
    """Exactly the equal pictures of `plain`, and only inside the release folder."""
    manifest = json.loads((full.release / MANIFEST).read_text("utf-8"))
    equal: dict[str, list[Path]] = {}
    for name, digest in manifest["files"].items():
        path = full.release / name
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
        pictures = name.startswith("plain/pictures/")
        equal.setdefault(digest if pictures else name, []).append(path)
    assert max(map(len, equal.values())) > 1
    for paths in equal.values():
        assert len({path.stat().st_ino for path in paths}) == 1
        assert {path.stat().st_nlink for path in paths} == {len(paths)}


def test_coco_has_the_masks_that_the_marked_pictures_show(
    full: Project, cases: dict[str, dict[str, Any]]
) -> None:
    """pycocotools reads each; tinting the same target changed these pixels of the picture, no others."""
    coco_api = pytest.importorskip("pycocotools.coco")
    masked: dict[str, list[npt.NDArray[np.uint8]]] = {}
    for case in cases.values():
        if case["granularity"] == "mask":
            masked.setdefault(case["label"], []).append(pixels(case["image"]["bytes"]))
    seen = 0
    for split in full_counts(full):
        coco = coco_api.COCO(str(full.release / f"coco/{split}.json"))
        for a in coco.loadAnns(coco.getAnnIds()):
            if not a["segmentation"]:
                continue  # only a box is known
            region = coco.annToMask(a).astype(bool)
            rows, columns = np.nonzero(region)
            width, height = np.ptp(columns) + 1, np.ptp(rows) + 1
            assert a["bbox"] == [columns.min(), rows.min(), width, height]
            assert a["area"] == region.sum() > 0
            (image,) = coco.loadImgs(a["image_id"])
            plain = pixels((full.release / "coco" / image["file_name"]).read_bytes())
            (category,) = coco.loadCats(a["category_id"])
            changed = [
                (plain != other).any(axis=2)
                for other in masked.get(category["name"], [])
                if other.shape == plain.shape
            ]
            within = [c for c in changed if not c.all() and c.sum() < 2 * region.sum()]
            assert not within or any((c == region).all() for c in within)
            seen += bool(within)
    assert seen >= 5


def pixels(png: bytes) -> npt.NDArray[np.uint8]:
    return np.asarray(PIL.Image.open(BytesIO(png)).convert("RGB"))


def test_coco_has_the_boxes_of_the_real_masks(
    full: Project, cases: dict[str, dict[str, Any]]
) -> None:
    """Each box is where a structure of the label volume lies in the picture that COCO names."""
    coco_api = pytest.importorskip("pycocotools.coco")
    boxes = bones = 0
    for split in full_counts(full):
        coco = coco_api.COCO(str(full.release / f"coco/{split}.json"))
        for image in coco.loadImgs(coco.getImgIds()):
            picture = full.release / "coco" / image["file_name"]
            grey = PIL.Image.open(picture).convert("L")
            assert grey.size == (image["width"], image["height"])
            assert cases[image["case"]]["granularity"] == "image"
            found = coco.loadAnns(coco.getAnnIds(imgIds=image["id"]))
            asked = cases[image["case"]]
            names = {coco.loadCats(a["category_id"])[0]["name"] for a in found}
            assert set(asked["label"].split("; ")) & names
            for a in found:
                x, y, w, h = a["bbox"]
                assert 0 <= x < x + w <= image["width"] + 1e-3
                assert 0 <= y < y + h <= image["height"] + 1e-3
                assert 0 < a["area"] <= w * h * 1.01
                if coco.loadCats(a["category_id"])[0]["name"] == "vertebra":
                    # 400 HU in soft tissue: whatever the window, brighter than all around it
                    grown = PIL.Image.new("L", grey.size)
                    grown.paste(grey.crop((round(x), round(y), round(x + w), round(y + h))),
                                (round(x), round(y)))  # fmt: skip
                    whole, inside = sum(grey.histogram()), grown.histogram()
                    within = sum(v * n for v, n in enumerate(inside)) / (w * h)
                    total = sum(v * n for v, n in enumerate(grey.histogram()))
                    outside = (total - within * w * h) / (whole - w * h)
                    assert within > outside + 30
                    bones += 1
                boxes += 1
    assert boxes > 10 and bones > 2


def test_croissant_is_valid_and_its_records_are_the_cases(
    full: Project, cases: dict[str, dict[str, Any]]
) -> None:
    croissant = pytest.importorskip("mlcroissant")
    dataset = croissant.Dataset(full.release / "croissant.json")
    assert not dataset.metadata.ctx.issues.errors
    assert dataset.metadata.name == "small" and dataset.metadata.data_use_cases
    assert str(dataset.metadata.date_published)[:10] == "2026-11-29"
    assert "Version 1.0.0, published 2026-11-29." in (full.release / "README.md").read_text()
    seen = {}
    for record in dataset.records("cases"):
        id_ = record["cases/id"].decode()
        case = cases[id_]
        assert record["cases/image"].size == PIL.Image.open(BytesIO(case["image"]["bytes"])).size
        for name in ("question", "answer", "label", "split"):
            assert record[f"cases/{name}"].decode() == case[name]
        assert [o.decode() for o in record["cases/options"]] == case["options"]
        seen[id_] = record
    assert seen.keys() == cases.keys()


def test_the_hub_takes_the_card_s_header(full: Project) -> None:
    from huggingface_hub import DatasetCard, DatasetCardData

    card = DatasetCard.load(full.release / "README.md")
    assert isinstance(card.data, DatasetCardData)
    assert card.data.license == "cc0-1.0" and card.data.size_categories == ["n<1K"]
    assert card.data.task_categories == ["visual-question-answering", "multiple-choice"]
    assert {c["config_name"] for c in card.data.configs} >= {"all", "task-bone"}
    for name in re.findall(r"\]\((examples/[^)]+)\)", card.text):
        assert PIL.Image.open(full.release / name).format == "JPEG"


def test_inspect_runs_the_task_file(full: Project, cases: dict[str, dict[str, Any]]) -> None:
    inspect_ai = pytest.importorskip("inspect_ai")
    from inspect_ai.model import ModelOutput, ModelUsage, get_model

    def says_a() -> ModelOutput:
        output = ModelOutput.from_content("mockllm", "ANSWER: A")
        output.usage = ModelUsage(input_tokens=1, output_tokens=1)  # else it counts, online
        return output

    path = full.release / "inspect/small.py"
    module = module_of(path)
    for task, several in ((module.small(), False), (module.small_several(), True)):
        samples = {s.id: s for s in task.dataset}
        wanted = {
            i: c for i, c in cases.items()
            if c["split"] == "test" and c["answers"] == ("several" if several else "one")
        }  # fmt: skip
        assert samples.keys() == wanted.keys() and samples
        for id_, sample in samples.items():
            assert list(sample.target) == wanted[id_]["answer"].split(",")
            picture, text = sample.input[0].content
            assert Path(picture.image).read_bytes() == wanted[id_]["image"]["bytes"]
            assert text.text == wanted[id_]["question"]
        always = [says_a() for _ in samples]
        (log,) = inspect_ai.eval(
            task, model=get_model("mockllm/model", custom_outputs=always),
            display="none", log_dir=str(full.folder / "logs"), max_connections=1,
        )  # fmt: skip
        assert log.status == "success"
        share = sum(c["answer"] == "A" for c in wanted.values()) / len(wanted)
        assert log.results.scores[0].metrics["accuracy"].value == pytest.approx(share)


def module_of(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


NEW_TOKENS = {"max_new_tokens", "max_gen_toks"}


def task_files(folder: Path) -> dict[str, dict[str, Any]]:
    """Read task files as the harnesses do: `!function file.name` is a name in a file beside it."""
    found = {}
    for path in sorted(folder.glob("*.yaml")):
        yaml = YAML(typ="safe")
        yaml.constructor.add_constructor(
            "!function", lambda loader, node: tuple(node.value.split("."))
        )
        found[path.stem] = yaml.load(path.read_text())
    return found


@pytest.mark.parametrize("harness", ["lm_eval", "lmms_eval"])
def test_harness_tasks_name_what_is_there(
    full: Project,
    cases: dict[str, dict[str, Any]],
    harness: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(full.release)
    folder = full.release / harness
    files = task_files(folder)
    tasks = {t.split(":")[0].replace("-", "_"): t.split(":")[1] for t in world.TREES["task"]}
    assert {"small_val", "small_test", "small_test_bone", "small_test_several"} <= files.keys()
    code = module_of(folder / "cases.py")
    for name, task in files.items():
        assert task["task"] == name
        loaded = datasets.load_dataset(
            task["dataset_path"], split=task["test_split"], cache_dir=str(tmp_path),
            **task["dataset_kwargs"],
        )  # fmt: skip
        several = name.endswith("_several")
        if "process_docs" in task:
            loaded = getattr(code, task["process_docs"][1])(loaded)
        branch = name.removesuffix("_several").removeprefix(f"small_{task['test_split']}")
        assert set(loaded["id"]) == {
            i
            for i, case in cases.items()
            if case["split"] == task["test_split"]
            and (not branch or case["task"] == tasks[branch.removeprefix("_")])
            and (case["answers"] == "several") is several
        }
        assert (
            max(task["generation_kwargs"][n] for n in NEW_TOKENS & task["generation_kwargs"].keys())
            == 2048
        )
        functions = {v[1]: getattr(code, v[1]) for v in task.values() if isinstance(v, tuple)}
        assert functions.keys() - {"one", "several"} == {"pictures", "text", "target", "results"}
        for doc in loaded:
            said = functions["text"](doc)
            assert doc["question"] in said and f"\nB. {doc['options'][1]}\n" in said
            assert said.startswith("<image>") == (harness == "lm_eval")
            assert functions["pictures"](doc)[0].mode == "RGB"
            scored = functions["results"](doc, [functions["target"](doc)])
            if harness == "lmms_eval":  # its log has nothing else to tell a case by
                assert scored.pop("id") == doc["id"]
            assert set(scored.values()) == {1.0}
            assert scored.keys() <= {m["metric"] for m in task["metric_list"]}


@pytest.mark.parametrize(
    ("reply", "options", "found"),
    [
        ("B", 3, ["B"]),
        (" (b) ", 3, ["B"]),
        ("(B)", 3, ["B"]),
        ("B. spleen", 3, ["B"]),
        ("The answer is C.", 3, ["C"]),
        ("Answer: A", 3, ["A"]),
        ("The correct answers are A, C.", 4, ["A", "C"]),
        ("It shows bile. Answer: D", 4, ["D"]),
        ("A, C", 4, ["A", "C"]),
        ("A and C", 4, ["A", "C"]),
        ("E", 3, []),
        ("A liver is seen here", 3, ["A"]),
        ("spleen", 3, ["B"]),
        ("", 3, []),
        ("I cannot tell", 3, []),
    ],
)
def test_replies_are_read_or_count_as_wrong(
    full: Project, reply: str, options: int, found: list[str]
) -> None:
    code = module_of(full.release / "lm_eval/cases.py")
    doc = {"options": ["liver", "spleen", "rib", "kidney"][:options], "answers": "several"}
    assert code.chosen(doc, reply) == found


def test_several_letters_are_no_answer_where_one_is_asked(full: Project) -> None:
    code = module_of(full.release / "lmms_eval/cases.py")
    doc = {"options": ["liver", "spleen", "rib"], "answers": "one", "answer": "A", "id": "7"}
    assert code.results(doc, ["A,B"]) == {"id": "7", "acc": 0.0}
    assert code.results(doc, ["A"]) == {"id": "7", "acc": 1.0}
    several = {
        "options": ["liver", "spleen", "rib"],
        "answers": "several",
        "answer": "A,C",
        "id": "8",
    }
    assert code.results(several, ["C"]) == {"id": "8", "acc": 0.0, "recall": 0.5}


def test_lm_eval_itself_reads_and_scores_a_task(full: Project) -> None:
    """The harness loads the task file, and a model that always says A has the share of A's."""
    pytest.importorskip("lm_eval")
    pytest.importorskip("torch")
    code = """
import json, sys
import lm_eval
from lm_eval.api.model import LM
from lm_eval.tasks import TaskManager

class SaysA(LM):
    MULTIMODAL = True
    def generate_until(self, requests, **how):
        for r in requests:
            assert "visual" in r.args[2] and r.args[0].count("<image>") == 1, r.args
        return ["A"] * len(requests)
    def loglikelihood(self, requests): raise NotImplementedError
    def loglikelihood_rolling(self, requests): raise NotImplementedError

found = lm_eval.simple_evaluate(SaysA(), tasks=["small_test"], bootstrap_iters=0,
                                task_manager=TaskManager(include_path="lm_eval", include_defaults=False))
print("FOUND", json.dumps(found["results"]["small_test"]["acc,none"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=full.release, capture_output=True, text=True, check=False
    )
    assert "FOUND" in done.stdout, done.stderr[-2000:]
    rows = pq.read_table(full.release / "data").to_pylist()
    share = [r["answer"] == "A" for r in rows if r["split"] == "test"]
    assert float(done.stdout.split("FOUND")[1]) == pytest.approx(sum(share) / len(share))


@pytest.mark.parametrize("word", [*sorted(vlmevalkit.NA_WORDS - {""}), "007", "3", "1e5", "True"])
def test_words_that_pandas_misreads_survive_the_table(word: str) -> None:
    """In a column of their own, and beside an empty cell, which is where they are lost."""
    text = "A\tE\n" + f"{vlmevalkit.plain(word)}\t{vlmevalkit.plain(word)}\n" * 2 + "liver\t\n"
    read = pd.read_csv(BytesIO(text.encode()), sep="\t")
    for column in ("A", "E"):
        assert [v.rstrip(vlmevalkit.NO_BREAK) for v in read[column][:2]] == [word, word]
    assert read["E"].isna().tolist() == [False, False, True]


def test_vlmevalkit_s_table_asks_for_one_letter_and_another_for_several(
    full: Project, cases: dict[str, dict[str, Any]]
) -> None:
    """Its class for multiple choice reads one letter, so that `A,C` would never be right."""
    kinds = set()
    for split in ("val", "test"):
        ids = sorted(i for i, c in cases.items() if c["split"] == split)
        seen: list[str] = []
        for path in full.release.glob(f"vlmevalkit/small_{split.upper()}*.tsv"):
            table = pd.read_csv(path, sep="\t")
            many = "_several" in path.name
            asked = [cases[id_] for id_ in table["id"].str.rstrip(vlmevalkit.NO_BREAK)]
            assert asked and {c["answers"] for c in asked} == {"several" if many else "one"}
            assert table["question"].tolist() == [c["question"] for c in asked]
            assert table["answer"].str.fullmatch(r"[A-Z](,[A-Z])+" if many else "[A-Z]").all()
            seen += table["id"].str.rstrip(vlmevalkit.NO_BREAK).tolist()
            assert table["category"].tolist() == [c["task"] for c in asked]
            kinds.add(many)
        assert sorted(seen) == ids
    assert kinds == {True, False}


def test_counts_stay_whole_numbers_in_vlmevalkit_s_table(full: Project) -> None:
    """A table of counts alone is what pandas makes numbers of, and 3 becomes 3.0 beside a gap."""
    table = pd.read_csv(full.release / "vlmevalkit/small_TEST.tsv", sep="\t")
    counting = table[table["clinical VQA task"] == "Counting"]
    text = counting.to_csv(sep="\t", index=False)
    again = pd.read_csv(BytesIO(text.encode()), sep="\t")
    assert len(again) > 0
    for row in again.to_dict("records"):
        said = [row[c] for c in "ABCDE" if not pd.isna(row[c])]
        assert all(isinstance(s, str) and s.rstrip(vlmevalkit.NO_BREAK).isdigit() for s in said)


def test_a_large_table_is_written_in_parts_with_one_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vlmevalkit, "MAX_PART_BYTES", 2500)
    with closing(vlmevalkit.Parts(tmp_path / "big_TEST", ["index", "image"])) as parts:
        for i in range(7):
            parts.write([str(i), "x" * 1000])
    names = sorted(p.name for p in tmp_path.iterdir())
    assert names == [f"big_TEST_part_{i}.tsv" for i in (1, 2, 3, 4)]
    table = pd.concat(pd.read_csv(tmp_path / n, sep="\t") for n in names)
    assert table["index"].tolist() == list(range(7))
    if awk := shutil.which("awk"):  # as the docs tell to join them
        words = [awk, "FNR > 1 || NR == 1", *(str(tmp_path / n) for n in names)]
        joined = subprocess.run(words, capture_output=True, text=True, check=True).stdout
        assert " ".join(words[1:2]) in (PROJECT / "docs/exports.md").read_text("utf-8")
        pd.testing.assert_frame_equal(
            pd.read_csv(BytesIO(joined.encode()), sep="\t"), table.reset_index(drop=True)
        )
    assert all((tmp_path / n).stat().st_size < 2500 for n in names)


def test_group_ends_depend_on_ids_and_not_on_what_stands_before(full: Project) -> None:
    """One case less changes one group, and not all that follow."""
    from benchsmith.core.random_order import public_id
    from benchsmith.exporters.parquet import row_groups

    rows = [{"id": public_id(1, str(i))} for i in range(5000)]
    whole = [tuple(r["id"] for r in g) for g in row_groups(rows)]
    less = [tuple(r["id"] for r in g) for g in row_groups([*rows[:40], *rows[41:]])]
    assert all(MIN_GROUP_ROWS <= len(g) <= MAX_GROUP_ROWS for g in whole[:-1])
    assert len(set(whole) - set(less)) <= 4 < len(whole) / 5
