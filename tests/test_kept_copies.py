"""Copies of pictures that an earlier explorer has are taken over: none is encoded twice, the bytes are the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import PIL.Image
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchsmith.core.build_files import COPIES
from benchsmith.documents import lexicon as lexicons
from benchsmith.documents.lexicon import Lexicon
from benchsmith.gallery.shards import FULL_PER_SHARD, read_shard
from benchsmith.gallery.write_explorer import write_explorer
from tests.conftest import Project
from tests.unaudited import unaudited


@pytest.fixture(scope="module")
def lexicon(built: Project) -> Lexicon:
    return lexicons.read(built.folder / "lexicon")


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The quality of each picture that is encoded."""
    found: list[int] = []
    save = PIL.Image.Image.save

    def counted(picture: PIL.Image.Image, to: Any, kind: str | None = None, **options: Any) -> None:
        if kind == "JPEG":
            found.append(options["quality"])
        save(picture, to, kind, **options)

    monkeypatch.setattr(PIL.Image.Image, "save", counted)
    return found


@pytest.fixture
def partition(built: Project, lexicon: Lexicon, tmp_path: Path) -> Path:
    """An export partition with an explorer."""
    folder = tmp_path / "partition"
    write_explorer(
        built.release, folder / "release/explorer", lexicon, title="t", build="b", beside=folder
    )
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}


def again(built: Project, lexicon: Lexicon, to: Path, *earlier: Path) -> dict[str, bytes]:
    write_explorer(built.release, to, lexicon, title="t", build="b", earlier=earlier)
    return files_of(to)


def test_no_picture_is_encoded_twice(
    built: Project, lexicon: Lexicon, partition: Path, encoded: list[int], tmp_path: Path
) -> None:
    wanted = files_of(partition / "release/explorer")
    none = tmp_path / "none"
    assert again(built, lexicon, tmp_path / "again", none, partition) == wanted
    assert not encoded
    assert again(built, lexicon, tmp_path / "anew", none) == wanted
    pictures = pq.read_table(partition / COPIES).num_rows
    assert len(encoded) == 2 * pictures > 0


def test_a_changed_or_lost_shard_is_not_taken_over(
    built: Project, lexicon: Lexicon, partition: Path, encoded: list[int], tmp_path: Path
) -> None:
    """The shards are hard links to those of the public folder, which people may edit."""
    wanted = files_of(partition / "release/explorer")
    pictures = pq.read_table(partition / COPIES).num_rows
    shards = partition / "release/explorer/shards"
    one = shards / "full-00000.js"
    text = one.read_text("utf-8")
    middle = text.index('"', text.index("[") + 2) // 2
    one.write_text(text[:middle] + ("A" if text[middle] != "A" else "B") + text[middle + 1 :])
    assert again(built, lexicon, tmp_path / "changed", partition) == wanted
    assert len(encoded) == 2
    encoded.clear()
    one.write_text(text[:-2])
    with pytest.raises(ValueError, match="is no shard"):
        read_shard(one)
    assert again(built, lexicon, tmp_path / "cut", partition) == wanted
    assert len(encoded) == 2 * min(FULL_PER_SHARD, pictures)


def test_copies_of_another_encoder_are_not_taken_over(
    built: Project, lexicon: Lexicon, partition: Path, encoded: list[int], tmp_path: Path
) -> None:
    wanted = files_of(partition / "release/explorer")
    table = pq.read_table(partition / COPIES)
    pq.write_table(table.replace_schema_metadata({"made_by": "another"}), partition / COPIES)
    assert again(built, lexicon, tmp_path / "again", partition) == wanted
    assert len(encoded) == 2 * len(table)
    encoded.clear()
    pq.write_table(pa.table({"sha256": [1]}), partition / COPIES)
    assert again(built, lexicon, tmp_path / "foreign", partition) == wanted
    (partition / COPIES).write_bytes(b"PAR1")
    assert again(built, lexicon, tmp_path / "damaged", partition) == wanted
    assert len(encoded) == 4 * len(table)


def test_a_subset_and_a_later_build_encode_no_picture_that_the_build_has(
    copy: Project, encoded: list[int], tmp_path: Path
) -> None:
    file = copy.folder / "benchmarks/small.yaml"
    file.write_text(file.read_text("utf-8") + "exports: [parquet, provenance, explorer]\n", "utf-8")
    with unaudited():
        copy.run("build", "small", "--workers", "1")
    assert encoded
    encoded.clear()
    copy.run("subset", "label=liver", "--from", "small", "--to", str(tmp_path / "cut"))
    file.write_text(file.read_text("utf-8").replace("title: ", "title: New "), "utf-8")
    with unaudited():
        copy.run("build", "small", "--workers", "1")
    assert not encoded
    assert (tmp_path / "cut/explorer/index.html").is_file()
    assert not (tmp_path / "cut" / COPIES).exists()
    assert "New " in (copy.release / "explorer/index.html").read_text("utf-8")


def test_the_explorer_of_a_built_benchmark_encodes_no_picture(
    copy: Project, encoded: list[int], tmp_path: Path
) -> None:
    file = copy.folder / "benchmarks/small.yaml"
    file.write_text(file.read_text("utf-8") + "exports: [parquet, provenance, explorer]\n", "utf-8")
    with unaudited():
        copy.run("build", "small", "--workers", "1")
    encoded.clear()
    copy.run("explore", "small", "--out", str(tmp_path / "pages"))
    assert not encoded
    wanted, found = files_of(copy.release / "explorer"), files_of(tmp_path / "pages")
    assert found.keys() == wanted.keys()
    pictures = [name for name in wanted if name.startswith(("shards/full-", "shards/small-"))]
    assert pictures and all(found[name] == wanted[name] for name in pictures)
