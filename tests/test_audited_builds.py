"""A build and a release folder are audited: what stops, what is published, and what pages show."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchsmith.audits.audit import load
from benchsmith.audits.registry import CHECKS
from benchsmith.core.verdict_json import from_json
from benchsmith.core.verdicts import FAIL, INFO, NOT_RUN, PASS, WARN
from tests.conftest import Project

UNPAIRED = {name for name in CHECKS if not (load(name).paired or load(name).skilled)}
"""The checks of a benchmark that asks what is shown, once."""
"""The checks of a benchmark without counterfactuals."""


def test_a_build_stops_at_a_hard_failure_and_publishes_nothing(project: Project) -> None:
    """A label that is called `unknown` is a remark and no option."""
    labels = project.folder / "lexicon/tree/label.tsv"
    labels.write_text(labels.read_text().replace("\tnevus\tmole", "\tunknown\tmole"))
    said = project.run("build", "small", "--workers", "1", code=5)
    assert "meta-options: Is every option free of references to other options" in said
    assert "what to do: Drop such labels" in said
    assert "waive: [{check: meta-options" in said
    assert not project.release.exists()
    verdicts = json.loads((project.folder / "output/small/audit.json").read_text())
    assert verdicts["publishable"] is False
    assert {c["check"] for c in verdicts["checks"]} == UNPAIRED
    page = project.folder / "output/small/report.html"
    shown = page.read_text().partition('id="check-meta-options"')[2].partition('id="check-')[0]
    named = {
        o["id"] for c in verdicts["checks"] if c["check"] == "meta-options" for o in c["offenders"]
    }
    assert shown.count('<img src="data:image/jpeg') == 4 and any(id_ in shown for id_ in named)
    project.run("audit", "small", code=5)
    benchmark = project.folder / "benchmarks/small.yaml"
    signed = "    - {check: meta-options, who: dr-a, why: a name of the test}\n"
    benchmark.write_text(benchmark.read_text() + signed)
    project.run("build", "small", "--workers", "1")
    assert not page.exists(), "what was published has its own"
    told = project.run("audit", "small")
    assert "waived by dr-a: a name of the test" in " ".join(told.split())
    assert "dr-a" in (project.release / "report.html").read_text()


def test_a_signature_for_no_check_is_a_problem_of_the_document(project: Project) -> None:
    benchmark = project.folder / "benchmarks/small.yaml"
    more = (
        "    - {check: meta-option, who: dr-a, why: no}\n"
        "  cleared: [{a: liver, b: splen, who: dr-a, why: no}]\n"
    )
    benchmark.write_text(benchmark.read_text() + more)
    said = project.run("check", "small", code=2)
    line = benchmark.read_text().split("\n").index(more.split("\n", maxsplit=1)[0]) + 1
    assert f"small.yaml:{line}: unknown check 'meta-option'; did you mean meta-options" in said
    assert f"small.yaml:{line + 1}: unknown label 'splen'; did you mean spleen?" in said


def test_a_mark_of_the_benchmark_file_is_used(project: Project) -> None:
    benchmark = project.folder / "benchmarks/small.yaml"
    benchmark.write_text(benchmark.read_text() + "  smallest_px: 4000\n")
    project.run("build", "small", "--workers", "1")
    found = json.loads((project.release / "validity.json").read_text())
    assert found["marks"]["smallest_px"] == 4000
    checks = {c["check"]: c for c in found["checks"]}
    assert checks["region-size"]["outcome"] == FAIL
    assert "pixels as shown" in checks["region-size"]["offenders"][0]["why"]


def test_the_release_carries_its_verdicts_and_names_nobody(built: Project) -> None:
    found = json.loads((built.release / "validity.json").read_text())
    assert {c["check"] for c in found["checks"]} == UNPAIRED
    assert found["headline"]["questions"] == sum(
        json.loads((built.release / "manifest.json").read_text())["cases"].values()
    )
    text = (built.release / "validity.json").read_text()
    assert "person1" not in text and "abdomen/a" not in text


def test_the_page_shows_what_failed_first(built: Project) -> None:
    """Then what warns, what is too small to tell, what was not run, figures, and what passed."""
    page = (built.release / "report.html").read_text()
    assert 'id="validity"' in page
    found = from_json(json.loads((built.release / "validity.json").read_text()))
    weight = {(FAIL, False): 0, (WARN, False): 1, (WARN, True): 2, (NOT_RUN, False): 3,
              (INFO, False): 4, (PASS, False): 5}  # fmt: skip
    shown = sorted(found.verdicts, key=lambda v: page.index(f'id="check-{v.check}"'))
    weights = [weight[v.outcome, v.undecided] for v in shown]
    assert weights == sorted(weights) and len(set(weights)) > 3
    assert page.count('id="check-') == len(found.verdicts)


def test_a_release_folder_alone_is_checked_with_the_same_result(built: Project) -> None:
    ours = json.loads(built.run("audit", "small", "--json"))
    alone = json.loads(built.run("audit", "output/small/release", "--json"))
    own = {c["check"]: c for c in ours["checks"]}
    theirs = {c["check"]: c for c in alone["checks"]}
    for name in (
        "positions",
        "prior-attack",
        "picture-sound",
        "power",
        "chance",
        "mark-visible",
        "repeats",
        "same-answer",
        "exclusive-labels",
        "region-overlap",
        "near-duplicates",
    ):
        assert theirs[name]["value"] == pytest.approx(own[name]["value"], abs=1e-6), name
        assert (theirs[name]["outcome"], theirs[name]["n"]) == (
            own[name]["outcome"],
            own[name]["n"],
        )
    # what a build alone knows: it can draw the options again
    assert {n for n, c in theirs.items() if c["outcome"] == NOT_RUN and own[n]["outcome"] != NOT_RUN
            } <= {"published-rule"}  # fmt: skip


def test_a_spoiled_release_folder_is_judged_by_name(built: Project, tmp_path: Path) -> None:
    """An answer that is not an option or no letter, an empty picture, a file that cannot be read."""
    folder = tmp_path / "release"
    shutil.copytree(built.release, folder)
    file = max((folder / "data").glob("*.parquet"), key=lambda p: p.stat().st_size)
    table = pq.read_table(file)
    rows = table.to_pylist()
    rows[0]["answer"], rows[1]["answer"], rows[2]["answer"] = "K", "liver", ""
    rows[3]["image"]["bytes"], rows[4]["image"]["bytes"] = b"", b"no picture"
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), file)
    found = json.loads(built.run("audit", str(folder), "--json", code=5))
    checks = {c["check"]: c for c in found["checks"]}
    whys = {o["id"]: o["why"] for o in checks["key-offered"]["offenders"]}
    assert set(whys) == {r["id"] for r in rows[:3]}
    assert "the answer K is none of the" in whys[rows[0]["id"]]
    assert {o["id"] for o in checks["picture-sound"]["offenders"]} == {r["id"] for r in rows[3:5]}
    file.write_bytes(file.read_bytes()[:-200])
    assert f"{file.name}:1: cannot be read" in built.run("audit", str(folder), code=2)


def test_what_is_not_built_cannot_be_checked(project: Project) -> None:
    assert "run `benchsmith build small` first" in project.run("audit", "small", code=4)


def test_a_folder_that_is_no_release_is_reported(project: Project) -> None:
    (project.folder / "other/data").mkdir(parents=True)
    assert "has no Parquet file; is it a release?" in project.run("audit", "other", code=2)
