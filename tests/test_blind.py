"""Models without the picture, and with another: each is asked once and judged, and what they solve is left out."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from benchsmith.cli.app import read_benchmark
from benchsmith.core.silent_progress import Silent
from benchsmith.core.verdicts import NOT_RUN, PASS
from benchsmith.documents import blind_answers
from benchsmith.engine import engine
from benchsmith.evaluate.swapped_pictures import partners
from benchsmith.pipeline.build import Build
from tests.asking import picture_of, text_of
from tests.conftest import Project
from tests.endpoint import Endpoint, Reply, chat, scripted_server
from tests.light_builds import exporting

PASSES = 3


FILE = "reviews/small.blind.tsv"


def shown(request: Any) -> list[str]:
    """Return the options of a request, as they are shown."""
    return re.findall(r"^[A-Z]\. (.*)$", text_of(request), re.MULTILINE)


def has_picture(request: Any) -> bool:
    return not isinstance(request["messages"][-1]["content"], str)


def first_by_name(request: Any) -> Reply:
    """Answer with the option that is first by name, whatever the picture is."""
    options = shown(request)
    return chat("ABCDEFGHIJ"[options.index(min(options))])


def cases(project: Project) -> list[dict[str, Any]]:
    files = sorted((project.release / "data").glob("*.parquet"))
    return [row for f in files for row in pq.read_table(f).to_pylist()]


def published(project: Project, questions: set[str]) -> set[str]:
    """Return the public ids of questions, from the build's own pictures."""
    found: set[str] = set()
    for path in (project.folder / "output/small/stages/render").glob("*/rows.parquet"):
        for row in pq.read_table(path, columns=["id", "question"]).to_pylist():
            if row["question"] in questions:
                found.add(row["id"])
    return found


def rows(project: Project) -> list[dict[str, str]]:
    with (project.folder / FILE).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def ask(project: Project, server: Endpoint, *words: str, code: int = 0) -> str:
    more = ("--blind-model", "m", "--base-url", server.base_url, "--yes")
    return project.run("audit", "small", *more, *words, code=code)


def check(project: Project, name: str) -> dict[str, Any]:
    found = json.loads((project.folder / "output/small/audit.json").read_text())
    return {c["check"]: c for c in found["checks"]}[name]


def test_every_question_is_asked_without_its_picture_once_a_pass(copy: Project) -> None:
    assert check(copy, "blind-model")["outcome"] == NOT_RUN
    with scripted_server(first_by_name) as server:
        said = ask(copy, server)
        asked = list(server.requests)
        before = (copy.folder / FILE).read_bytes()
        again = ask(copy, server)
        assert len(server.requests) == len(asked), "what was paid for is not asked again"
    assert "without a picture: " in said and "questions to ask" in said and "tokens" in said
    assert "all answered" in again
    assert (copy.folder / FILE).read_bytes() == before
    there = cases(copy)
    assert not any(has_picture(r.body) for r in asked)
    assert len(asked) == sum(min(PASSES, len(c["options"])) for c in there)
    turns = Counter((text_of(r.body).split("\n")[0], frozenset(shown(r.body))) for r in asked)
    orders = {(text_of(r.body).split("\n")[0], tuple(shown(r.body))) for r in asked}
    assert len(orders) > len(turns), "options are turned round"
    right = [
        c["answer"] == "ABCDEFGHIJ"[c["options"].index(min(c["options"]))] and c["answers"] == "one"
        for c in there
    ]
    found = check(copy, "blind-model")
    assert found["value"] == pytest.approx(sum(right) / len(right), abs=1e-6)
    assert found["n"] == len(there)
    written = rows(copy)
    assert len(written) == len(there)
    assert sum(int(r["solved"]) == int(r["asked"]) for r in written) == sum(right)


@pytest.mark.slow
def test_one_who_sees_loses_with_another_picture_and_one_who_does_not_look_does_not(
    copy: Project,
) -> None:
    there = cases(copy)
    by_picture: dict[bytes, list[dict[str, Any]]] = {}
    for case in there:
        by_picture.setdefault(case["image"]["bytes"], []).append(case)
    swapped = 0

    def sees(request: Any) -> Reply:
        nonlocal swapped
        options = shown(request)
        if not has_picture(request):
            return first_by_name(request)
        seen = by_picture[picture_of(request)]
        question = text_of(request)
        own = [c for c in seen if c["question"] in question and set(c["options"]) == set(options)]
        swapped += not own
        names = {c["label"] for c in own or seen}
        return chat("ABCDEFGHIJ"[next((i for i, o in enumerate(options) if o in names), 0)])

    with scripted_server(sees) as server:
        ask(copy, server, "--shuffled")
        count = len(server.requests)
        ask(copy, server, "--shuffled")
        assert len(server.requests) == count
    assert swapped
    kinds = Counter(r["picture"] for r in rows(copy))
    assert kinds["none"] == len(there) and 0 < kinds["own"] == kinds["other"] <= len(there)
    found = check(copy, "shuffled-picture")
    assert found["outcome"] in (PASS, "WARN")
    assert found["value"] > 0.5
    with scripted_server(first_by_name) as server:
        project = (
            "audit",
            "small",
            "--blind-model",
            "blind",
            "--base-url",
            server.base_url,
            "--yes",
        )
        copy.run(*project, "--shuffled")
    parts = {p["name"]: p["value"] for p in check(copy, "shuffled-picture")["parts"]}
    assert parts["blind"] == 0 and parts["m"] == found["value"], "the best model is judged"
    names = set(pq.read_table(scored(copy), columns=["model"]).column("model").to_pylist())
    assert names == {f"{m}{how}" for m in ("m", "blind") for how in ("", ", no picture")}


