"""The reader that exports contain is the reader of `evaluate`."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from dataclasses import replace

import pytest

from benchsmith.evaluate.answer_log import Kept, Run
from benchsmith.evaluate.contract import Answer
from benchsmith.evaluate.extract import extract
from benchsmith.evaluate.grades import grade
from benchsmith.evaluate.items import Item
from benchsmith.exporters.bundled_reader import bundle
from tests import reader_table, reply_traps, reply_ways

EXPORTED = reader_table.exported()


def test_it_needs_the_standard_library_alone() -> None:
    reader = bundle()
    for node in ast.walk(ast.parse(f"{reader.imports}\n{reader.code}")):
        if isinstance(node, ast.Import | ast.ImportFrom):
            own = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
            assert (own or "").split(".")[0] in sys.stdlib_module_names


def test_no_name_is_defined_twice() -> None:
    """The modules share one space there, so that a second name would replace the first."""
    names: list[str] = []
    for node in ast.parse(bundle().code).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)]
    assert not [name for name, count in Counter(names).items() if count > 1]


@pytest.mark.parametrize("language", reply_ways.LANGUAGES)
def test_it_reads_every_way_to_answer_alike(language: str) -> None:
    for own, template, _, several in reply_ways.written():
        if own == language:
            reply, options = reply_ways.filled(language, template, 0, 2, 1)
            found = EXPORTED(reply, options, several=several)
            assert found == extract(reply, options, several=several)


def test_it_reads_misleading_replies_alike() -> None:
    for options, reply, _ in reply_traps.TRAPS:
        assert EXPORTED(reply, options) == extract(reply, options)


def test_the_table_in_the_docs_is_current() -> None:
    """`python -m tests.reader_table` writes it."""
    text = reader_table.PAGE.read_text("utf-8")
    assert text == reader_table.page(text)
    assert text.count(": begin -->") == 2


@pytest.mark.parametrize("language", reply_ways.LANGUAGES)
def test_who_is_always_right_has_100_and_who_is_always_wrong_has_0(language: str) -> None:
    """In each of thirty ways, with the answer at each place; through the grades of `evaluate`."""
    templates = reader_table.ways(language)
    assert len(templates) == 30
    for template in templates:
        items, right, wrong = [], [], []
        for n, (key, other, turn) in enumerate(reader_table.PLACES):
            reply, options = reply_ways.filled(language, template, key, other, turn)
            item = replace(ITEM, id=str(n), content=str(n), options=options, key=(key,))
            items.append(item)
            right.append(Answer(case=item.id, shift=0, content=item.content, text=reply))
            reply, _ = reply_ways.filled(language, template, other, key, turn)
            wrong.append(Answer(case=item.id, shift=0, content=item.content, text=reply))
        for answers, score in ((right, 1.0), (wrong, 0.0)):
            kept = Kept(
                Run(model="m", kind="import"), {(a.case, 0, a.content): a for a in answers}, {}, 0
            )
            assert [g.hit for g in grade(items, kept).grades] == [score] * 4, (template, score)


ITEM = Item(id="", question="Which?", options=(), key=(), several=False, label="", task="T", department="D",
            modality="M", granularity="image", split="test", source="s", target="t", group="g", mirror="",
            sex="", age_band="", content="")  # fmt: skip
