"""Readers answer apart, debate and decide: each hears what it may, and each question has one answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from benchsmith.documents.problems import DocumentError
from benchsmith.evaluate import panel, prompts, release_reader
from benchsmith.evaluate.contract import Answer, Ask
from benchsmith.evaluate.panel import Readers
from tests.asking import Truth, command, evaluate, scores, text_of
from tests.conftest import Project
from tests.endpoint import Reply, chat, scripted_server

CASES = 24
SEATS = {m.system: seat for seat, m in enumerate(panel.read("readers").wording.members)}


@pytest.fixture(scope="module")
def release(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return some cases of a built release."""
    folder = tmp_path_factory.mktemp("panel") / "output/small/release"
    (folder / "data").mkdir(parents=True)
    (folder / "manifest.json").write_text('{"benchmark": "small"}')
    table = pq.read_table(sorted((built.release / "data").glob("test--*.parquet")))
    table = table.take(pc.sort_indices(table, [("id", "ascending")]))
    pq.write_table(table.slice(0, CASES), folder / "data/test.parquet")
    return folder


def seat_of(request: Any) -> int | None:
    """Return which reader is asked; None where the verdict is."""
    first = request["messages"][0]
    return SEATS[first["content"]] if first["role"] == "system" else None


def kind_of(row: dict[str, Any]) -> int:
    return int(row["id"], 16) % 3


def answers(truth: Truth, seen: list[tuple[int, str, str]]) -> Callable[[Any], Reply]:
    """Script a model: of kind 0 all agree at once, of kind 1 after a debate, of kind 2 never."""

    def reply(request: Any) -> Reply:
        row, shown = truth.asked(request)
        key, seat = truth.key(request), seat_of(request)
        stage = (
            "verdict"
            if seat is None
            else ("debate" if "each reader" in text_of(request) else "alone")
        )
        seen.append((kind_of(row), stage, text_of(request)))
        wrong = next(c for c in "ABCDEF"[: len(shown)] if c not in key)
        dissents = (kind_of(row) == 1 and stage == "alone") or (
            kind_of(row) == 2 and seat is not None
        )
        return chat(f"The answer is {wrong if dissents and seat == 2 else key}.")

    return reply


def test_it_debates_where_readers_differ_and_decides_where_they_still_do(
    release: Path, tmp_path: Path
) -> None:
    truth, seen = Truth(release), list[tuple[int, str, str]]()
    with scripted_server(answers(truth, seen)) as server:
        said = evaluate(release, server, tmp_path, "--panel", "readers")
        again = evaluate(release, server, tmp_path, "--panel", "readers")
    kinds = Counter(map(kind_of, truth.rows.values()))
    assert min(kinds[k] for k in range(3)) > 0
    stages = Counter((kind, stage) for kind, stage, _ in seen)
    assert stages == {
        (0, "alone"): 3 * kinds[0],
        (1, "alone"): 3 * kinds[1], (1, "debate"): 3 * kinds[1],
        (2, "alone"): 3 * kinds[2], (2, "debate"): 3 * kinds[2], (2, "verdict"): kinds[2],
    }  # fmt: skip
    for _, stage, text in seen:
        opinions = re.findall(
            r"^Reader (\d): The answer is [A-F](?:,[A-F])*\.$", text, re.MULTILINE
        )
        assert opinions == ([] if stage == "alone" else ["1", "2", "3"])
    assert f"{CASES} answers, {100 * len(seen)} input and {50 * len(seen)} output tokens" in said
    assert f"{CASES} of {CASES} questions are answered" in again
    board = scores(release, tmp_path)
    assert re.search(r"scripted, panel readers +100\.00", board)


def test_a_panel_is_a_run_of_its_own(release: Path, tmp_path: Path) -> None:
    truth = Truth(release)
    with scripted_server(answers(truth, [])) as server:
        evaluate(release, server, tmp_path, "--limit", "2")
        evaluate(release, server, tmp_path, "--limit", "2", "--panel", "readers")
        assert all("panel" not in request.body for request in server.requests)
    board = scores(release, tmp_path)
    assert re.search(r"scripted +\d", board) and re.search(r"scripted, panel readers +\d", board)


