"""Item parameters: recovered from made-up answers, as girth fits them, and on one scale for two editions."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import girth
import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, ndtri
from scipy.stats import pointbiserialr

from benchsmith.core.random_order import RANK_SPAN, ranks
from benchsmith.evaluate import item_answers, item_parameters
from benchsmith.evaluate.item_answers import ItemAnswers
from benchsmith.evaluate.items import Item
from benchsmith.statistics import item_response
from benchsmith.statistics.item_linking import LEAST_COMMON, Edition, Link, link
from benchsmith.statistics.item_response import fit
from tests import releases
from tests.conftest import Project
from tests.test_scores import item

Array = np.ndarray


def uniform(seed: int, *shape: int) -> Array:
    """Return numbers between 0 and 1 that depend on the seed alone."""
    count = int(np.prod(shape))
    found = np.frombuffer(ranks(seed, ("uniform",), map(str, range(count))), ">u8")
    return ((found.astype(np.float64) + 0.5) / RANK_SPAN).reshape(shape)


@dataclass
class Made:
    """Answers to items whose parameters are known."""

    right: Array
    a: Array
    b: Array
    c: Array
    ability: Array


def made(seed: int, models: int, items: int, *, guess: float = 0.0, spread: float = 0.3) -> Made:
    a = np.exp(spread * ndtri(uniform(seed + 1, items)))
    b, ability = ndtri(uniform(seed + 2, items)), ndtri(uniform(seed + 3, models))
    c = np.full(items, guess)
    p = c + (1 - c) * expit(a * (ability[:, None] - b))
    return Made((uniform(seed + 4, models, items) < p).astype(float), a, b, c, ability)


@pytest.fixture
def no_prior(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fit without a prior, as girth does."""
    monkeypatch.setattr(item_response, "SD_DIFFICULTY", 1e3)
    monkeypatch.setattr(item_response, "SD_LOG_DISCRIMINATION", 1e3)


def test_two_parameters_are_those_of_girth(no_prior: None) -> None:
    """Girth has another grid."""
    own = made(10, 2000, 25)
    found, other = fit(own.right, own.c, common=False), girth.twopl_mml(own.right.T.astype(int))
    assert found.difficulty == pytest.approx(other["Difficulty"], abs=0.03)
    assert found.discrimination == pytest.approx(other["Discrimination"], abs=0.03)


def test_one_discrimination_is_that_of_girth(no_prior: None) -> None:
    own = made(20, 2000, 25, spread=0.0)
    found, other = fit(own.right, own.c, common=True), girth.onepl_mml(own.right.T.astype(int))
    assert found.difficulty == pytest.approx(other["Difficulty"], abs=0.02)
    assert found.discrimination == pytest.approx(np.full(25, other["Discrimination"]), abs=0.02)


@pytest.mark.parametrize(("models", "common"), [(500, False), (25, True)])
def test_parameters_are_recovered_within_their_errors(models: int, common: bool) -> None:
    """On the scale of the made-up models, whose mean is 0 and spread 1 by definition."""
    z, correlations = [], []
    for seed in (100, 200, 300):
        own = made(seed, models, 50, guess=0.25, spread=0.0 if common else 0.3)
        found = fit(own.right, own.c, common=common)
        truth = (own.b - own.ability.mean()) / own.ability.std()
        z.append((found.difficulty - truth) / found.difficulty_se)
        correlations.append(np.corrcoef(found.difficulty, truth)[0, 1])
        if not common:
            true_a = own.a * own.ability.std()
            z.append((found.discrimination - true_a) / found.discrimination_se)
        assert np.corrcoef(found.ability, own.ability)[0, 1] > 0.85
    assert 0.8 < np.sqrt(np.mean(np.square(z))) < 1.2, "standard errors tell the errors"
    assert min(correlations) > (0.95 if models > 100 else 0.7)


def test_missing_answers_are_no_wrong_ones() -> None:
    own = made(30, 800, 30)
    right = own.right.copy()
    right[:400, :10] = np.nan  # the first half of the models was never asked these
    found, whole = fit(right, own.c, common=False), fit(own.right, own.c, common=False)
    z = (found.difficulty - whole.difficulty)[:10] / found.difficulty_se[:10]
    assert np.sqrt(np.mean(z**2)) < 1.2
    wrong = fit(np.nan_to_num(right), own.c, common=False)
    z = (wrong.difficulty - whole.difficulty)[:10] / wrong.difficulty_se[:10]
    assert np.sqrt(np.mean(z**2)) > 3, "what was not asked would make questions hard"
    assert found.difficulty_se[:10].mean() > 1.2 * whole.difficulty_se[:10].mean()


