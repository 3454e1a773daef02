"""A judge reads one run within its limits and says what it changed; limits end a run with code 6."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from benchsmith.models.refused_settings import accepted
from tests.asking import Truth, command, evaluate, text_of
from tests.conftest import Project
from tests.endpoint import Reply, chat, scripted_server

VAGUE = "the first one, I would say"


@pytest.fixture(scope="module")
def release(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a part of a built release: 12 cases."""
    folder = tmp_path_factory.mktemp("part") / "output/small/release"
    (folder / "data").mkdir(parents=True)
    table = pq.read_table(sorted((built.release / "data").glob("test--*.parquet")))
    one = table.filter(pc.equal(table["answers"], "one"))
    one = one.take(pc.sort_indices(one, [("id", "ascending")]))
    pq.write_table(one.slice(0, 12), folder / "data/test.parquet")
    return folder


def half_vague(truth: Truth, judged: list[Any]) -> Any:
    """Answer every second question vaguely; the judge takes that for A, and reads letters."""
    count = 0

    def answers(request: Any) -> Reply:
        nonlocal count
        if request["model"] == "judge":
            judged.append(request)
            said = re.search(r"<reply>\n(.*)\n</reply>", text_of(request), re.DOTALL)
            assert said is not None
            return chat("A" if said[1] == VAGUE else said[1], asked=1000, told=0)
        count += 1
        return chat(VAGUE if count % 2 else truth.key(request))

    return answers


def test_it_reads_this_run_alone_and_says_what_it_changed(release: Path, tmp_path: Path) -> None:
    """Of another run nothing is read; what the rules read too is compared."""
    truth, judged = Truth(release), []
    with scripted_server(half_vague(truth, judged)) as server:
        evaluate(release, server, tmp_path, "--set", "seed=1")
        said = evaluate(release, server, tmp_path, "--judge-model", "judge", "--concurrency", "1")
        assert "judge is asked about 6 unclear replies, and 6 that the rules read" in said
        assert len(judged) == 12
        firsts = sum(truth.rows[key]["answer"] == "A" for key in truth.rows)
        became = re.search(r"of 6 unclear replies the judge read 6: (.*)", said)
        assert became is not None
        counts = {word: int(n) for n, word in re.findall(r"(\d+) (\w+)", became[1])}
        assert sum(counts.values()) == 6 and counts.get("right", 0) <= firsts
        before, after = map(float, re.findall(r"([\d.]+) (?:before|after)", said))
        assert before == 50.0 and after == pytest.approx(
            50 + 100 * counts.get("right", 0) / 12, abs=0.01
        )
        assert "the judge agrees with the rules on 6 of 6 replies that both read" in said
        every = command("evaluate", str(release), "--judge-model", "judge", "--judge-all", "--yes",
                        "--base-url", server.base_url, "--output", str(tmp_path))  # fmt: skip
        assert "about 6 unclear replies, and 6" in every and len(judged) == 24


def test_its_cost_and_number_are_bounded(release: Path, tmp_path: Path) -> None:
    """A thousand tokens a reply at 1 a thousand: what it has begun stays below the limit."""
    judged: list[Any] = []
    with scripted_server(half_vague(Truth(release), judged)) as server:
        evaluate(release, server, tmp_path)
        more = ("--judge-model", "judge", "--price-in", "1000", "--concurrency", "1")
        said = evaluate(release, server, tmp_path, *more, "--max-cost", "3.5")
        assert len(judged) == 3 and "--max-cost reached: 3.00 spent, 9 questions are left" in said
        assert "at your prices" in said
        said = evaluate(release, server, tmp_path, *more, "--limit", "1", "--json")
        found, _ = json.JSONDecoder().raw_decode(said, said.index("{"))
        assert (found["complete"], found["ended"]) == (False, "limit")
        assert any("unclear replies are not read" in line for line in found["lines"])


def test_a_judge_without_a_run_asks_for_one(release: Path, tmp_path: Path) -> None:
    words = ("evaluate", str(release), "--output", str(tmp_path), "--judge-model", "judge")
    assert "--judge-all" in command(*words, code=2)


def test_a_limit_that_leaves_nothing_out_is_complete(release: Path, tmp_path: Path) -> None:
    with scripted_server(lambda _: chat("A")) as server:
        said = evaluate(release, server, tmp_path, "--limit", "5")
        assert "incomplete: --limit reached: 7 of 12 cases are not asked" in said
        evaluate(release, server, tmp_path, "--limit", "5")  # again, with nothing to ask
        evaluate(release, server, tmp_path, "--limit", "12", code=0)
        command("evaluate", str(release), "--output", str(tmp_path), "--model", "baseline:random",
                "--limit", "3", code=6)  # fmt: skip


def test_an_estimate_knows_what_a_reasoning_model_writes(release: Path, tmp_path: Path) -> None:
    """Three questions are asked first; 9 more of 5000 tokens each are 0.045 M."""
    with scripted_server(lambda _: chat("A", asked=1000, told=5000)) as server:
        said = evaluate(release, server, tmp_path, "--price-out", "10")
    assert "3 questions are asked first" in said
    assert "9 questions to ask: about 0.01 M input and 0.04 M output tokens, 0.45 at" in said
    assert "12 answers, 12000 input and 60000 output tokens, 0.60 at your prices" in said
    assert len(server.requests) == 12


def refusing(request: Any) -> Reply:
    """Answer as OpenAI's reasoning models do."""
    for name, code, text in (
        ("max_tokens", "unsupported_parameter", "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."),
        ("temperature", "unsupported_value", "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported."),
    ):  # fmt: skip
        if name in request:
            error = {"message": text, "type": "invalid_request_error", "param": name, "code": code}
            return Reply(400, {"error": error})
    return chat("A")


def test_an_endpoint_that_takes_no_max_tokens_is_asked_as_it_wants(
    release: Path, tmp_path: Path
) -> None:
    with scripted_server(refusing) as server:
        said = evaluate(release, server, tmp_path, "--concurrency", "4")
    assert "12 answers" in said and "no answer" not in said
    assert said.count("it accepts max_completion_tokens instead of max_tokens") == 1
    assert said.count("it accepts no temperature") == 1
    last = server.requests[-1].body
    assert last["max_completion_tokens"] == 1024 and "temperature" not in last
    assert len(server.requests) <= 12 + 2 * 4


@pytest.mark.parametrize(
    ("status", "parameter", "message", "left"),
    [
        (422, "", "max_completion_tokens: Extra inputs are not permitted", {"max_tokens": 9, "temperature": 0}),
        (400, "", "`temperature` is deprecated for this model.", {"max_completion_tokens": 9}),
        (400, "max_completion_tokens", "max_completion_tokens is too large: 9", None),
        (400, "", "This model's maximum context length is 8 tokens", None),
        (500, "temperature", "Unsupported value", None),
        (400, "messages", "Unsupported content type: image_url", None),
    ],
)  # fmt: skip
def test_other_words_of_other_servers(
    status: int, parameter: str, message: str, left: dict[str, int] | None
) -> None:
    found = accepted({"max_completion_tokens": 9, "temperature": 0}, status, parameter, message)
    assert (found and found[0]) == left
