"""Altered questions of a build: pixels, words and counts."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import PIL.Image
import pyarrow.parquet as pq
import pytest

from tests import twice
from tests.altered_pairs import NAMES, project
from tests.conftest import Project

__all__ = ["project"]

Row = dict[str, Any]


def cases(project: Project, name: str) -> list[Row]:
    """Return the published cases with their provenance."""
    return project.published(name)


def pairs(project: Project, name: str, kind: str) -> list[tuple[Row, Row]]:
    """Return the pairs of one kind: original and altered case."""
    rows = cases(project, name)
    originals = {r["pair"]: r for r in rows if r["pair"] and not r["altered"]}
    return [(originals[r["pair"]], r) for r in rows if r["altered"] == kind]


def pixels(row: Row) -> np.ndarray:
    return np.asarray(PIL.Image.open(io.BytesIO(row["image"]["bytes"]))).astype(int)


@pytest.fixture(scope="module")
def planes(project: Project) -> dict[str, np.ndarray]:
    """Return the phantoms' label volumes (z, y, x) by the public id of their image, read by nibabel."""
    found = {}
    shown = {r["image_sha256"]: r["sample"] for r in cases(project, "twice")}
    import hashlib

    for case in twice.LACKS:
        data = project.folder / "raw_sources/abdomen/data"
        digest = hashlib.sha256((data / f"images/{case}.nii.gz").read_bytes()).hexdigest()
        volume = np.asarray(nib.load(data / f"labels/{case}.nii.gz").dataobj)
        if digest in shown:
            found[shown[digest]] = volume.T
    return found


def labels_under(row: Row, mark: np.ndarray, planes: dict[str, np.ndarray]) -> Counter[int]:
    """Return how many pixels of a mark, (rows, columns) of bool, lie on each value of the masks."""
    plane = planes[row["sample"]][row["plane_index"]]
    y, x = np.nonzero(mark)
    scale = mark.shape[0] / plane.shape[0]
    values = plane[(y / scale).astype(int), (x / scale).astype(int)]
    return Counter(values.tolist())


@pytest.mark.parametrize("kind", ["move", "shift"])
def test_a_moved_mark_lies_on_what_is_right_now(
    project: Project, planes: dict[str, np.ndarray], kind: str
) -> None:
    found = [p for p in pairs(project, "twice", kind) if p[1]["granularity"] == "mask"]
    assert len(found) > 1
    for original, altered in found:
        before, after = pixels(original), pixels(altered)
        # the tint adds red and takes blue: what is tinted now and was not before is the new mark
        gained = (after - before)[:, :, 0] - (after - before)[:, :, 2]
        (value, most), *_ = labels_under(altered, gained > 20, planes).most_common(1)
        assert NAMES[value] == altered["label"] != original["label"]
        assert most > 0.9 * (gained > 20).sum()
        assert altered["answer"] == "ABCDEFG"[altered["options"].index(NAMES[value])]
        assert (before == after).all(axis=2).mean() > 0.5  # nothing but the marks is another


def test_a_shifted_mark_keeps_its_shape(project: Project) -> None:
    for original, altered in pairs(project, "twice", "shift"):
        told = json.loads(altered["alteration"])
        if altered["granularity"] == "mask":
            before, after = pixels(original), pixels(altered)
            gap = (after - before)[:, :, 0] - (after - before)[:, :, 2]
            old, new = gap < -20, gap > 20
            moved = np.roll(old, (2 * told["dy"], 2 * told["dx"]), (0, 1))
            assert (moved != new).sum() < 0.1 * old.sum()


def test_a_mirrored_picture_has_the_same_pixels(project: Project) -> None:
    found = pairs(project, "twice", "mirror")
    assert {o["granularity"] for o, _ in found} == {"box", "mask", "contour", "image"}
    for original, altered in found:
        assert (pixels(original)[:, ::-1] == pixels(altered)).all()
        assert original["label"].split("; ").sort() == altered["label"].split("; ").sort()


