"""The command `items`: answers of a release's models, and the questions' parameters from them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import pointbiserialr

from benchsmith.evaluate import item_answers, item_parameters
from benchsmith.evaluate.item_answers import ItemAnswers
from benchsmith.evaluate.items import Item
from benchsmith.statistics.item_linking import LEAST_COMMON
from benchsmith.statistics.item_response import fit
from tests import releases
from tests.conftest import Project
from tests.made_answers import Array, made, uniform
from tests.score_tables import item


def test_the_correlation_with_the_rest_is_scipy_s() -> None:
    own = made(60, 40, 12)
    rest = (own.right.sum(axis=1, keepdims=True) - own.right) / 11
    expected = [pointbiserialr(own.right[:, n], rest[:, n])[0] for n in range(12)]
    assert item_parameters.item_rest(own.right) == pytest.approx(np.array(expected))


def answers(name: str, items: list[Item], right: Array) -> ItemAnswers:
    return ItemAnswers(name, tuple(items), tuple(f"m{n}" for n in range(len(right))), right)


def test_common_questions_are_the_same_in_content_and_key() -> None:
    base = [item(n, split="val") for n in range(8)]
    changed = [
        base[1],
        item(2, split="val", key=(3,)),
        item(3, split="val", content="new"),
        item(20),
    ]
    right = np.ones((3, 8))
    one, other = answers("a", base, right), answers("b", changed, right[:, :4])
    assert item_answers.common_items(one, other) == ([1], [0])
    with pytest.raises(Exception, match="has 1 questions in common with a"):
        item_parameters.calibrate([one, other])


def keys_of(project: Project, edition: str) -> dict[str, str]:
    """Return the letters of every case's key, hidden ones too."""
    folder = project.folder / f"output/small@{edition}"
    files = [*sorted(folder.glob("release/data/*.parquet")), folder / "private/answers.parquet"]
    rows = [row for file in files for row in pd.read_parquet(file).to_dict("records")]
    return {row["id"]: row["answer"] for row in rows if row.get("answer")}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return two editions that five made-up models answered: the later are better, and the questions differ."""
    more = "hidden: [test]\neditions:\n  of: 2\n  apart: structure\n  draws:\n    - {name: spring, part: 1}\n    - {name: autumn, part: 2}\n"
    project = releases.write(
        tmp_path_factory.mktemp("items") / "project",
        more,
        exports=("parquet", "provenance"),
        **releases.SHADED,
    )
    project.run("build", "small", "--workers", "1")
    for edition in ("spring", "autumn"):
        key = keys_of(project, edition)
        rank = dict(zip(key, uniform(7, len(key)).tolist(), strict=True))
        noise = [dict(zip(key, row, strict=True)) for row in uniform(8, 5, len(key)).tolist()]
        for n in range(1, 6):
            path = project.folder / f"replies-{edition}-{n}.csv"
            with path.open("w", newline="") as file:
                rows = csv.writer(file)
                rows.writerow(["id", "answer"])
                for id_, letter in key.items():
                    wrong = "B" if letter == "A" else "A"
                    easy = noise[n - 1][id_] < 1 / (1 + np.exp(4 * (rank[id_] - n / 6)))
                    rows.writerow([id_, letter if easy else wrong])
            project.run("evaluate", f"small@{edition}", "--import", str(path), "--as", f"model-{n}")
    return project


def test_the_command_states_which_questions_are_hard(asked: Project) -> None:
    said = json.loads(asked.run("items", "small@spring", "small@autumn", "--json"))
    first, second = said["editions"]
    assert (first["models"], first["kind"], first["slope"], first["shift"]) == (5, "rasch", 1, 0)
    val = {
        edition: {r["id"] for r in said["items"] if r["edition"] == edition and r["split"] == "val"}
        for edition in ("small@spring", "small@autumn")
    }
    assert val["small@spring"] == val["small@autumn"], "the open split is what both have"
    assert second["common_items"] == len(val["small@spring"]) >= LEAST_COMMON
    assert second["shift_se"] > 0
    rows = [r for r in said["items"] if r["edition"] == "small@spring"]
    key = keys_of(asked, "spring")
    right = np.zeros((5, len(rows)))
    for n in range(5):
        replies = dict(list(csv.reader((asked.folder / f"replies-spring-{n + 1}.csv").open()))[1:])
        right[n] = [replies[r["id"]] == key[r["id"]] for r in rows]
    assert [r["right"] for r in rows] == pytest.approx(right.mean(axis=0))
    expected = fit(right, np.array([1 / round(1 / r["chance"]) for r in rows]), common=True)
    for name in ("difficulty", "difficulty_se", "discrimination", "discrimination_se"):
        found = [r[name] for r in rows]
        assert found == pytest.approx(getattr(expected, name), abs=5.1e-5), "but for rounding"
    abilities = [r["ability"] for r in said["models"] if r["edition"] == "small@spring"]
    assert abilities == pytest.approx(expected.ability, abs=5.1e-5)
    folder = Path(said["folder"])
    assert folder == asked.folder / "output/small@spring/items"
    table = pd.read_csv(folder / "items.csv")
    assert table["difficulty"].tolist() == [r["difficulty"] for r in said["items"]]
    assert pd.read_parquet(folder / "item_links.parquet")["common_items"].tolist()[1] == second["common_items"]  # fmt: skip
    text = asked.run("items", "small@spring")
    assert "5 models, one discrimination" in text and "hardest:" in text


def test_too_few_models_are_reported(asked: Project, tmp_path: Path) -> None:
    said = asked.run("items", "small@spring", "--kind", "2pl", code=2)
    assert "has answers of 5 models, and 2pl needs 30; use `--kind rasch`" in said
    project = asked.copy(tmp_path / "project")
    folder = project.folder / "output/small@spring/answers"
    for path in sorted(folder.glob("*/*.jsonl"))[2:]:
        path.unlink()
    project.run("evaluate", "small@spring", "--model", "baseline:random")
    said = project.run("items", "small@spring", code=2)
    assert "needs answers of 3 models that saw the pictures, and has 2" in said