def test_a_reader_that_fails_is_left_out_and_a_panel_without_readers_is_asked_again(
    release: Path, tmp_path: Path
) -> None:
    truth, seen = Truth(release), list[tuple[int, str, str]]()
    usual, failing = answers(truth, seen), {1}

    def reply(request: Any) -> Reply:
        if seat_of(request) in failing:
            return Reply(400, {"error": {"message": "no"}})
        return usual(request)

    with scripted_server(reply) as server:
        said = evaluate(release, server, tmp_path, "--panel", "readers", "--limit", "3")
        assert "3 answers" in said
        assert Counter(stage for _, stage, _ in seen) == {"alone": 6, "debate": 6, "verdict": 3}
        assert not any("Reader 2" in text for _, _, text in seen)
        failing |= {0, 2}
        said = evaluate(release, server, tmp_path, "--panel", "readers", "--limit", "4", code=4)
        assert "no answer: 1 x 400: no" in said
        failing.clear()
        said = evaluate(release, server, tmp_path, "--panel", "readers", "--limit", "4")
        assert "1 answers" in said


class Backwards:
    """Answers what it is asked in the opposite order, by the letter that a table says."""

    def __init__(self, says: Callable[[Ask], str]) -> None:
        self.says = says
        self.calls = 0

    def answers(self, asks: Iterable[Ask]) -> Iterator[Answer]:
        """Answer from the last to the first."""
        for ask in reversed(list(asks)):
            self.calls += 1
            item = ask.item
            yield Answer(case=item.id, shift=ask.shift, content=item.content, text=self.says(ask))


def test_answers_belong_to_their_questions_in_whatever_order_they_come(release: Path) -> None:
    """Turned questions too; and nothing is lost between batches."""
    items = [item for item in release_reader.read(release).items if not item.several]
    prompt = prompts.read()
    asks = [
        Ask(item=item, shift=shift, system="", picture=b"",
            text=prompt.ask(item.question, item.options, several=False))
        for item in items for shift in range(len(item.options))
    ]  # fmt: skip

    def says(ask: Ask) -> str:
        return "ABCDEF"[(int(ask.item.id, 16) + ask.shift) % len(ask.item.options)]

    inner = Backwards(says)
    found = list(Readers(panel.read("readers"), inner, 5).answers(iter(asks)))
    assert inner.calls == 3 * len(asks)
    by_key = {(a.case, a.shift, a.content): a.text for a in found}
    assert by_key == {(a.item.id, a.shift, a.item.content): says(a) for a in asks}
    assert len(found) == len(asks)


def test_a_panel_of_one_s_own(release: Path, tmp_path: Path) -> None:
    path = tmp_path / "pair.yaml"
    path.write_text(
        "members: [{name: X, system: one}, {name: Y, system: two}]\nrounds: 0\n"
        'debate: "<question> <opinions>"\nverdict: "<opinions>\\n<question>"\n'
    )
    texts = []

    def reply(request: Any) -> Reply:
        texts.append(text_of(request))
        first = str(request["messages"][0]["content"])
        return chat({"one": "<question>", "two": "B"}.get(first, "A"))

    with scripted_server(reply) as server:
        evaluate(release, server, tmp_path, "--panel", str(path), "--limit", "1")
    assert len(texts) == 3
    assert texts[2].startswith("X: <question>\n\nY: B\nQuestion:"), "what is filled in is text"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("members: [{name: X, system: one}]\n", "members"),
        ("rounds: 9\n", "rounds"),
        ('debate: "<question>"\n', "has no <opinions>"),
        ("member: 3\n", "member"),
    ],
)
def test_what_is_wrong_in_a_panel_is_reported(tmp_path: Path, text: str, says: str) -> None:
    good = {
        "members": "members: [{name: X, system: one}, {name: Y, system: two}]\n",
        "debate": 'debate: "<question> <opinions>"\n',
        "verdict": 'verdict: "<question> <opinions>"\n',
    }
    good.pop(text.partition(":")[0], None)
    (tmp_path / "bad.yaml").write_text("".join(good.values()) + text)
    with pytest.raises(DocumentError, match=re.escape(says)):
        panel.read(str(tmp_path / "bad.yaml"))


def test_mistakes_are_reported(release: Path) -> None:
    said = command("evaluate", str(release), "--model", "m", "--base-url", "http://x/v1",
                   "--panel", "reader", code=2)  # fmt: skip
    assert "did you mean readers" in said
    said = command(
        "evaluate", str(release), "--model", "baseline:random", "--panel", "readers", code=2
    )
    assert "--panel needs a --model" in said
