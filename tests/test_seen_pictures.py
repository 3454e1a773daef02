"""Pictures that an audit measured are not measured again, and the figures are the same."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from benchsmith.audits import seen_pictures
from benchsmith.audits.audit_row import AuditRow
from benchsmith.audits.sampled_looks import Sampled
from benchsmith.audits.seen_pictures import SeenPictures, as_json, from_json
from benchsmith.imaging.rendering.png import encode
from tests.conftest import Project


def picture(shade: int, *, marked: bool) -> bytes:
    rows, columns = np.indices((40, 56))
    pixels = np.repeat((rows * 3 + columns + shade)[:, :, None] % 200, 3, axis=2).astype(np.uint8)
    if marked:
        pixels[10:20, 12:14] = (255, 190, 0)
    return encode(pixels)


ROW = AuditRow(
    id="1", split="test", stem="", question="?", options=("x", "y"), labels=("x", "y"), answers=(0,),
    pool="p", task="t", modality="ct", view="box", label="x", source="s", target="t1",
)  # fmt: skip
PICTURES = {"a": picture(1, marked=True), "b": picture(9, marked=False), "c": b"no picture"}


def seen(before: SeenPictures | None = None) -> tuple[Sampled, SeenPictures]:
    found = SeenPictures(before=before)
    looks = Sampled([("a", "box"), ("b", "image"), ("c", "mask")], 1, found)
    for name, png in PICTURES.items():
        looks.see(name, png, sha256(png).hexdigest())
    return looks, found


def forbid(monkeypatch: pytest.MonkeyPatch) -> None:
    def measured(png: bytes) -> None:
        raise AssertionError("a picture is measured again")

    monkeypatch.setattr(seen_pictures, "pixels_of", measured)


def test_figures_are_the_same_after_they_were_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    looks, found = seen()
    assert len(found.measures) == 2
    assert [mark is not None for mark in found.marks.values()] == [True]
    kept = from_json(json.loads(json.dumps(as_json(found))))
    assert (kept.marks, kept.measures) == (found.marks, found.measures)

    del PICTURES["c"]  # cannot be opened, so it is opened each time
    try:
        forbid(monkeypatch)
        again, taken = seen(kept)
    finally:
        PICTURES["c"] = b"no picture"
    assert (taken.marks, taken.measures) == (found.marks, found.measures)
    for name in "ab":
        assert again.complete(name, ROW) == looks.complete(name, ROW)
    assert looks.complete("a", ROW).mark == (65, 190)  # red - green and green - blue of the mark
    assert looks.complete("b", ROW).mark is None


def test_only_pictures_of_the_audit_are_kept() -> None:
    _, whole = seen()
    other = SeenPictures(before=whole)
    looks = Sampled([("b", "image")], 1, other)
    looks.see("b", PICTURES["b"], sha256(PICTURES["b"]).hexdigest())
    assert other.measures.keys() == {sha256(PICTURES["b"]).hexdigest()}
    assert not other.marks


def test_a_subset_measures_no_picture_of_its_build(
    copy: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy.run("subset", "split=test", "--to", str(tmp_path / "first"), "--from", "small")
    forbid(monkeypatch)
    copy.run("subset", "split=test", "--to", str(tmp_path / "again"), "--from", "small")
    names = sorted(p.relative_to(tmp_path / "first") for p in (tmp_path / "first").rglob("*.*"))
    assert names
    for name in names:
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


@pytest.mark.parametrize("text", ["[]", '{"key": "other"}'])
def test_measurements_that_cannot_be_read_are_made_again(
    copy: Project, tmp_path: Path, text: str
) -> None:
    (kept,) = copy.folder.glob("output/small/stages/audit/*/looks.json")
    kept.write_text(text)
    copy.run("subset", "split=test", "--to", str(tmp_path / "cut"), "--from", "small")
