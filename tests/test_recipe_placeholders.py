"""A placeholder of a recipe has a value in each picture, and its shape is not ignored."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchsmith.documents import recipe
from benchsmith.documents.problems import Problems
from benchsmith.text import path_patterns
from tests import world

RECIPE = (
    world.HEAD.format(title="Own")
    + """\
  - images: "images/{patient=word}_{n=digits}_{view}.png"
    modality: x-ray
"""
)
CONSTANT = "    labels: [{kind: constant, label: healthy}]\n"
MASKS = 'kind: masks, label: polyp, file: "masks/{patient}_{n}_{view}.png"'
SHEET = "kind: sheet, file: a.csv, key: id, labels: [finding]"
THERE = "{patient}, {n}, {view}, {key}, {part}"


def found(folder: Path, text: str) -> list[str]:
    own = folder / "raw_sources/own"
    own.mkdir(parents=True)
    (own / "recipe.yaml").write_text(RECIPE + text)
    problems = Problems(folder)
    recipe.collect(own, problems)
    return [str(each) for each in problems.found]


def labels(entry: str) -> str:
    return f"    labels:\n      - {{{entry}}}\n"


@pytest.mark.parametrize(
    ("text", "line", "key", "name", "there"),
    [
        ('    patient: "{pateint}"\n' + CONSTANT, 12, "patient", "pateint", THERE),
        ('    key: "{patient}-{key}"\n' + CONSTANT, 12, "key", "key", "{patient}, {n}, {view}"),
        ('    about:\n      laterality: "{side}"\n' + CONSTANT, 13, "laterality", "side", THERE),
        (labels(MASKS.replace("{n}", "{m}")), 13, "file", "m", THERE),
        (labels(MASKS.replace("label: polyp", "names: {a: b}")
            .replace("{n}", "{m}_{label}")), 13, "file", "m", f"{THERE}, {{label}}"),
        (labels('kind: volume, file: "{vue}.png", names: {1: a}'), 13, "file", "vue", THERE),
        (labels('kind: volume, file: "a.png", names_file: "{set}.txt"'), 13, "names_file", "set", THERE),
        (labels('kind: merge, how: union, of: {kind: volume, file: "{reader}/{m}.png", '
            "names: {1: a}}"), 13, "file", "m", f"{THERE}, {{reader}}"),
        (labels(SHEET.replace("a.csv", '"{video}.csv"')), 13, "file", "video", THERE),
        (labels(SHEET + ', row: "{frame}"'), 13, "row", "frame", THERE),
        (labels('kind: mask-files, file: a.csv, key: id, mask: roi, label: a, mask_at: "{fold}/*"'),
            13, "mask_at", "fold", f"{THERE}, {{path}}, {{folders}}, {{folder}}, {{name}}"),
    ],
)  # fmt: skip
def test_a_placeholder_without_a_value_is_refused(
    tmp_path: Path, text: str, line: int, key: str, name: str, there: str
) -> None:
    """All pictures were one patient's, `{pateint}`, and a mask of any picture was read."""
    (problem,) = found(tmp_path, text)
    assert problem.startswith(f"raw_sources/own/recipe.yaml:{line}: `{key}: ")
    assert f"has {{{name}}}, which no picture has; there are: {there}" in problem


def test_the_nearest_name_is_proposed(tmp_path: Path) -> None:
    (problem,) = found(tmp_path, '    patient: "{pateint}"\n' + CONSTANT)
    assert problem.endswith("did you mean patient?")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('    patient: "{patient=4}"\n' + CONSTANT, "a shape, '4', which would be ignored"),
        ('    patient: "{view=word}"\n' + CONSTANT, "a shape, 'word', which would be ignored"),
        (labels(SHEET + ', row: "{view=2}"'), "a shape, '2', which would be ignored"),
        (
            '    patient: "{n+1}"\n' + CONSTANT,
            "adds to {n}; a step such as {n+1} belongs to a picture's",
        ),
        ('    key: "{n+1}"\n' + CONSTANT, "adds to {n}; a step"),
        (labels('kind: masks, file: "{n}_{label+1}.png"'), "adds to {label}; a step"),
        ('    patient: "{Patient}"\n' + CONSTANT, "a brace that is not part of a {placeholder}"),
    ],
)
def test_a_shape_that_would_be_ignored_is_refused(tmp_path: Path, text: str, word: str) -> None:
    (problem,) = found(tmp_path, text)
    assert word in problem


@pytest.mark.parametrize(
    "text",
    [
        '    patient: "{patient=word}-{n=3}"\n    about: {view: "{view}"}\n' + CONSTANT,
        '    key: "{patient}-{n}"\n    patient: "{key}~{part}"\n' + labels(MASKS),
        '    patient: "column:{id}"\n' + labels(SHEET + ', row: "{n=4}"'),
        labels(MASKS.replace("{view}", "{view=2}*")),
        labels(MASKS.replace("{n}_{view}", "{n+1}_{part+1=3}")),
        labels(SHEET + ', row: "{n-1}"'),
    ],
)
def test_what_has_a_value_is_accepted(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, text) == []


@pytest.mark.parametrize(
    ("pattern", "fields", "fits"),
    [
        ("{key=4}.png", {"key": "P001"}, True),
        ("{key=4}.png", {"key": "P001a"}, False),
        ("{key=letters}.png", {"key": "P001"}, False),
        ("{key=word}.png", {"key": "P001"}, True),
        ("{key=digits}.png", {"key": "12"}, True),
        ("{key=1}.png", {"key": "0012"}, True),  # written as 12: more digits are kept
        ("{key=4}_{label=2}.png", {"key": "1"}, True),
    ],
)
def test_a_value_of_another_shape_fits_no_file(
    pattern: str, fields: dict[str, str], fits: bool
) -> None:
    """`P001a` was read by `{key=4}`, four characters."""
    assert path_patterns.fits(pattern, fields) is fits
