"""The real tools, where they are installed, score each way to answer as the docs say.

What a tool logs is taken over, and gives the tool's own score to the question; VLMEvalKit's own
reader follows its own rule.
"""

from __future__ import annotations

from importlib.util import find_spec
from itertools import cycle
from pathlib import Path

import pytest

from benchsmith.evaluate import imports, release_reader
from benchsmith.evaluate.answer_log import Kept, Run
from benchsmith.evaluate.grades import grade
from benchsmith.evaluate.items import Item
from tests import reader_table, real_tools, releases, reply_ways
from tests.conftest import Project
from tests.tool_rules import vlmevalkit

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project whose benchmark is written in every format."""
    project = releases.write(tmp_path_factory.mktemp("full") / "project")
    project.run("build", "small", "--workers", "1")
    return project


@pytest.fixture(scope="module")
def items(full: Project) -> list[Item]:
    cases = release_reader.read(full.release).items
    return sorted((i for i in cases if i.split == "test" and not i.several), key=lambda i: i.id)


def spoken(items: list[Item]) -> dict[str, str]:
    """Answer the cases in turn in each way of English and of no language, about the right option."""
    templates = cycle([t for t, _ in (*reply_ways.EVERYWHERE, *reply_ways.WAYS["en"])])
    said = {}
    for item, template in zip(items, templates, strict=False):
        key, other = item.key[0], (item.key[0] + 1) % len(item.options)
        right, wrong = item.options[key], item.options[other]
        said[item.id] = template.format(L="ABCDEF"[key], M="ABCDEF"[other], T=right, U=wrong,
                                        t=f"the {right}", u=f"the {wrong}")  # fmt: skip
    return said


@pytest.mark.parametrize("tool", real_tools.TOOLS)
def test_a_tool_s_score_is_ours_to_the_question(
    full: Project, items: list[Item], tmp_path: Path, tool: str
) -> None:
    if find_spec(tool) is None:
        pytest.skip(f"{tool} is not installed")
    said = spoken(items)
    scores, log = real_tools.run(tool, full.release, said, tmp_path / tool)
    assert scores.keys() == said.keys()
    answers = imports.read([log], items)
    kept = Kept(Run(model="m", kind="import"), {}, {}, 0)
    kept.answers = {(a.case, a.shift, a.content): a for a in answers}
    ours = {g.id: g.hit for g in grade(items, kept).grades}
    assert ours.keys() == said.keys() and 0.3 < sum(ours.values()) / len(ours) < 0.95
    theirs = ours
    if tool == "vlmeval":
        theirs = {i.id: float(vlmevalkit(said[i.id], i.options).picked == i.key[0]) for i in items}
    assert scores == theirs


def test_vlmevalkit_reads_all_languages_by_the_rule() -> None:
    if find_spec("vlmeval") is None:
        pytest.skip("VLMEvalKit is not installed")
    from vlmeval.utils.matching_util import can_infer  # type: ignore[import-not-found]

    rows = [(reply, reader_table.OPTIONS) for _, reply, _ in reader_table.KINDS]
    rows += [reply_ways.filled(language, template, *place)
             for language, template, _, _ in reply_ways.written() for place in reader_table.PLACES]  # fmt: skip
    for reply, options in rows:
        found = can_infer(reply, dict(zip("ABCD", options, strict=False)))
        picked = vlmevalkit(reply, options).picked
        assert (found or "Z") == ("Z" if picked is None else "ABCD"[picked]), (reply, options)
