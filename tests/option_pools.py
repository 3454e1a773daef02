"""Pools of labels and questions of them, for tests."""

from __future__ import annotations

import pytest

from benchsmith.core.model import Choice, Question, Rejection
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.library import Library, read_benchmark
from benchsmith.plugins import EXPORTS
from benchsmith.stages.ask import ask
from tests import world


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Benchmark, Library]:
    folder = world.write(tmp_path_factory.mktemp("options") / "project")
    return read_benchmark(folder, "small", frozenset(EXPORTS))


def asked(
    small: tuple[Benchmark, Library], chosen: list[Choice], **changed: object
) -> list[Question | Rejection]:
    benchmark = small[0].model_copy(update=changed)
    return list(ask(chosen, benchmark, small[1].lexicon, small[1].pools))
