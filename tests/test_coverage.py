"""Coverage of the tree, and the data sets of the catalogue that may fill it: in words and on the page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchsmith.documents.library import collect, read
from benchsmith.documents.problems import Problems
from benchsmith.documents.query import parse
from benchsmith.explore import coverage_heat_map
from benchsmith.explore.catalogue_matches import MATCH_KINDS
from benchsmith.explore.coverage import TARGET_AXES, Coverage, coverage, empty, record
from benchsmith.explore.find_build import find
from benchsmith.explore.tree_listing import catalog
from benchsmith.pages.coverage_page import coverage_page
from tests.browser import DESK, PHONE, Open, Visit, faults
from tests.conftest import PROJECT, Project
from tests.shipped_documents import shipped_library


@pytest.fixture(scope="module")
def found(built: Project) -> Coverage:
    """Return the small benchmark's coverage."""
    problems = Problems(built.folder)
    library = collect(built.folder, problems)
    rows = catalog(built.folder, [], problems)
    with find(built.folder / "output", "small").rows() as there:
        counted = there.cells(TARGET_AXES)
    assert not problems.found
    return coverage(library.lexicon, rows, library.sources.values(), counted, "small")


def test_every_placement_and_every_target_is_in_one_cell(built: Project, found: Coverage) -> None:
    lexicon = read(built.folder).lexicon
    placed = {(p.task, p.department, m) for (_, m), p in lexicon.placements.items()}
    assert placed <= set(found.cells)
    with find(built.folder / "output", "small").rows() as there:
        whole = there.count()
        for task, department, modality in found.cells:
            if modality == "*":
                continue
            cell = found.cells[task, department, modality]
            query = parse(f"task={task} department={department} modality={modality}", lexicon)
            assert (cell.targets, cell.questions) == (
                there.count(query).targets,
                there.count(query).questions,
            )
    assert sum(c.targets for c in found.cells.values()) == whole.targets
    flat = found.project("task", "modality")
    assert sum(c.questions for c in flat.values()) == whole.questions


def test_the_catalogue_is_matched_by_the_lexicon_s_own_words(found: Coverage) -> None:
    assert found.entries["livers"].terms == {
        "modality": {"ct": "ct", "MRI": "mri"}, "task": {}, "anatomy": {"hepar": "liver"},
    }  # fmt: skip
    assert found.entries["bones"].terms["anatomy"] == {"vertebrae": "vertebra", "rib": "rib"}
    assert "quiz" not in found.entries, "a benchmark fills nothing"
    assert found.unmatched == {
        "modality": {"mixed": 1},
        "task": {"segmentation": 2, "classification": 1, "detection": 1},
        "anatomy": {"several": 1},
    }


def test_an_empty_cell_says_what_may_fill_it_and_why(built: Project, found: Coverage) -> None:
    lexicon = read(built.folder).lexicon
    gaps = {(r, c): cell for r, c, cell in empty(found, lexicon, "task", "modality")}
    bones = gaps["bone", "mri"]
    assert [(e, MATCH_KINDS[f.how], f.word, f.term) for e, f in bones.ranked()] == [
        ("bones", "label", "rib", "rib")
    ]
    organs = dict(gaps["organ-recognition-abdomen", "mri"].ranked())
    assert MATCH_KINDS[organs["livers"].how] == "label" and organs["livers"].term == "liver"
    assert MATCH_KINDS[organs["organs"].how] == "below"
    assert ("organ-recognition-abdomen", "ct") not in gaps, "the benchmark has these"
    assert all(not cell.has_source for cell in gaps.values())


def test_coverage_is_printed_with_what_was_matched(built: Project) -> None:
    said = built.run("coverage", "--columns", "modality", "--from", "small")
    row = next(line for line in said.splitlines() if line.strip().startswith("bone"))
    assert "+1" in row and re.search(r"\d", row)
    assert "modality of 4, task of 1, anatomy of 3" in said
    assert "not matched in task: segmentation (2), classification (1), detection (1)" in said
    said = built.run("coverage", "--columns", "modality", "--from", "small", "--empty")
    assert "task=bone modality=mri: 0 labels placed\n  Bones  [bones]: its 'rib' is rib" in said
    assert "Livers  [livers]: its 'hepar' is liver; has a recipe" in said
    assert "recipe's mapping" in built.run("coverage")
    assert "did you mean task" in built.run("coverage", "--rows", "taks", code=2)


def test_lines_gaps_and_json_are_in_the_tree_s_order_as_on_the_page() -> None:
    problems = Problems(PROJECT)
    library = shipped_library()
    tree = library.lexicon.modalities
    found = coverage(library.lexicon, catalog(PROJECT, [], problems), library.sources.values())
    page = coverage_page(found, library.lexicon, "modality", "task")
    data = json.loads(page.split('id="data">')[1].split("</script>")[0])
    wanted = [id_ for id_, _, _ in data["axes"]["modality"]["terms"]]
    for n, id_ in enumerate(wanted[:-1]):  # whatever lies below a term follows it, before all else
        below = [i for i, other in enumerate(wanted[:-1]) if id_ in tree.lineage(other)]
        assert below == list(range(n, n + len(below)))
    assert wanted[-1] == "*" and tree["lge-mri"].parent == "cardiac-mri"
    shown = coverage_heat_map.table(found, library.lexicon, "modality", "task")
    lines = [str(line) for line in shown.columns[0].cells]
    assert "\u203a \u203a lge-mri" in lines and "mri" in lines
    gaps = coverage_heat_map.gaps(found, library.lexicon, "modality", "task")
    cells = record(found, library.lexicon, "modality", "task", empty_only=False)["cells"]
    for own in ([line.split("\u203a ")[-1] for line in lines],
                [m[1] for line in gaps if (m := re.match(r"modality=(\S+)", line))],
                [cell["modality"] for cell in cells]):  # fmt: skip
        once = list(dict.fromkeys(own))
        assert len(once) > 20 and once == [id_ for id_ in wanted if id_ in set(once)]