def test_an_item_that_all_answer_has_finite_parameters() -> None:
    own = made(40, 30, 20)
    own.right[:, 0], own.right[:, 1], own.right[:, 2] = 1, 0, np.nan
    found = fit(own.right, own.c, common=False)
    assert np.isfinite([found.difficulty, found.difficulty_se, found.discrimination]).all()
    assert found.difficulty[0] == found.difficulty[:2].min() < 0 < found.difficulty[1]
    assert found.difficulty_se[2] > 2.9, "nobody was asked it: the prior's error"


def two_editions(seed: int, models: int, *, common: bool) -> tuple[Edition, Edition, Array, Link, tuple[float, float]]:  # fmt: skip
    """Return two editions with 30 common items, the true difficulties of the second, the link and the true one."""
    own = made(seed, 2 * models, 90, guess=0.25, spread=0.0 if common else 0.3)
    second = 0.8 + 1.3 * own.ability[models:]  # the later models are better, and differ more
    p = own.c + (1 - own.c) * expit(own.a * (second[:, None] - own.b))
    right = (uniform(seed + 5, models, 90) < p).astype(float)
    both = np.arange(30)
    here, there = np.r_[0:60], np.r_[0:30, 60:90]
    one = Edition(own.right[:models][:, here], fit(own.right[:models][:, here], own.c[here], common=common))  # fmt: skip
    other = Edition(right[:, there], fit(right[:, there], own.c[there], common=common))
    found = link(one, other, (both, both), common=common)
    mean, spread = own.ability[:models].mean(), own.ability[:models].std()
    truth = (own.b[there] - mean) / spread
    return one, other, truth, found, (second.std() / spread, (second.mean() - mean) / spread)


@pytest.mark.parametrize(("models", "common"), [(200, False), (25, True)])
def test_two_editions_are_put_on_one_scale(models: int, common: bool) -> None:
    z, moved, gain = [], [], []
    for seed in (1000, 4000):
        _, other, truth, found, (slope, shift) = two_editions(seed, models, common=common)
        z += [(found.slope - slope) / found.slope_se, (found.shift - shift) / found.shift_se]
        difficulty, error = found.moved(other.fitted.difficulty, other.fitted.difficulty_se)
        moved.append((difficulty - truth) / error)
        off = [abs((b - truth).mean()) for b in (difficulty, other.fitted.difficulty)]
        gain.append(off[0] / off[1])
        assert (error > other.fitted.difficulty_se * found.slope).all(), "the link adds its error"
    assert np.mean(gain) < 0.5, "without the link they are off by more"
    assert np.sqrt(np.mean(np.square(z))) < 1.8, z
    assert np.sqrt(np.mean(np.square(moved))) < 1.4


def test_the_same_edition_is_on_its_own_scale() -> None:
    own = made(50, 60, 30)
    one = Edition(own.right, fit(own.right, own.c, common=False))
    places = np.arange(30), np.arange(30)
    found = link(one, one, places, common=False)
    assert (found.slope, found.shift) == (pytest.approx(1, abs=1e-6), pytest.approx(0, abs=1e-6))
    few = np.arange(LEAST_COMMON - 1)
    with pytest.raises(ValueError, match="needs 5 common items"):
        link(one, one, (few, few), common=False)


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
    project = releases.write(tmp_path_factory.mktemp("items") / "project", more)
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


def test_the_command_tells_which_questions_are_hard(asked: Project) -> None:
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
    # five models tell little: the rounds end before the last digits stand, below the standard error
    apart = np.abs([r["difficulty"] for r in rows] - expected.difficulty)
    assert np.all(apart < 0.1 * expected.difficulty_se)
    errors = np.array([r["difficulty_se"] for r in rows]) / expected.difficulty_se
    assert np.median(np.abs(errors - 1)) < 0.1
    abilities = [r["ability"] for r in said["models"] if r["edition"] == "small@spring"]
    assert abilities == sorted(abilities)
    folder = Path(said["folder"])
    assert folder == asked.folder / "output/small@spring/items"
    table = pd.read_csv(folder / "items.csv")
    assert table["difficulty"].tolist() == [r["difficulty"] for r in said["items"]]
    assert pd.read_parquet(folder / "item_links.parquet")["common_items"].tolist()[1] == second["common_items"]  # fmt: skip
    text = asked.run("items", "small@spring")
    assert "5 models, one discrimination" in text and "hardest:" in text


def test_too_few_models_are_told(asked: Project, tmp_path: Path) -> None:
    project = asked.copy(tmp_path / "project")
    folder = project.folder / "output/small@spring/answers"
    for path in sorted(folder.glob("*/*.jsonl"))[2:]:
        path.unlink()
    project.run("evaluate", "small@spring", "--model", "baseline:random")
    said = project.run("items", "small@spring", code=2)
    assert "needs answers of 3 models that saw the pictures, and has 2" in said
