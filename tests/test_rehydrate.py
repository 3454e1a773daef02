"""Pictures that may not be passed on: left out, published as ids, and drawn again by who has them."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchsmith.core.errors import GateFailed
from benchsmith.core.silent_progress import Silent
from benchsmith.documents import library
from benchsmith.documents.problems import DocumentError
from benchsmith.publish import shipment
from benchsmith.publish.rehydrate import NO_DATA, NO_FILE, rehydrate
from benchsmith.review.built_cases import CaseStore
from tests import world
from tests.conftest import Project
from tests.unaudited import unaudited

LOCKED = "locked\tLocked\thttps://example.org\tno\tno\tyes\tno\t\n"
EXPORTS = "exports: [parquet, rehydrate, attribution, card, plain]\n"


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project whose volumes may not be passed on, built with their ids, and whole."""
    project = Project(world.write(tmp_path_factory.mktemp("locked") / "project"))
    with (project.folder / "lexicon/licences.tsv").open("a") as file:
        file.write(LOCKED)
    recipe = project.folder / "raw_sources/abdomen/recipe.yaml"
    recipe.write_text(recipe.read_text().replace("licence: cc0-1.0", "licence: locked"))
    text = (project.folder / "benchmarks/small.yaml").read_text() + EXPORTS
    for name, how in (("small", "ids"), ("whole", "keep"), ("open", "leave-out")):
        (project.folder / f"benchmarks/{name}.yaml").write_text(text + f"forbidden: {how}\n")
    with unaudited():
        project.run("build", "small", "--workers", "1")
    shutil.copytree(project.folder / "output/small/stages", project.folder / "output/whole/stages")
    with unaudited():
        project.run("build", "whole", "--workers", "1")
    return project


def words(project: Project) -> library.Library:
    found = library.read(project.folder)
    return found


def data(release: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in (release / "data").iterdir()}


def whole(project: Project) -> Path:
    return project.folder / "output/whole/release"


def test_nothing_of_a_locked_picture_is_in_the_release(locked: Project) -> None:
    """Not a pixel; its questions are there, without names."""
    rows = {r["id"]: r for r in pq.read_table(whole(locked) / "data").to_pylist()}
    barred = {i for i, r in rows.items() if r["source"] == "abdomen"}
    shown = {r["id"] for r in pq.read_table(locked.release / "data").to_pylist()}
    assert shown == rows.keys() - barred and len(barred) > 50
    told = pq.read_table(locked.release / "rehydrate.parquet").to_pylist()
    assert {r["id"] for r in told} == barred
    for row in told:
        case = rows[row["id"]]
        assert all(row[n] == case[n] for n in ("question", "options", "answer", "split", "label"))
        assert row["picture_sha256"] == hashlib.sha256(case["image"]["bytes"]).hexdigest()
        assert "abdomen/" not in json.dumps(row)
    pictures = {rows[i]["image"]["bytes"] for i in barred}
    for path in (p for p in locked.release.rglob("*") if p.is_file()):
        content = path.read_bytes()
        assert not any(picture in content for picture in pictures), path.name
    credits_ = (locked.release / "ATTRIBUTION.tsv").read_text()
    assert "\nabdomen\t" not in credits_ and "\nskin\t" in credits_
    card = (locked.release / "README.md").read_text()
    assert f"{len(barred)} more questions" in card and "benchsmith rehydrate" in card
    assert f"{len(shown)} multiple-choice questions" in card


def test_the_drawn_release_is_the_whole_one_byte_for_byte(locked: Project, tmp_path: Path) -> None:
    place = tmp_path / "drawn"
    said = locked.run("rehydrate", str(locked.release), "--to", str(place))
    assert data(place) == data(whole(locked))
    assert not (place / "rehydrate.parquet").exists()
    manifest = json.loads((place / "manifest.json").read_text())
    complete = json.loads((whole(locked) / "manifest.json").read_text())
    assert manifest["cases"] == complete["cases"]
    assert f"{manifest['rehydrated']} pictures drawn" in said
    files = {p.relative_to(place).as_posix() for p in place.rglob("*") if p.is_file()}
    assert manifest["files"].keys() == files - {"manifest.json"}
    again = locked.run("rehydrate", str(locked.release), "--to", str(place), code=4)
    assert "name another folder" in again and "Traceback" not in again


def test_files_with_other_names_are_found_by_their_contents(
    locked: Project, tmp_path: Path
) -> None:
    """Who has the data may have named them otherwise, and have some of them twice."""
    home = tmp_path / "home"
    shutil.copytree(locked.folder, home, ignore=shutil.ignore_patterns("output"))
    data_folder = home / "raw_sources/abdomen/data"
    for kind in ("images", "labels"):
        for name in "abc":
            (data_folder / kind / f"{name}.nii.gz").rename(data_folder / kind / f"{name}1.nii.gz")
    # the same volume once more, before the right one in the order of names, with labels of another
    shutil.copyfile(data_folder / "images/b1.nii.gz", data_folder / "images/a0.nii.gz")
    shutil.copyfile(data_folder / "labels/c1.nii.gz", data_folder / "labels/a0.nii.gz")
    found = rehydrate(locked.release, tmp_path / "drawn", words(Project(home)), Silent())
    assert not found.left and found.drawn > 50
    assert data(tmp_path / "drawn") == data(whole(locked))


def test_publish_takes_the_ids_and_refuses_the_pictures(locked: Project, tmp_path: Path) -> None:
    licences = words(locked).lexicon.licences
    goods = shipment.of_folder(locked.folder, locked.release, licences)
    assert "rehydrate.parquet" in {f.name for f in goods.files}
    assert {c.source for c in goods.credits} == {"cells", "skin"}
    rehydrate(locked.release, tmp_path / "drawn", words(locked), Silent())
    with pytest.raises(GateFailed, match="Locked forbids redistribution"):
        shipment.of_folder(locked.folder, tmp_path / "drawn", licences)