def test_a_project_without_a_catalogue_has_a_coverage_too(project: Project) -> None:
    (project.folder / "raw_sources/catalog.tsv").unlink()
    assert "Of 0 data sets" in project.run("coverage")


def test_most_words_of_the_shipped_catalogue_are_understood() -> None:
    problems = Problems(PROJECT)
    library = shipped_library()
    found = coverage(library.lexicon, catalog(PROJECT, [], problems), library.sources.values())
    understood = sum(bool(e.terms["modality"]) for e in found.entries.values())
    assert understood > 0.9 * len(found.entries)
    assert found.entries["cholec80"].terms["task"] == {
        "workflow-recognition": "surgical-workflow-recognition"
    }
    reached = [c for c in found.cells.values() if c.sources]
    assert len(reached) > 50


@pytest.fixture(scope="module")
def page(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("page") / "coverage.html"
    built.run("coverage", "--from", "small", "--html", str(place))
    return place


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [DESK, PHONE])
def test_the_heat_map_opens_without_a_network(
    page: Path, visit: Open, size: tuple[int, int], dark: bool
) -> None:
    seen = visit(page, size=size, dark=dark)
    assert seen.text("h1") == "Coverage of small"
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    seen.page.click(".map button >> nth=0")
    assert seen.page.locator(".panel h2").first.is_visible()
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert not faults(seen.page)
    seen.assert_quiet()


def test_a_cell_of_the_page_says_what_the_rows_say(
    page: Path, visit: Open, found: Coverage
) -> None:
    seen = visit(page)

    def cells() -> dict[str, str]:
        told = seen.page.eval_on_selector_all(
            ".map button", "all => all.map(b => [b.dataset.cell, b.innerText])"
        )
        return dict(told)

    flat = found.project("task", "department")
    skin = "disease-diagnosis", "dermatology"
    assert flat[skin].targets > 0
    assert cells()[" ".join(skin)] == str(flat[skin].targets)
    seen.page.select_option("#columns", "modality")
    assert cells()["bone mri"] == "+1"
    skin = "disease-diagnosis", "dermoscopy"
    assert cells()[" ".join(skin)] == str(found.project("task", "modality")[skin].targets)
    seen.page.click("[data-cell='bone mri']")
    assert "Bones its “" in seen.text("#panel")
    assert seen.text("#query") == "task=bone modality=mri"
    seen.page.click("text=labels")
    three = found.cells["disease-diagnosis", "dermatology", "dermoscopy"]
    assert cells()[" ".join(skin)] == str(len(three.labels))
    seen.page.select_option("#only", "pathology")
    assert " ".join(skin) not in cells()
    assert seen.page.get_attribute("[data-cell='counting microscopy']", "class").startswith("h")
    seen.page.select_option("#rows", "modality")
    assert "microscopy counting" in cells() or "microscopy pathology" in cells()
    seen.assert_quiet()


def test_the_hint_and_the_keyboard_reach_a_cell(page: Path, visit: Open) -> None:
    seen = visit(page)
    seen.page.hover("[data-cell='bone orthopedic-surgery']")
    assert seen.page.locator("#tip").is_visible()
    assert "Bone \u00d7 Orthopedic Surgery" in seen.text("#tip")
    hold(seen)


def hold(seen: Visit) -> None:
    """Reach a cell with the keyboard alone, and open it."""
    for _ in range(60):
        seen.page.keyboard.press("Tab")
        if seen.page.evaluate("document.activeElement.dataset.cell ?? ''"):
            break
    cell = seen.page.evaluate("document.activeElement.dataset.cell")
    seen.page.keyboard.press("Enter")
    assert seen.page.get_attribute(f"[data-cell='{cell}']", "aria-pressed") == "true"
    assert seen.page.evaluate("document.activeElement.dataset.cell") == cell, "the focus is lost"


def test_terms_of_the_page_come_after_what_they_lie_below(built: Project, page: Path, visit: Open) -> None:  # fmt: skip
    seen = visit(page)
    seen.page.select_option("#columns", "modality")
    shown = seen.page.evaluate("""() => [...document.querySelectorAll('.map thead th')].map(
      each => [each.title, each.textContent.split('\\u203a').length - 1])""")
    axis = read(built.folder).lexicon.axes["modality"]
    by_name = {term.name: term.id for term in axis}
    ids = [by_name.get(name, "*") for name, _ in shown]
    for n, (id_, (_, depth)) in enumerate(zip(ids, shown, strict=True)):
        above = [a for a in axis.lineage(id_) if a != id_] if id_ != "*" else []
        assert depth == sum(a in ids for a in above)
        assert all(ids.index(a) < n for a in above if a in ids)