def test_a_turned_picture_has_the_same_pixels(project: Project) -> None:
    turns = Counter()
    for original, altered in pairs(project, "twice", "turn"):
        same = [
            k for k in (1, 2, 3) if np.array_equal(np.rot90(pixels(original), k), pixels(altered))
        ]
        assert same
        turns[same[0]] += 1
        assert sorted(original["label"].split("; ")) == sorted(altered["label"].split("; "))
    assert len(turns) > 1


def test_what_is_painted_out_is_no_answer_any_more(
    project: Project, planes: dict[str, np.ndarray]
) -> None:
    found = [p for p in pairs(project, "erased", "erase") if p[0]["answers"] == "several"]
    assert len(found) > 4
    for original, altered in found:
        (gone,) = set(original["label"].split("; ")) - set(altered["label"].split("; "))
        changed = (pixels(original) != pixels(altered)).any(axis=2)
        plane = planes[altered["sample"]][altered["plane_index"]]
        under = labels_under(altered, changed, planes)
        values = {v for v in under if v and under[v] > 0.02 * changed.sum()}
        assert {NAMES[v] for v in values} == {gone}
        # all of it is painted over, and what is left is all that was right before
        assert all(under[v] > 0.9 * 4 * (plane == v).sum() for v in values)
        there = {NAMES[v] for v in np.unique(plane).tolist() if v} - {gone}
        assert set(altered["label"].split("; ")) == there & set(altered["options"])
        # an organ is brighter than what it lies in; what was painted in is not
        bright = pixels(original)[changed].mean() - pixels(altered)[changed].mean()
        assert bright > 20


def test_words_options_and_split_are_those_of_the_original(project: Project) -> None:
    rows = cases(project, "twice")
    originals = {r["pair"]: r for r in rows if r["pair"] and not r["altered"]}
    altered = [r for r in rows if r["altered"]]
    assert len(altered) > 80
    assert Counter(r["pair"] for r in altered).most_common(1)[0][1] == 1
    for row in altered:
        one = originals[row["pair"]]
        for name in ("question", "split", "group", "granularity", "task", "modality", "answers"):
            assert row[name] == one[name]
        assert sorted(row["options"]) == sorted(one["options"])
        assert row["mirror"] is None
        assert row["target"] != one["target"]


def test_each_label_is_gained_as_often_as_it_is_lost(project: Project) -> None:
    rows = cases(project, "twice")
    originals = {r["pair"]: r for r in rows if r["pair"] and not r["altered"]}
    # of all kinds: who paints the gallbladder out of the liver makes the liver the answer
    changed = [
        r
        for r in rows
        if r["altered"] and r["answers"] == "one" and r["label"] != originals[r["pair"]]["label"]
    ]
    assert {"move", "shift"} <= {r["altered"] for r in changed}
    lost = Counter((r["pool"], r["granularity"], originals[r["pair"]]["label"]) for r in changed)
    gained = Counter((r["pool"], r["granularity"], r["label"]) for r in changed)
    assert lost == gained
    # each place of the key is as frequent among the counterfactuals, up to one
    for view in ("box", "mask", "contour"):
        own = [r for r in rows if r["altered"] and r["granularity"] == view]
        for pool in {(r["pool"], len(r["options"])) for r in own}:
            places = Counter(r["answer"] for r in own if (r["pool"], len(r["options"])) == pool)
            counts = [places["ABCDEFG"[i]] for i in range(pool[1])]
            assert max(counts) - min(counts) <= 1


def test_without_the_key_nothing_is_another(project: Project) -> None:
    plain = {r["id"]: r for r in cases(project, "plain")}
    twice_ = {r["id"]: r for r in cases(project, "twice") if not r["altered"]}
    assert plain.keys() == twice_.keys()
    assert all("pair" not in r and "alteration" not in r for r in plain.values())
    for id_, row in plain.items():
        assert all(twice_[id_][k] == v for k, v in row.items() if k != "build")


