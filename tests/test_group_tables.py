"""A table for each group of pictures, such as a video: which row a frame has."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest

from benchsmith import plugins
from benchsmith.documents import recipe
from benchsmith.documents.problems import DocumentError, Problems
from benchsmith.pipeline.source_files import find_files
from benchsmith.tables.file_digests import Digests
from tests.test_ingest import HEAD, run

FRAMES = 12
STEP = 5
"""Frames between two rows of the tools' table, and two pictures that a tool extracted."""


def phase(video: str, frame: int) -> str:
    return "Preparation" if (frame < 6) == (video == "v1") else "Dissection"


def tables(data: Path, video: str) -> None:
    """Write a table of phases, a row for each frame, and one of tools, a row for every fifth."""
    rows = [f"{f}\t{phase(video, f)}" for f in range(FRAMES)]
    (data / f"{video}-phase.txt").write_text("\n".join(["Frame\tPhase", *rows]) + "\n")
    tools = [f"{f}\t{int(f > 4)}\t{int(video == 'v1')}" for f in range(0, FRAMES, STEP)]
    (data / f"{video}-tool.txt").write_text("\n".join(["Frame\tGrasper\tHook", *tools]) + "\n")


def grey(frame: int) -> np.ndarray:
    picture = np.full((64, 64, 3), 20 + 15 * frame, np.uint8)
    picture[10:20, 10:20] = 255
    return picture


def frames(data: Path, first: int) -> None:
    """Write every fifth frame as a picture, numbered from `first`."""
    for video in ("v1", "v2"):
        (data / video).mkdir()
        for n, frame in enumerate(range(0, FRAMES, STEP)):
            PIL.Image.fromarray(grey(frame)).save(data / f"{video}/{video}_{n + first:06d}.png")


SAMPLES = """  - images: "{video}/{name}_{frame}.png"
    modality: laparoscopy
    patient: "{video}"
    labels:
      - kind: sheet
        file: "{video}-phase.txt"
        key: Frame
        row: "{frame}"
        rows_at: {picture: 1, row: 0, step: 5}
        other_rows: count
        separator: "\\t"
        labels: [Phase]
      - kind: sheet
        file: "{video}-tool.txt"
        key: Frame
        row: "{frame}"
        rows_at: {picture: 1, row: 0, step: 5}
        separator: "\\t"
        one_hot: [Grasper, Hook]
        group: tool
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    for video in ("v1", "v2"):
        tables(tmp_path / "data", video)
    return tmp_path / "data"


def test_each_frame_has_the_row_of_its_number_in_its_video_s_table(data: Path) -> None:
    """Pictures count from 1, once every five frames; rows from 0."""
    frames(data, 1)
    findings, rejected, samples = run(data.parent, SAMPLES)
    found = {(f.sample, f.group): f.raw for f in findings if f.group == "Phase"}
    for sample in samples:
        video, number = sample.key.split("/")[0], int(sample.key[-6:])
        assert found[sample.id, "Phase"] == phase(video, (number - 1) * STEP)
    tools = {(f.sample[-9:], f.raw) for f in findings if f.group == "tool"}
    assert tools == {
        ("v1_000001", "Hook"), ("v1_000002", "Hook"), ("v1_000003", "Hook"),
        ("v1_000002", "Grasper"), ("v1_000003", "Grasper"),
        ("v2_000002", "Grasper"), ("v2_000003", "Grasper"),
    }  # fmt: skip
    assert {r.subject for r in rejected if r.reason == "row-not-read"} == {
        "v1-phase.txt", "v2-phase.txt",
    }  # fmt: skip
    assert {r.detail for r in rejected} == {"9 of 12 rows belong to pictures that are not read"}
    stated = {f.stated_at for f in findings if f.sample.endswith("v2/v2_000002")}
    assert stated == {"v2-phase.txt:7", "v2-tool.txt:3"}


def test_a_wrong_first_number_is_seen(data: Path) -> None:
    """The same pictures numbered from 0: one row is missed, and none is taken for another."""
    frames(data, 0)
    findings, rejected, _ = run(data.parent, SAMPLES)
    assert {f.sample[-9:] for f in findings} == {f"v{v}_00000{n}" for v in (1, 2) for n in (1, 2)}
    lost = {r.subject: r.detail for r in rejected if r.reason == "not-listed"}
    assert lost == {
        f"v{v}/v{v}_000000.png": f"v{v}-phase.txt has no row whose Frame is '-5'" for v in (1, 2)
    }
    assert {r.subject for r in rejected if r.reason == "no-picture"} == {
        "v1-tool.txt:4", "v2-tool.txt:4",
    }  # fmt: skip


def test_frames_of_a_video_have_rows_by_their_number(data: Path) -> None:
    kind = cv2.VideoWriter.fourcc(*"MJPG")
    for video in ("v1", "v2"):
        writer = cv2.VideoWriter(str(data / f"{video}.avi"), kind, 25, (64, 64))
        for frame in range(FRAMES):
            writer.write(grey(frame))
        writer.release()
    samples = """  - images: "{video}.avi"
    modality: laparoscopy
    patient: "{video}"
    parts: {every: 5}
    labels:
      - kind: sheet
        file: "{video}-tool.txt"
        key: Frame
        row: "{part}"
        separator: "\\t"
        one_hot: [Grasper, Hook]
      - kind: sheet
        file: "{video}-phase.txt"
        key: Frame
        row: "{part}"
        separator: "\\t"
        other_rows: count
        labels: [Phase]