def test_what_cannot_be_drawn_stays_asked_for_and_is_drawn_later(
    locked: Project, tmp_path: Path
) -> None:
    """One volume is another here; then it is the right one again."""
    home = tmp_path / "home"
    shutil.copytree(locked.folder, home, ignore=shutil.ignore_patterns("output"))
    volume = home / "raw_sources/abdomen/data/images/a.nii.gz"
    right = volume.read_bytes()
    shutil.copyfile(home / "raw_sources/abdomen/data/images/b.nii.gz", volume)
    told = pq.read_table(locked.release / "rehydrate.parquet").to_pylist()
    per_sample = {s: sum(r["sample"] == s for r in told) for s in {r["sample"] for r in told}}
    first = tmp_path / "first"
    project = Project(home)
    said = project.run("rehydrate", str(locked.release), "--to", str(first), code=4)
    left = pq.read_table(first / "rehydrate.parquet").to_pylist()
    assert len({r["sample"] for r in left}) == 1 and len(left) == per_sample[left[0]["sample"]]
    assert f"abdomen: {len(left)} pictures left out: {NO_FILE}" in said
    volume.write_bytes(right)
    found = rehydrate(first, tmp_path / "second", words(project), Silent())
    assert found.drawn == len(left) and not found.left
    assert data(tmp_path / "second") == data(whole(locked))


def test_without_data_or_recipe_it_says_so(locked: Project, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(locked.folder, home, ignore=shutil.ignore_patterns("output", "data"))
    found = rehydrate(locked.release, tmp_path / "none", words(Project(home)), Silent())
    assert found.drawn == 0 and {why for _, why in found.left} == {NO_DATA}
    assert data(tmp_path / "none") == data(locked.release)
    shutil.copytree(locked.release, tmp_path / "other")
    table = pq.read_table(tmp_path / "other/rehydrate.parquet")
    at = table.schema.get_field_index("source")
    named = table.set_column(at, table.schema.field(at), [["abdomens"] * len(table)])
    pq.write_table(named, tmp_path / "other/rehydrate.parquet")
    with pytest.raises(DocumentError, match="no recipe of the source 'abdomens'; did you mean"):
        rehydrate(tmp_path / "other", tmp_path / "more", words(locked), Silent())
    with pytest.raises(DocumentError, match=r"there is no rehydrate\.parquet"):
        rehydrate(whole(locked), tmp_path / "more", words(locked), Silent())
    shutil.copytree(locked.release, tmp_path / "torn")
    (tmp_path / "torn/rehydrate.parquet").write_bytes(b"PAR1")
    with pytest.raises(DocumentError, match="cannot be read"):
        rehydrate(tmp_path / "torn", tmp_path / "more", words(locked), Silent())


def test_a_locked_source_is_left_out_unless_stated_otherwise(locked: Project) -> None:
    shutil.copytree(
        locked.folder / "output/small/stages", locked.folder / "output/open/stages",
        ignore=shutil.ignore_patterns("export"),
    )  # fmt: skip
    with unaudited():
        said = locked.run("build", "open", "--workers", "1")
    assert "left out: abdomen as a whole" in said
    place = locked.folder / "output/open"
    rows = pq.read_table(place / "release/data", columns=["source"]).to_pylist()
    assert {r["source"] for r in rows} == {"cells", "skin"}
    assert not (place / "release/rehydrate.parquet").exists()
    assert "\tlicence-forbids\t" in (place / "left_out.tsv").read_text()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("hidden: [test]\n", "`forbidden: ids` and `hidden` exclude each other"),
        ("exports: [parquet]\n", "`forbidden: ids` needs `rehydrate` among the exports"),
    ],
)
def test_what_does_not_go_with_ids_is_reported(project: Project, more: str, says: str) -> None:
    path = project.folder / "benchmarks/small.yaml"
    path.write_text(path.read_text() + "forbidden: ids\n" + more)
    assert says in project.run("check", "small", code=2)


def test_the_desk_shows_whoever_has_the_data_what_the_release_withholds(
    locked: Project, tmp_path: Path
) -> None:
    """Its picture is the one that was drawn; a file for another program does not get it."""
    output = locked.folder / "output"
    case_store = CaseStore(output, "small")
    told = {r["id"]: r for r in pq.read_table(locked.release / "rehydrate.parquet").to_pylist()}
    shown = {r["id"]: r for r in pq.read_table(locked.release / "data").to_pylist()}
    assert {c.id for c in case_store.cases} == told.keys() | shown.keys()
    assert case_store.withheld == told.keys() and not told.keys() & shown.keys()
    for case in case_store.cases:
        row = (told | shown)[case.id]
        digest = row.get("picture_sha256") or hashlib.sha256(row["image"]["bytes"]).hexdigest()
        assert hashlib.sha256(case_store.png(case)).hexdigest() == digest == case.sha256
        assert list(case.options) == row["options"] and case.stem == row["question"]
    said = locked.run("review", "small", "--to-label-studio", str(tmp_path / "ls"))
    tasks = json.loads((tmp_path / "ls/tasks.json").read_text())
    reviewed = {c.id for c in case_store.one_each}
    assert {t["data"]["case"] for t in tasks} == reviewed & shown.keys()
    assert f"{len(reviewed & told.keys())} cases have no task" in said
    said = locked.run("review", "small", "--results")
    assert f"of these, pictures not redistributable: {len(reviewed & told.keys())}" in said
