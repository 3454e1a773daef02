"""Asking: every question once, whatever the endpoint and the machine do in between."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import PIL.Image
import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith.evaluate import release_reader
from benchsmith.evaluate.chat_messages import Model
from benchsmith.evaluate.cost import Prices
from tests.asking import (
    KEY,
    Truth,
    address,
    command,
    evaluate,
    picture_of,
    release,
    scores,
    session,
    text_of,
    truth,
)
from tests.conftest import Project
from tests.endpoint import Reply, chat, scripted_server

__all__ = ["release", "truth"]


def test_the_whole_way(release: Path, truth: Truth, tmp_path: Path) -> None:
    """A model that is always right scores 100; asked again it is asked nothing."""
    with scripted_server(lambda request: chat(truth.key(request))) as server:
        said = evaluate(release, server, tmp_path)
        count = len(server.requests)
        assert f"{count} questions to ask" in said and f"{count} answers" in said
        again = evaluate(release, server, tmp_path)
        assert len(server.requests) == count
        assert f"{count} of {count} questions are answered" in again
    board = scores(release, tmp_path)
    assert re.search(r"scripted +100\.00", board) and "too few people to compare" in board
    rows = pq.read_table(tmp_path / "small/scores/scores.parquet").to_pylist()
    assert {r["micro"] for r in rows} == {1.0} and {r["corrected"] for r in rows} == {1.0}
    assert {r["answers"] for r in rows} >= {"one"}
    overall = {(r["split"], r["answers"]): r["n"] for r in rows if r["axis"] == "overall"}
    published = Counter(
        (row["split"], row["answers"])
        for path in (release / "data").glob("*.parquet")
        for row in pq.read_table(path, columns=["split", "answers"]).to_pylist()
    )
    assert published.items() <= overall.items()


def test_it_works_where_an_event_loop_runs_already(
    release: Path, truth: Truth, tmp_path: Path
) -> None:
    """As in a notebook."""

    async def cell() -> str:
        return evaluate(release, server, tmp_path)

    with scripted_server(lambda request: chat(truth.key(request))) as server:
        with ThreadPoolExecutor(1) as notebook:
            said = notebook.submit(asyncio.run, cell()).result()
        assert f"{len(server.requests)} answers" in said


def test_what_is_sent(release: Path, truth: Truth, tmp_path: Path) -> None:
    with scripted_server(lambda request: chat("A")) as server:
        evaluate(release, server, tmp_path, "--limit", "3", "--set", "temperature=0.5", "--set", "max_tokens=null",
                 "--set", "max_completion_tokens=99")  # fmt: skip
    assert len(server.requests) == 3
    request = server.requests[0]
    assert request.headers["authorization"] == f"Bearer {KEY}"
    body = request.body
    assert body["temperature"] == 0.5 and body["max_completion_tokens"] == 99
    assert "max_tokens" not in body and body["model"] == "scripted"
    assert text_of(body).startswith("Question: ") and "\nOptions:\nA. " in text_of(body)
    assert PIL.Image.open(BytesIO(picture_of(body))).format == "PNG"
    assert truth.key(body)  # the picture is the question's own


def test_the_key_is_nowhere(release: Path, tmp_path: Path) -> None:
    """A server that says the key back, as an answer and as an error, gets it into no file and no line."""
    script = iter([Reply(400, {"error": {"message": f"bad {KEY}"}}), *[chat(f"A {KEY}")] * 9])
    with scripted_server(lambda request: next(script)) as server:
        said = evaluate(release, server, tmp_path, "--limit", "4", "--concurrency", "1", code=4)
    with scripted_server(
        lambda request: Reply(401, {"error": {"message": f"wrong {KEY}"}})
    ) as server:
        said += evaluate(release, server, tmp_path, "--limit", "9", "--concurrency", "1", code=4)
    assert "[key]" in said and KEY not in said
    kept = [p.read_text() for p in tmp_path.rglob("*") if p.is_file()]
    assert kept and not any(KEY in text for text in kept)


def test_circular_asks_each_option_first(release: Path, truth: Truth, tmp_path: Path) -> None:
    with scripted_server(lambda request: chat(truth.key(request))) as server:
        evaluate(release, server, tmp_path, "--limit", "5", "--circular")
    first: dict[str, set[str]] = {}
    for request in server.requests:
        row, shown = truth.asked(request.body)
        first.setdefault(row["id"], set()).add(shown[0])
    assert len(first) == 5
    options = {row["id"]: set(row["options"]) for row in truth.rows.values()}
    assert all(seen == options[id_] for id_, seen in first.items())
    scores(release, tmp_path)
    rows = pq.read_table(tmp_path / "small/scores/circular.parquet").to_pylist()
    assert all(r["circular"] == r["steady"] == 1.0 for r in rows)


def test_without_a_picture_none_is_sent_and_the_run_is_another(
    release: Path, tmp_path: Path
) -> None:
    with scripted_server(lambda request: chat("A")) as server:
        evaluate(release, server, tmp_path, "--limit", "2")
        evaluate(release, server, tmp_path, "--limit", "2", "--no-picture")
    assert len(server.requests) == 4
    assert isinstance(server.requests[3].body["messages"][-1]["content"], str)
    board = scores(release, tmp_path)
    assert "scripted, no picture" in board


def test_nothing_is_spent_beyond_the_limit(release: Path, truth: Truth, tmp_path: Path) -> None:
    """A thousand tokens a question at 1 a thousand: five of them, and what is under way, for 5."""
    with scripted_server(lambda request: chat(truth.key(request), asked=1000, told=0)) as server:
        said = evaluate(
            release, server, tmp_path, "--price-in", "1000", "--max-cost", "5", "--concurrency", "2"
        )
        assert len(server.requests) <= 5
        assert re.search(
            r"incomplete: --max-cost reached: \d\.00 spent, \d+ questions are left", said
        )
        evaluate(
            release, server, tmp_path, "--price-in", "1000", "--max-cost", "3", "--concurrency", "2"
        )
        assert len(server.requests) <= 8


def test_nothing_is_asked_that_nobody_agreed_to(release: Path, tmp_path: Path) -> None:
    with scripted_server(lambda request: chat("A")) as server:
        said = command("evaluate", str(release), "--model", "m", "--base-url", server.base_url,
                         "--output", str(tmp_path), code=130)  # fmt: skip
        assert "questions to ask" in said and "--yes" in said
    assert not server.requests


def test_a_judge_reads_what_the_rules_cannot_and_never_sees_the_key(
    release: Path, truth: Truth, tmp_path: Path
) -> None:
    asked: list[Any] = []

    def answers(request: Any) -> Reply:
        if request["model"] == "judge":
            asked.append(request)
            return chat("A" if "<reply>\nthe first one" in text_of(request) else "NONE")
        return chat(
            "the first one, I would say"
            if len(text_of(request)) % 2
            else "something in the abdomen"
        )

    with scripted_server(answers) as server:
        said = evaluate(release, server, tmp_path, "--limit", "8", "--judge-model", "judge")
        count = len(asked)
        assert count == 8 and "judge is asked about 8 unclear replies" in said
        evaluate(release, server, tmp_path, "--limit", "8", "--judge-model", "judge")
        assert len(asked) == count
    assert all("answer" not in text_of(r).lower().replace("answer the", "") for r in asked)
    assert all(isinstance(r["messages"][-1]["content"], str) for r in asked)
    scores(release, tmp_path)
    rows = pq.read_table(tmp_path / "small/scores/answers.parquet").to_pylist()
    read = [r for r in rows if r["reply"].startswith("the first")]
    assert read and all(r["read"] == "judged" and r["picked"] == [0] for r in read)
    assert {r["outcome"] for r in rows if not r["reply"].startswith("the first")} == {"unclear"}


def test_a_release_that_knows_less_is_read_too(
    release: Path, built: Project, tmp_path: Path
) -> None:
    """Without groups, patients from the provenance are used, and without those the targets, and a note says so."""
    (tmp_path / "old/data").mkdir(parents=True)
    table = pq.read_table(release / "data/test.parquet").drop_columns(
        ["group", "answers", "mirror"]
    )
    pq.write_table(table, tmp_path / "old/data/test.parquet")
    new, old = release_reader.read(release), release_reader.read(tmp_path / "old")
    by_id = {item.id: item for item in new.items}
    assert (new.grouped_by, old.grouped_by) == ("group", "target")
    assert all(item.several == by_id[item.id].several for item in old.items)
    command(
        "evaluate", str(tmp_path / "old"), "--model", "baseline:random", "--output", str(tmp_path)
    )
    assert "the release has no patients: intervals are clustered by target" in scores(
        tmp_path / "old", tmp_path
    )
    (tmp_path / "old/provenance.parquet").write_bytes(
        (built.release / "provenance.parquet").read_bytes()
    )
    patients = release_reader.read(tmp_path / "old")
    assert patients.grouped_by == "patient"
    assert 1 < len({i.group for i in patients.items}) < len({i.target for i in patients.items})


def test_sex_and_age_are_scored_where_the_release_knows_them(release: Path, tmp_path: Path) -> None:
    (tmp_path / "more/data").mkdir(parents=True)
    table = pq.read_table(release / "data/test.parquet")
    sex = pa.array([["F", "M", None][i % 3] for i in range(len(table))], pa.string())
    pq.write_table(table.append_column("sex", sex), tmp_path / "more/data/test.parquet")
    command(
        "evaluate", str(tmp_path / "more"), "--model", "baseline:random", "--output", str(tmp_path)
    )
    scores(tmp_path / "more", tmp_path)
    rows = pq.read_table(tmp_path / "more/scores/scores.parquet").to_pylist()
    seen = {r["branch"]: r["n"] for r in rows if r["axis"] == "sex" and r["answers"] == "one"}
    assert set(seen) == {"F", "M"} and sum(seen.values()) < len(table)


def test_a_budget_counts_what_is_under_way(release: Path, tmp_path: Path) -> None:
    """Sixteen at a time, each of 1, for 4: no more than four are ever begun."""
    with scripted_server(lambda request: chat("A", asked=1_000_000, told=0)) as server:
        asked = session(release, tmp_path)
        todo = asked.todo(asked.known())
        outcome = asked.ask(
            Model(address(server)), todo, prices=Prices(1, 1), max_cost=4, expected=1
        )
    assert len(server.requests) == outcome.answered == 4
    assert outcome.stopped and outcome.cost == 4
