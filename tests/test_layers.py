"""A project's documents over the shipped ones: rows are added, replaced and withdrawn."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchsmith import Project
from benchsmith.core.errors import InputMissing
from benchsmith.documents import library, shipped
from benchsmith.documents.lexicon import placements
from benchsmith.documents.problems import DocumentError, Problems
from benchsmith.documents.votes import Vote
from benchsmith.drafting import accept_stem
from benchsmith.drafting.draft_document import Draft
from benchsmith.tagging import majority
from tests import world
from tests.command import benchsmith
from tests.conftest import Project as Folder
from tests.unaudited import unaudited

AXIS = "id;parent;name;synonyms;mesh;note"


@pytest.fixture
def below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the package ship the documents of the small test project."""
    folder = tmp_path / "package"
    world.documents(folder)
    monkeypatch.setattr(shipped, "root", lambda: folder)
    return folder


@pytest.fixture
def home(tmp_path: Path, below: Path) -> Path:
    """Return the empty folder of a project over them."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def test_rows_of_a_project_are_added_and_replace_shipped_ones(home: Path) -> None:
    world.table(
        home / "lexicon/tree/label.tsv",
        AXIS,
        ["pancreas;abdominal-organ;pancreas;;;", "liver;abdominal-organ;the liver;jecur;;"],
    )
    world.table(
        home / "lexicon/placements.tsv",
        "label;modality;task;department;agreed_by",
        [
            "pancreas;*;organ-recognition-abdomen;gastroenterology;me",
            "spleen;*;organ-recognition-abdomen;pathology;you",
        ],
    )
    world.table(home / "lexicon/curators.tsv", "id;name;role", ["you;Another;test"])
    world.table(
        home / "lexicon/windows.tsv",
        "id;kind;level;width;low;high;anatomy;modalities;source;note",
        ["soft;hu;50;350;;;*;ct;ours;"],
    )
    lexicon = Project(home).lexicon()
    assert lexicon.labels["liver"].name == "the liver"
    assert lexicon.labels.by_name("jecur") == lexicon.labels["liver"]
    assert lexicon.labels.by_name("hepar") is None  # a synonym of the row that was replaced
    assert lexicon.labels["spleen"].synonyms == ("lien",)
    assert lexicon.labels.lineage("pancreas") == ("pancreas", "abdominal-organ")
    spleen, kidney = lexicon.place("spleen", "ct"), lexicon.place("kidney", "ct")
    assert spleen is not None and kidney is not None
    assert (spleen.department, spleen.at) == ("pathology", "lexicon/placements.tsv:3")
    assert kidney.at.startswith("shipped:lexicon/placements.tsv:")
    window = lexicon.window("liver", "ct")
    assert window is not None and (window.level, window.width) == (50, 350)
    assert lexicon.curators == {"me", "you"}


def test_a_withdrawn_label_takes_its_rows_with_it(home: Path) -> None:
    world.table(home / "lexicon/tree/label.tsv", AXIS, ["~spleen;;;;;", "~abdominal-organ;;;;;"])
    world.table(home / "lexicon/confusables.tsv", "a;b;reason;reviewed_by", [])
    lexicon = Project(home).lexicon()
    assert "spleen" not in lexicon.labels and lexicon.place("spleen", "ct") is None
    assert lexicon.confusables == frozenset()  # the only shipped pair named the spleen
    assert lexicon.labels["liver"].parent == ""  # moved to the parent of its withdrawn parent


def test_a_mapping_is_laid_word_by_word_whatever_its_spelling(home: Path) -> None:
    world.table(
        home / "lexicon/mappings/abdomen.tsv",
        "raw;relation;label;reviewed_by;note",
        ["~t12;;;;", "RIB_7;drop;;me;not asked", "bowel;exact;stomach;me;"],
    )
    mapped = Project(home).lexicon().mappings["abdomen"]
    assert {word: (row.relation, row.label) for word, row in mapped.items()} == {
        "rib 7": ("drop", ""),
        "bowel": ("exact", "stomach"),
    }


@pytest.mark.parametrize(
    ("name", "header", "row", "says"),
    [
        (
            "tree/label.tsv",
            AXIS,
            "~spleem;;;;;",
            (
                "lexicon/tree/label.tsv:2: withdraws 'spleem', which is not among the shipped rows; "
                "did you mean spleen?"
            ),
        ),
        (
            "tree/label.tsv",
            AXIS,
            "milt;;milt;lien;;",
            (
                "lexicon/tree/label.tsv:2: 'lien' also names 'spleen' on line 22 of "
                "shipped:lexicon/tree/label.tsv; a name may belong to one term only"
            ),
        ),
        (
            "placements.tsv",
            "label;modality;task;department;agreed_by",
            "liver;*;bone;pathology;nobody",
            "lexicon/placements.tsv:2: unknown curator 'nobody'",
        ),
    ],
)
def test_problems_name_the_file_to_correct(
    home: Path, name: str, header: str, row: str, says: str
) -> None:
    world.table(home / "lexicon" / name, header, [row])
    with pytest.raises(DocumentError) as caught:
        Project(home).lexicon()
    assert says in str(caught.value).splitlines()


def test_a_project_without_shipped_documents_withdraws_nothing(below: Path) -> None:
    with (below / "lexicon/tree/label.tsv").open("a") as table:
        table.write("~liver\t\t\t\t\t\n")
    with pytest.raises(DocumentError, match="this table has no shipped version"):
        Project(below).lexicon()


def test_stems_are_added_and_withdrawn(home: Path) -> None:
    world.put(
        home / "question_pools/tasks/bone.yaml",
        'task: bone\ncues: [bone]\nstems:\n  box:\n    - "Which bone does the box in this <modality>'
        ' picture hold?"\nwithdrawn:\n  - "bone: what is seen in the box in this <modality>'
        ' picture?"\n',
    )
    pools = library.read(home).pools
    assert [(stem.text, stem.at) for stem in pools["bone"].stems["box"]] == [
        (
            "In the box in this <modality> picture, bone that is seen of which kind?",
            "shipped:question_pools/tasks/bone.yaml:9",
        ),
        (
            "Which bone does the box in this <modality> picture hold?",
            "question_pools/tasks/bone.yaml:5",
        ),
    ]
    assert len(pools["bone"].stems["mask"]) == 2
    assert library.read(home).pools == pools  # the second time from the cache


def test_a_stem_that_was_never_shipped_cannot_be_withdrawn(home: Path) -> None:
    world.put(
        home / "question_pools/tasks/bone.yaml",
        'task: bone\ncues: [bone]\nstems: {}\nwithdrawn:\n  - "Which bone?"\n',
    )
    with pytest.raises(DocumentError, match=r"bone\.yaml:5: withdraws a stem that is not among"):
        library.read(home)


def test_layers_build_what_one_merged_project_builds(
    home: Path, below: Path, tmp_path: Path
) -> None:
    """The data lie in the project; everything else is shipped, or merged by hand."""
    merged = tmp_path / "merged"
    world.write(merged)
    for source in ("abdomen", "cells", "skin"):
        shutil.copytree(
            merged / "raw_sources" / source / "data", home / "raw_sources" / source / "data"
        )
    row = "spleen;abdominal-organ;the spleen;lien;;"
    world.table(home / "lexicon/tree/label.tsv", AXIS, [row])
    path = merged / "lexicon/tree/label.tsv"
    lines = [
        row.replace(";", "\t") if line.startswith("spleen\t") else line
        for line in path.read_text().splitlines()
    ]
    path.write_text("\n".join(lines) + "\n")
    built = []
    for folder in (home, merged):
        with unaudited():
            benchsmith("build", "small", "--workers", "1", folder=folder)
        release = Folder(folder).bytes_of_release()
        built.append({name: data for name, data in release.items() if name.startswith("data/")})
    assert built[0] == built[1]
    assert any(b"the spleen" in data for data in built[0].values())


def test_a_new_project_has_only_what_is_its_own_and_builds(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    said = benchsmith("init", str(folder), folder=tmp_path)
    assert "benchsmith build demo --fetch" in said
    files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    assert files == [
        ".github/workflows/check.yml",
        ".gitignore",
        ".pre-commit-config.yaml",
        "README.md",
        "benchmarks/README.md",
        "lexicon/curators.tsv",
    ]
    assert (folder / "README.md").read_text().startswith("# mine\n")
    (folder / "README.md").write_text("ours\n")
    assert "README.md" not in benchsmith("init", str(folder), folder=tmp_path)
    assert (folder / "README.md").read_text() == "ours\n"
    benchmark, found = Project(folder).benchmark("demo")
    assert benchmark.title == "Benchsmith demo"
    assert found.sources["skimage-samples"].folder == folder / "raw_sources/skimage-samples"


def test_a_folder_that_is_no_project_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match="run `benchsmith init`"):
        Project(tmp_path).check()


def test_an_accepted_stem_goes_into_the_project_not_into_the_package(
    home: Path, below: Path
) -> None:
    before = {path: path.read_bytes() for path in below.rglob("*") if path.is_file()}
    (home / "question_pools").mkdir()
    stem = "Which bone is inside the rectangle in this <modality> picture?"
    draft = Draft("bone", "en", "toy/model", "box", several=False, stem=stem)
    assert accept_stem.put(home, draft, "me") == "question_pools/tasks/bone.yaml:6"
    stems = library.read(home).pools["bone"].stems["box"]
    assert [each.text for each in stems][2:] == [stem]
    assert before == {path: path.read_bytes() for path in below.rglob("*") if path.is_file()}


def test_votes_place_labels_in_the_projects_own_table(home: Path, below: Path) -> None:
    vote = Vote("liver", "*", "me", "organ-recognition-abdomen", "pathology", "", "a:1")
    verdict = majority.Verdict(
        ("liver", "*"), (vote,), ("organ-recognition-abdomen", "pathology"), (), ()
    )
    problems = Problems(home)
    rows = placements.rows(home, problems)
    assert len(rows) == len((below / "lexicon/placements.tsv").read_text().splitlines()) - 1
    changes = list(majority.changes([verdict], rows, problems, ""))
    assert [change.kind for change in changes] == ["against"]
    assert "at shipped:lexicon/placements.tsv:" in changes[0].current
    (home / "lexicon").mkdir()
    majority.write(home, changes, replacing=True)
    own = (home / "lexicon/placements.tsv").read_text().splitlines()
    assert own[1:] == ["liver\t*\torgan-recognition-abdomen\tpathology\tme"]
    placed = Project(home).lexicon().place("liver", "ct")
    assert placed is not None and placed.department == "pathology"
