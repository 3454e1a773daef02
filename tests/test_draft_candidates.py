"""Where files leave a doubt, a draft shows every way to read them, and the one that is chosen is right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from ruamel.yaml import YAML

from benchsmith import plugins
from benchsmith.core.model import Finding
from benchsmith.documents.benchmark import Slices
from benchsmith.documents.lexicon import Lexicon
from benchsmith.drafting import decide_recipe
from benchsmith.drafting.decide_recipe import Answers
from benchsmith.drafting.recipes.proposal import EACH, Candidate, Draft
from benchsmith.drafting.recipes.trial import source_of
from benchsmith.stages.ingest import ingest
from benchsmith.stages.list_units import list_units
from benchsmith.stages.units import Unit
from tests import world
from tests.command import benchsmith
from tests.conftest import PROJECT
from tests.shipped_documents import shipped_lexicon
from tests.test_draft_recipes import drafted, picture, read, square


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return shipped_lexicon()


def units(one: Candidate, folder: Path) -> list[Unit]:
    roots = {"": folder, "recipe": folder}
    return list_units(source_of(one.samples, folder), roots, plugins.readers())[0]


def findings(one: Candidate, folder: Path) -> list[Finding]:
    readers = plugins.readers()
    every = [ingest(u, Slices(min_share=0), readers).findings for u in units(one, folder)]
    return [f for own in every for f in own]


def such(made: Draft, words: str) -> Candidate:
    """Return the only candidate whose text has some words."""
    (found,) = [c for c in made.candidates if words in c.what]
    return found


def nested(folder: Path, names: tuple[str, ...] = ("p1", "p2")) -> None:
    """Write masks in which value 2 lies in value 1, and value 3 beside them."""
    mask = np.zeros((96, 96), np.uint8)
    mask[10:60, 10:60] = 1
    mask[30:40, 30:40] = 2
    mask[70:80, 70:80] = 3
    for n, name in enumerate(names):
        picture(folder / f"images/{name}.png", n)
        (folder / "masks").mkdir(exist_ok=True)
        PIL.Image.fromarray(mask).save(folder / f"masks/{name}.png")


def test_values_are_classes_or_objects_or_wholes(lexicon: Lexicon, tmp_path: Path) -> None:
    nested(tmp_path)
    made = drafted(tmp_path, lexicon)
    assert made.samples == made.candidates[0].samples
    first = {(f.raw, f.area_px) for f in findings(made.candidates[0], tmp_path)}
    assert first == {("value 1", 2400), ("value 2", 100), ("value 3", 100)}
    objects = findings(
        such(made, "every value is one object, all of the same kind: kind: instances"), tmp_path
    )
    assert sorted(f.area_px for f in objects) == [100, 100, 100, 100, 2400, 2400]
    assert len({f.raw for f in objects}) == 1
    whole = findings(such(made, "union: {value 1: [value 1, value 2]}"), tmp_path)
    assert {(f.raw, f.area_px) for f in whole} >= {("value 1", 2500), ("value 2", 100)}


def test_names_given_to_values_are_given_in_their_union_too(tmp_path: Path) -> None:
    nested(tmp_path / "eyes")
    world.documents(tmp_path / "home")
    words = ("draft", "recipe", "../eyes", "--candidate")
    said = benchsmith(*words, "1", folder=tmp_path / "home")
    number = next(line for line in said.splitlines() if "union:" in line).split(":")[0][-1]
    benchsmith(*words, number, folder=tmp_path / "home")
    recipe = tmp_path / "home/raw_sources/eyes/recipe.yaml"
    decide_recipe.decide(recipe, Answers({}, {"1": "optic disc", "2": "cup"}))
    text = recipe.read_text("utf-8")
    assert "optic disc: [optic disc, cup]" in text and "3: value 3" in text
    assert "value 1" not in text.partition("samples:")[2]


def test_the_first_part_of_a_name_may_be_the_person(lexicon: Lexicon, tmp_path: Path) -> None:
    nested(tmp_path, ("Image_01L", "Image_01R", "Image_02L", "Image_02R"))
    made = drafted(tmp_path, lexicon)
    alone, both = made.candidates[0], such(made, "L, R the picture")
    assert {u.patient for u in units(alone, tmp_path)} == {
        f"draft/Image_{name}" for name in ("01L", "01R", "02L", "02R")
    }
    assert sorted(u.patient for u in units(both, tmp_path)) == ["draft/01"] * 2 + ["draft/02"] * 2
    assert len(findings(both, tmp_path)) == len(findings(alone, tmp_path)) == 12
    assert "2 patients with 4 pictures" in both.samples[0].decide["patient"]


def test_pictures_without_marks_may_show_nothing(lexicon: Lexicon, tmp_path: Path) -> None:
    for n in range(6):
        picture(tmp_path / f"images/p{n}.png", n)
        square(tmp_path / f"masks/p{n}.png", value=255 * (n % 2))
    made = drafted(tmp_path, lexicon)
    found = findings(such(made, "nothing: no finding"), tmp_path)
    words = sorted((f.sample.partition("/")[2], f.raw) for f in found if f.kind != "region")
    assert words == [(f"p{n}", "region" if n % 2 else "no finding") for n in range(6)]


def test_a_folder_without_a_doubt_has_one_candidate(lexicon: Lexicon, tmp_path: Path) -> None:
    for n, name in enumerate(("anna", "bert", "carl")):
        picture(tmp_path / f"images/{name}.png", n)
        square(tmp_path / f"masks/{name}.png")
    made = drafted(tmp_path, lexicon)
    assert [c.samples for c in made.candidates] == [made.samples]


@pytest.mark.parametrize("names", [("画像", "マスク"), ("fundus", "annots"), ("foto's", "zones 2")])
def test_folders_are_distinguished_by_their_content(
    lexicon: Lexicon, tmp_path: Path, names: tuple[str, str]
) -> None:
    """No name says which of two folders with the same file names holds the masks."""
    for n in range(4):
        picture(tmp_path / f"{names[0]}/症例_{n}.png", n)
        square(tmp_path / f"{names[1]}/症例_{n}.png", at=10 * n)
    found = read(drafted(tmp_path, lexicon), tmp_path)
    assert {(file, box) for file, _, box in found} == {
        (f"{names[0]}/症例_{n}.png", (10 * n, 10 * n, 10 * n + 30, 10 * n + 30)) for n in range(4)
    }


def test_class_folders_stay_classes(lexicon: Lexicon, tmp_path: Path) -> None:
    for name in ("polyp", "ulcer"):
        for n in range(3):
            picture(tmp_path / f"{name}/{n}.png", n)
    assert {raw for _, raw, _ in read(drafted(tmp_path, lexicon), tmp_path)} == {"polyp", "ulcer"}


def test_each_picture_of_a_packed_file_is_a_person_or_all_are(
    lexicon: Lexicon, tmp_path: Path
) -> None:
    pictures = np.arange(6 * 28 * 28, dtype=np.uint32).reshape(6, 28, 28).astype(np.uint8)
    labels = np.array([[0], [1], [0], [1], [0], [1]])
    np.savez(tmp_path / "set.npz", train_images=pictures, train_labels=labels)
    made = drafted(tmp_path, lexicon)
    each, all_ = made.candidates[0], such(made, "show one person")
    assert len({u.patient for u in units(each, tmp_path)}) == 6
    assert {u.patient for u in units(all_, tmp_path)} == {"draft/set"}
    assert "names no patients" in each.samples[0].decide["patient"]


def test_a_candidate_is_written_by_its_number_over_a_draft_that_nobody_changed(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    world.documents(home)
    nested(tmp_path / "eyes")
    words = ("draft", "recipe", "../eyes")
    said = benchsmith(*words, folder=home)
    assert said.count("\ncandidate ") >= 3 and "`--candidate N`" in said
    recipe = home / "raw_sources/eyes/recipe.yaml"
    first = recipe.read_text("utf-8")
    assert "kind: volume" in first and "# or, if every value is one object" in first
    assert "candidate 2" in benchsmith(*words, "--candidate", "2", folder=home)
    assert "kind: instances" in recipe.read_text("utf-8")
    assert "there is no candidate 99" in benchsmith(
        *words, "--candidate", "99", folder=home, code=2
    )
    assert "is not overwritten" in benchsmith(*words, folder=home, code=2)
    recipe.write_text(first.replace('licence: ""', "licence: cc0-1.0"), "utf-8")
    said = benchsmith(*words, "--candidate", "2", folder=home, code=2)
    assert "changed since it was drafted" in said and recipe.read_text("utf-8") != first


def test_shipped_recipes_of_packed_files_count_as_many_people_as_their_notes_say() -> None:
    """`key` is that of the file, so all of its pictures would be one person's."""
    for path in sorted((PROJECT / "raw_sources").glob("*/recipe.yaml")):
        text = path.read_text("utf-8")
        if "picture counts as one person" in " ".join(text.split()):
            for entry in YAML(typ="safe", pure=False).load(text)["samples"]:
                assert entry["images"].endswith(".npz") == (entry.get("patient") == EACH), path