def scored(project: Project) -> Path:
    """Score what was asked; answers about other pictures are not scores."""
    project.run("scores", "small")
    return project.folder / "output/small/scores/scores.parquet"


def test_the_other_picture_is_another_patient_s_and_does_not_show_the_key(built: Project) -> None:
    library = read_benchmark(built.folder, "small")
    run = Build("small", *library, built.folder / "output", engine(1), Silent())
    release = run.built()
    found = partners(release)
    by_id = {q.id: q for q in release.asked()}
    assert len(found) > len(by_id) / 2
    related = release.lexicon.labels.related
    for id_, other in found.items():
        question, instead = by_id[id_], by_id[other]
        own, shown = release.choices[question.target], release.choices[instead.target]
        assert (question.modality, question.view) == (instead.modality, instead.view)
        assert own.cluster != shown.cluster and own.patient != shown.patient
        key = question.option_labels[question.answers[0]]
        there = [n.name for n in shown.neighbours if question.view == "image" or n.in_region > 0]
        assert not any(related(key, one) for one in (shown.label, *there)), (id_, other)
        if question.view == "image":
            assert own.source == shown.source
    assert found == partners(run.built())


def test_what_is_solved_blind_is_left_out_and_another_takes_its_place(copy: Project) -> None:
    path = exporting(copy).folder / "benchmarks/small.yaml"
    text = path.read_text().replace("per_answer: 12", "per_answer: 3")
    path.write_text(text.replace("options: {", "options: {draw: matched, "))
    copy.run("build", "small", "--workers", "1")
    first = {c["id"] for c in cases(copy)}
    with scripted_server(first_by_name) as server:
        ask(copy, server)
    solved = {r["question"] for r in rows(copy) if r["closed"] == "no" and int(r["solved"]) >= 2}
    targets = {q.rpartition(":")[0] for q in solved}
    ids = published(copy, solved)
    assert solved and ids < first
    before = targets_of(copy)
    path.write_text(path.read_text() + "drop_blind_solved: 2 of 3\n")
    copy.run("build", "small", "--workers", "1")
    left = left_out(copy, "blind-solved")
    assert {r["subject"] for r in left} == targets
    assert all(re.fullmatch(r"[23] of [23] by m", r["detail"]) for r in left)
    assert {c["id"] for c in cases(copy)}.isdisjoint(ids & first)
    later = targets_of(copy)
    assert any(
        len(later[label]) == len(there) and later[label] != there for label, there in before.items()
    ), "the next in rank takes the place"
    latest = json.loads((copy.folder / "output/small/latest.json").read_text())
    with scripted_server(lambda r: chat("A")) as server:
        copy.run("audit", "small", "--blind-model", "luck", "--base-url", server.base_url,
                 "--yes", "--limit", "1", "--passes", "1", code=6)  # fmt: skip
    copy.run("build", "small", "--workers", "1")
    after = json.loads((copy.folder / "output/small/latest.json").read_text())
    assert after["select"] == latest["select"], "answers that decide nothing select nothing anew"
    path.write_text(path.read_text().replace("draw: matched", "draw: uniform"))
    copy.run("build", "small", "--workers", "1")
    assert not left_out(copy, "blind-solved"), "the answers were about options drawn otherwise"


def targets_of(project: Project) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for case in cases(project):
        found.setdefault((case["task"], case["label"]), set()).add(case["target"])
    return found


def left_out(project: Project, reason: str) -> list[dict[str, str]]:
    with (project.folder / "output/small/left_out.tsv").open(encoding="utf-8", newline="") as file:
        return [r for r in csv.DictReader(file, delimiter="\t") if r["reason"] == reason]


def test_a_file_with_mistakes_is_refused_line_by_line(project: Project) -> None:
    path = project.folder / FILE
    good = dict.fromkeys(blind_answers.COLUMNS, "x") | {
        "picture": "none", "solved": "1", "asked": "3", "options": "4", "closed": "no",
    }  # fmt: skip
    bad = [
        {"solved": "-1"}, {"picture": "non"}, {"closed": "maybe"}, {"solved": "4"}, {}, {},
    ]  # fmt: skip
    path.parent.mkdir()
    lines = ["\t".join(blind_answers.COLUMNS)]
    lines += [
        "\t".join((good | {"question": f"q{min(i, 4)}"} | b).values()) for i, b in enumerate(bad)
    ]
    path.write_text("\n".join(lines) + "\n")
    said = project.run("check", "small", code=2)
    assert f"{FILE}:2: solved is '-1'; write a whole number" in said
    assert f"{FILE}:3: unknown picture 'non'; " in said
    assert f"{FILE}:4: closed is 'maybe'; write yes or no" in said
    assert f"{FILE}:5: `solved` is 4, above `asked`, 3" in said
    assert f"{FILE}:7: duplicate row for q4" in said
    assert f"{FILE}:6" not in said
    benchmark = project.folder / "benchmarks/small.yaml"
    path.unlink()
    benchmark.write_text(benchmark.read_text() + "drop_blind_solved: 3 of 2\n")
    assert "write it as `2 of 3`" in project.run("check", "small", code=2)


def test_options_of_the_command_that_do_not_go_together(built: Project) -> None:
    for words, what in (
        (("--shuffled",), "needs --blind-model"),
        (("--blind-model", "m", "--max-cost", "1"), "needs --price-in"),
        (("--blind-model", "m"), "no endpoint is given"),
    ):
        assert what in built.run("audit", "small", *words, code=2, OPENAI_BASE_URL="")
    alone = ("audit", "output/small/release", "--blind-model", "m")
    assert "--blind-model needs the name" in built.run(*alone, code=2)
