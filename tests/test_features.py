"""Features of pictures and options: each is computed once, kept, and recomputed after a change."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pyarrow.parquet as pq
import pytest

from benchsmith.core.silent_progress import Silent
from benchsmith.documents.problems import DocumentError
from benchsmith.evaluate import encode, features, release_reader
from benchsmith.models.contract import EndpointLost, LocalModelError
from benchsmith.models.local.encoder import Rows
from tests import tiny
from tests.asking import command, scores
from tests.shade_features import release

__all__ = ["release"]


class Shades:
    """An encoder of its own kind: the mean colour of a picture, and of the words for colours.

    It stops after so many batches, as a process that is killed does.
    """

    reads_texts = True

    def __init__(self, *, stops_after: int = 10**6, revision: str = "1") -> None:
        self.identity = {"encoder": "shades", "revision": revision}
        self.looked: list[list[bytes]] = []
        self.read: list[list[str]] = []
        self.stops_after = stops_after

    def pictures(self, pictures: Sequence[bytes]) -> Rows:
        """Return mean colours around grey, and the place in the batch, which must not be lost."""
        if len(self.looked) == self.stops_after:
            raise EndpointLost("gone")
        self.looked.append(list(pictures))
        rows = [
            [*np.asarray(PIL.Image.open(BytesIO(p))).mean((0, 1)) / 128 - 1, place / 1000]
            for place, p in enumerate(pictures)
        ]
        return np.array(rows, np.float32)

    def texts(self, texts: Sequence[str]) -> Rows:
        """Return colours by name."""
        self.read.append(list(texts))
        word = [next(name for name in tiny.COLOURS if name in text) for text in texts]
        rows = [
            [*(np.array(tiny.COLOURS[w]) / 128 - 1), len(t)]
            for w, t in zip(word, texts, strict=True)
        ]
        return np.array(rows, np.float32)

    def too_long(self, texts: Sequence[str]) -> list[str]:
        """Return long ones."""
        return [text for text in texts if len(text) > 12]


def made(
    release: Path, path: Path, encoder: Any, *templates: str, batch: int = 3
) -> encode.Encoded:
    return encode.encode(release, path, encoder, templates=templates, batch=batch, say=Silent())  # type: ignore[arg-type]


def rewritten(release: Path, folder: Path, change: Any) -> Path:
    """Copy a release, its rows of test changed."""
    copy = shutil.copytree(release, folder / "other")
    table = pq.read_table(copy / "data/test.parquet")
    rows = table.to_pylist()
    change(rows)
    pq.write_table(table.from_pylist(rows, schema=table.schema), copy / "data/test.parquet")
    return copy


def test_each_picture_and_option_has_its_row(release: Path, tmp_path: Path) -> None:
    path, encoder = tmp_path / "f/x.parquet", Shades()
    found = made(release, path, encoder)
    assert (found.pictures, found.texts, found.fresh, found.cut) == (40, 4, 44, 0)
    items = release_reader.read(release)
    shown = {item.id: picture for item, picture in items.pictures(items.items)}
    known = features.read(path)
    assert known.pictures.keys() == shown.keys() and known.texts.keys() == set(tiny.COLOURS)
    for id_, picture in shown.items():
        mean = np.asarray(PIL.Image.open(BytesIO(picture))).mean((0, 1)) / 128 - 1
        assert np.allclose(known.pictures[id_][:3], mean, atol=1e-6)
    assert [len(some) for some in encoder.looked] == [3] * 13 + [1]
    assert sorted(p.name for p in path.parent.iterdir()) == ["x.parquet"]


@pytest.mark.parametrize("stops", [0, 1, 2, 7])
def test_what_was_broken_off_goes_on_and_looks_at_nothing_twice(
    release: Path, tmp_path: Path, stops: int
) -> None:
    """The rest is put together in batches as it would have been, so that the bytes are the same."""
    calm, rough = tmp_path / "calm/x.parquet", tmp_path / "rough/x.parquet"
    whole, first, second = Shades(), Shades(stops_after=stops), Shades()
    made(release, calm, whole)
    with pytest.raises(EndpointLost):
        made(release, rough, first)
    assert not rough.exists()
    (scratch,) = rough.parent.glob("*.jsonl")
    with scratch.open("ab") as file:
        file.write(b'{"digest": "torn')
    made(release, rough, second)
    assert first.looked + second.looked == whole.looked
    assert rough.read_bytes() == calm.read_bytes()
    assert list(rough.parent.iterdir()) == [rough]


def test_only_what_has_changed_is_examined_again(release: Path, tmp_path: Path) -> None:
    path, again, other = tmp_path / "x.parquet", Shades(), Shades()
    made(release, path, Shades())
    before = path.read_bytes()
    assert made(release, path, again).fresh == 0 and not again.looked and not again.read
    assert path.read_bytes() == before

    def change(rows: list[dict[str, Any]]) -> None:
        rows[3]["image"]["bytes"] = tiny.picture("red", "new")
        rows[4]["id"] = "renamed"
        del rows[5]
        rows[6]["image"] = rows[7]["image"]
        rows[8]["options"] = [*rows[8]["options"][:3], "light grey"]

    found = made(rewritten(release, tmp_path, change), path, other)
    assert [len(batch) for batch in other.looked] == [1] and other.read == [["light grey"]]
    assert found.pictures == 38 and found.texts == 5
    known = features.read(path)
    assert "renamed" in known.pictures and "test0005" not in known.pictures
    assert known.pictures["test0007"].tolist() == known.pictures["test0008"].tolist()


def test_another_encoder_or_template_is_no_reason_to_believe_what_is_there(
    release: Path, tmp_path: Path
) -> None:
    path = tmp_path / "x.parquet"
    made(release, path, Shades())
    for encoder, templates in ((Shades(revision="2"), ()), (Shades(revision="2"), ("a <option>",))):
        assert made(release, path, encoder, *templates).fresh == 44
        assert sum(map(len, encoder.looked)) == 40
    path.write_bytes(b"PAR1 no more")
    assert made(release, path, Shades()).fresh == 44


def test_templates_fill_in_the_option_and_several_are_the_mean_direction(
    release: Path, tmp_path: Path
) -> None:
    encoder = Shades()
    found = made(release, tmp_path / "x.parquet", encoder, "<option>", "a very <option> thing")
    assert found.cut == 4
    assert ["blue", "green", "grey"] in encoder.read
    assert ["a very red thing"] in encoder.read
    row = features.read(tmp_path / "x.parquet").texts["red"]
    both = encoder.texts(["red", "a very red thing"]).astype(float)
    units = both / np.linalg.norm(both, axis=1, keepdims=True)
    assert np.allclose(row, units.mean(axis=0), atol=1e-6)
    with pytest.raises(DocumentError, match="has no <option>"):
        made(release, tmp_path / "y.parquet", encoder, "a thing")


def test_what_are_no_numbers_is_reported_and_not_kept(release: Path, tmp_path: Path) -> None:
    encoder = Shades()
    encoder.pictures = lambda pictures: np.full((len(pictures), 4), np.inf, np.float32)  # type: ignore[method-assign]
    with pytest.raises(LocalModelError, match="--dtype float32"):
        made(release, tmp_path / "x.parquet", encoder)
    assert not (tmp_path / "x.parquet").exists()
    assert made(release, tmp_path / "x.parquet", Shades()).fresh == 44


def test_evaluate_finds_what_was_made(release: Path, tmp_path: Path) -> None:
    made(release, tmp_path / "colours/features/shades.parquet", Shades())
    where = (str(release), "--output", str(tmp_path))
    assert "40 answers" in command("evaluate", *where, "--model", "probe:shades")
    said = command("evaluate", *where, "--model", "probe:other", code=2)
    assert "run `benchsmith features`" in said
    assert re.search(r"probe:shades +100\.00", scores(release, tmp_path))

    def change(rows: list[dict[str, Any]]) -> None:
        rows[3]["image"]["bytes"] = tiny.picture("red", "new")

    where = (str(rewritten(release, tmp_path, change)), "--output", str(tmp_path))
    said = command("evaluate", *where, "--model", "probe:shades", code=2)
    assert "1 of 40 pictures have changed since, such as test0003" in said


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("siglip", "'siglip' is not the name of an encoder"),
        ("local:nowhere", "there is no model 'nowhere'"),
    ],
)
def test_what_is_no_encoder_is_reported(
    release: Path, tmp_path: Path, model: str, says: str
) -> None:
    if model.startswith("local:") and find_spec("torch") is None:
        says = "needs torch"
    where = (str(release), "--output", str(tmp_path))
    assert says in command("features", *where, "--model", model, code=2)