def test_bytes_do_not_depend_on_workers(project: Project, tmp_path: Path) -> None:
    other = Project(twice.write(tmp_path / "project"))
    other.run("build", "twice", "--workers", "2")
    for file in sorted((project.folder / "output/twice/release").rglob("*")):
        if file.is_file():
            name = file.relative_to(project.folder)
            assert (other.folder / name).read_bytes() == file.read_bytes(), name


def test_explain_states_what_was_done(project: Project) -> None:
    (row, *_) = [r for _, r in pairs(project, "twice", "shift") if r["granularity"] == "box"]
    told = json.loads(row["alteration"])
    said = project.run("explain", row["id"], "--benchmark", "twice")
    assert f"altered shift by {told['dx']} columns and {told['dy']} rows" in said
    assert "twice / tag" in said  # the target of the original is traced too
    original = next(o for o, r in pairs(project, "twice", "shift") if r["id"] == row["id"])
    assert "~shift:box" in project.run("explain", original["id"], "--benchmark", "twice")


def test_report_card_and_croissant_tell_of_pairs(project: Project) -> None:
    release = project.folder / "output/twice/release"
    page, card = ((release / n).read_text("utf-8") for n in ("report.html", "README.md"))
    moved = len(pairs(project, "twice", "move"))
    assert 'id="pairs"' in page
    assert f"| `move` | the mark is moved to another structure | {moved} | {moved} |" in card
    fields = json.loads((release / "croissant.json").read_text("utf-8"))["recordSet"][1]["field"]
    assert [f["@id"] for f in fields[-2:]] == ["cases/pair", "cases/altered"]
    for name in ("report.html", "README.md", "croissant.json"):
        without = (project.folder / "output/plain/release" / name).read_text("utf-8")
        assert "ounterfactual" not in without


def test_a_subset_keeps_whole_pairs_and_lone_questions(project: Project, tmp_path: Path) -> None:
    project.run("subset", "label=liver", "--from", "twice", "--to", str(tmp_path / "cut"))
    rows = [r for f in (tmp_path / "cut/data").glob("*") for r in pq.read_table(f).to_pylist()]
    assert {r["label"] for r in rows if r["answers"] == "one"} == {"liver"}
    sizes = Counter(r["pair"] for r in rows if r["pair"])
    assert sizes and set(sizes.values()) == {2}
    # the mark of a spleen that lies on the liver is a question of its own
    assert any(r["altered"] == "move" and not r["pair"] for r in rows)


def test_targets_are_counted_once(project: Project) -> None:
    counts = {}
    for name in ("twice", "plain"):
        found = json.loads((project.folder / f"output/{name}/release/validity.json").read_bytes())
        counts[name] = found["headline"]["targets"]
    assert counts["twice"] == counts["plain"]


def test_a_drop_on_review_draws_another_kind(project: Project, tmp_path: Path) -> None:
    copy = project.copy(tmp_path / "project")
    asked = copy.folder / "output/twice/latest.json"
    key = json.loads(asked.read_bytes())["ask"]["all"]
    rows = pq.read_table(copy.folder / f"output/twice/stages/ask/{key}/rows.parquet").to_pylist()
    question = next(r["id"] for r in rows if r["id"].endswith("~mirror:box"))
    target = question.rpartition(":")[0]
    line = [target, question, "drop", "poor-picture", "", "me", "2026-01-31T09:00:00Z", "", ""]
    (copy.folder / "reviews").mkdir(exist_ok=True)
    header = ["target", "question", "decision", "reason", "answered", "who", "time", "seen", "note"]
    text = "\n".join("\t".join(cells) for cells in (header, line)) + "\n"
    (copy.folder / "reviews/twice.tsv").write_text(text)
    copy.run("build", "twice", "--workers", "1")
    left = (copy.folder / "output/twice/left_out.tsv").read_text("utf-8")
    assert "review-dropped" in left
    key = json.loads(asked.read_bytes())["ask"]["all"]
    ids = set(
        pq.read_table(copy.folder / f"output/twice/stages/ask/{key}/rows.parquet")["id"].to_pylist()
    )
    original = target.removesuffix("~mirror")
    assert question not in ids
    assert {f"{original}~turn:box", f"{original}:box"} <= ids
