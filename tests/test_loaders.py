"""Each export is read by the tool that it is for, and says there what the stages said."""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

import datasets
import PIL.Image
import pyarrow.parquet as pq
import pytest

from benchsmith.core.build_files import MANIFEST
from benchsmith.exporters.parquet import MAX_GROUP_ROWS, MIN_GROUP_ROWS
from tests import world
from tests.conftest import Project
from tests.every_format import cases, full, full_counts, load

__all__ = ["cases", "full"]


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


def test_group_ends_depend_on_ids_and_not_on_earlier_rows(full: Project) -> None:
    """One case less changes one group, and not all that follow."""
    from benchsmith.core.random_order import public_id
    from benchsmith.exporters.parquet import row_groups

    rows = [{"id": public_id(1, str(i))} for i in range(5000)]
    whole = [tuple(r["id"] for r in g) for g in row_groups(rows)]
    less = [tuple(r["id"] for r in g) for g in row_groups([*rows[:40], *rows[41:]])]
    assert all(MIN_GROUP_ROWS <= len(g) <= MAX_GROUP_ROWS for g in whole[:-1])
    assert len(set(whole) - set(less)) <= 4 < len(whole) / 5