"""
    findings, rejected, found = run(data.parent, samples)
    assert {s.key for s in found} == {f"v{v}~{f}" for v in (1, 2) for f in (0, 5, 10)}
    phases = {f.sample.rpartition("/")[2]: f.raw for f in findings if f.group == "Phase"}
    assert phases == {f"{v}~{f}": phase(v, f) for v in ("v1", "v2") for f in (0, 5, 10)}
    assert {r.reason for r in rejected} == {"row-not-read"}


def test_a_video_without_a_table_is_listed_once(data: Path) -> None:
    frames(data, 1)
    (data / "v2-tool.txt").unlink()
    findings, rejected, _ = run(data.parent, SAMPLES)
    lost = [(r.reason, r.subject) for r in rejected if r.subject == "v2-tool.txt"]
    assert lost == [("file-missing", "v2-tool.txt")], "once, not for each frame"
    assert {f.group for f in findings if "/v2/" in f.sample} == {"Phase"}, "the phases stay"


def test_rows_that_are_no_numbers_are_a_fault_of_the_table(data: Path) -> None:
    frames(data, 1)
    text = (data / "v1-phase.txt").read_text().replace("3\tPrep", "three\tPrep")
    (data / "v1-phase.txt").write_text(text)
    _, rejected, _ = run(data.parent, SAMPLES)
    what = [r.detail for r in rejected if r.subject == "v1-phase.txt"]
    assert what == ["line 5: its key 'three' is not a number, as `rows_at` needs"]


def test_row_is_not_joined_with_another_way_to_find_rows(tmp_path: Path) -> None:
    with pytest.raises((DocumentError, AssertionError), match="key_is"):
        run(tmp_path, SAMPLES.replace("key: Frame", "key: Frame\n        key_is: stem"))


def test_a_table_without_a_video_is_listed(data: Path) -> None:
    frames(data, 1)
    (data / "v3-tool.txt").write_text("Frame\tGrasper\tHook\n0\t1\t0\n")
    (data.parent / "recipe.yaml").write_text(HEAD + SAMPLES)
    source = recipe.collect(data.parent, Problems(data.parent))
    assert source is not None
    found = find_files(source, {"": data}, plugins.readers(), Digests(data.parent / "digests"))
    assert [(r.reason, r.subject) for r in found.rejected if r.reason != "row-not-read"] == [
        ("no-picture", "v3-tool.txt")
    ]


def test_rows_of_a_group_s_table_can_be_selected(data: Path) -> None:
    """`where` selects rows of each video's table, and a frame without a wanted one is left out."""
    frames(data, 1)
    samples = SAMPLES.partition('      - kind: sheet\n        file: "{video}-tool.txt"')[0]
    wanted = samples.replace(
        "labels: [Phase]", "labels: [Phase]\n        where: {Phase: Dissection}"
    )
    findings, rejected, _ = run(data.parent, wanted)
    assert {f.raw for f in findings} == {"Dissection"}
    assert {f.sample[-9:] for f in findings} == {"v1_000003", "v2_000001", "v2_000002"}
    refused = {
        r.subject for r in rejected if r.reason == "row-unwanted" and r.subject.endswith("png")
    }
    assert refused == {"v1/v1_000001.png", "v1/v1_000002.png", "v2/v2_000003.png"}
