"""Further ordinary mistakes, on masks, YOLO and class folders: each message has place, reason and remedy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import world
from tests.command import in_process
from tests.ordinary_mistakes import picture
from tests.test_draft_recipes import square

HEAD = world.HEAD.format(title="Own")
MASKS = """\
  - images: "images/{key}.png"
    modality: microscopy
    labels:
      - {kind: masks, file: "masks/{key}_{label}.png", exhaustive: true}
"""
YOLO = MASKS.replace(
    'masks, file: "masks/{key}_{label}.png"', 'yolo, file: "labels/{key}.txt", names: {0: a}'
)
PATHS = """\
  - images: "{split}/{finding}/{key}.png"
    modality: dermoscopy
    labels:
      - {kind: path, field: finding}
"""
AT, NOT_YAML = "raw_sources/own/recipe.yaml:", "is not valid YAML: "


def write(home: Path, entry: str) -> Path:
    """Write a project with one sound source; return the folder of the source."""
    world.documents(home)
    own = home / "raw_sources/own"
    for n in range(3):
        place = (
            f"train/{('nevus', 'melanoma')[n % 2]}/p{n}.png"
            if entry == PATHS
            else f"images/p{n}.png"
        )
        (own / "data" / place).parent.mkdir(parents=True, exist_ok=True)
        picture(n, 96).save(own / "data" / place)
        if entry == MASKS:
            square(own / f"data/masks/p{n}_nucleus.png", at=9 * n)
        if entry == YOLO:
            (own / "data/labels").mkdir(exist_ok=True)
            (own / f"data/labels/p{n}.txt").write_text("0 0.3 0.3 0.3 0.3\n", "utf-8")
    (own / "recipe.yaml").write_text(HEAD + entry, "utf-8")
    return own


def instead(old: str, new: str) -> Callable[[Path], None]:
    """Return what replaces a text of the recipe."""

    def spoil(own: Path) -> None:
        text = (own / "recipe.yaml").read_text("utf-8")
        assert old in text
        (own / "recipe.yaml").write_text(text.replace(old, new), "utf-8")

    return spoil


def zipped(own: Path) -> None:
    shutil.make_archive(str(own / "data"), "zip", own / "data")
    shutil.rmtree(own / "data")


MISTAKES: dict[str, tuple[str, Callable[[Path], object], str, tuple[str, ...]]] = {
    "a folder of masks has another name": (
        MASKS, lambda own: (own / "data/masks").rename(own / "data/mask"), "check",
        (f"{AT}13: no file matches `masks/{{key}}_{{label}}.png`", "nearest: images, mask", "correct the path"),
    ),
    "a tab": (MASKS, instead("    modality", "\tmodality"), "check", (f"{AT}11: {NOT_YAML}", "indent with spaces")),
    "braces without quotes": (
        MASKS, instead('"images/{key}.png"', "{key}.png"), "check", (NOT_YAML, "quotes around a text with braces"),
    ),
    "a colon without a space": (
        PATHS, instead("modality: ", "modality:"), "check", (f"{AT}12: {NOT_YAML}", "a space after each colon"),
    ),
    "a word for true": (MASKS, instead("true}", "ja}"), "check", (f"{AT}13: ", "(found 'ja')", "write true or false")),
    "a number for a text": (PATHS, instead('"1"', "1"), "check", (f"{AT}2: `version`", "write it in quotes")),
    "a kind that does not exist": (
        YOLO, instead("yolo,", "yolov8,"), "check", (f"{AT}13: ", "unknown `kind` 'yolov8'; did you mean yolo?"),
    ),
    "a key that is missing": (
        YOLO, instead("    modality: microscopy\n", ""), "check", (f"{AT}10: `samples.0.modality` is missing; add",),
    ),
    "a placeholder that is not there": (
        PATHS, instead("field: finding", "field: class"), "check",
        (f"{AT}13: `images` has no placeholder {{class}}", "`split`, `finding`, `key`; name one of them in `field`"),
    ),
    "data that were not unpacked": (
        MASKS, zipped, "preview", ("own: data is missing, but data.zip is: unpack it",),
    ),
    "a label file without its picture": (
        YOLO, lambda own: (own / "data/images/p1.png").unlink(), "preview",
        ("1 no-picture", "labels/p1.txt: ", "it matches `labels/{key}.txt` [download the picture"),
    ),
    "a mask without its picture": (
        MASKS, lambda own: (own / "data/images/p1.png").unlink(), "preview",
        ("1 no-picture", "masks/p1_nucleus.png: ", "[download the picture"),
    ),
    "a row of YOLO without its class": (
        YOLO, lambda own: (own / "data/labels/p1.txt").write_text("0.3 0.3 0.3 0.3\n"), "preview",
        ("own/p1: labels/p1.txt:1: ", "0.3 is not a class: a row begins with the number of its class"),
    ),
}  # fmt: skip
"""By mistake: the entry, what makes it, the command that finds it, and parts of its message in order."""


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_reported_with_place_reason_and_remedy(name: str, tmp_path: Path) -> None:
    entry, spoil, command, message = MISTAKES[name]
    spoil(write(tmp_path, entry))
    _, said = in_process([command, *(["own"] if command == "preview" else [])], tmp_path, {})
    at = 0
    for part in message:
        assert part in said[at:], said
        at = said.index(part, at)


@pytest.mark.parametrize("entry", [MASKS, YOLO, PATHS], ids=["masks", "yolo", "paths"])
def test_a_sound_source_has_no_mistake(entry: str, tmp_path: Path) -> None:
    write(tmp_path, entry)
    assert in_process(["check"], tmp_path, {})[1].startswith("no problem in ")
    assert "nothing would be left out" in in_process(["preview", "own"], tmp_path, {})[1]
