"""An option that a reply scores with nothing, calls its answer of a time before, or denies by a sign is not picked."""

from __future__ import annotations

import pytest

from benchsmith.replies.reader import extract
from tests import reader_table

OPTIONS = ("liver", "spleen", "pancreas", "stomach")

NONE = """
B: 0%
B: 0
B: 0.0
B = 0
B - 2 %
B (0%)
B: 0/10
B: 0.05
B: 0,05
Spleen (3%)
Confidence that it is B: 3%
B was my answer until I noticed the folds.
B seemed right until I saw the folds.
B looked right before I noticed the folds.
B schien richtig, bis ich die Falten sah.
B était ma réponse avant que je voie les plis.
B era mi respuesta hasta que vi los pliegues.
B era a minha resposta até ver as pregas.
B казалось верным, пока я не увидел складки.
!B
! B
¬B
~B
Answer: ~B
""".strip().splitlines()

SPLEEN = """
B: 95%
B - 90 %
B: 0.9
B: 0,9
B: 1
B: 9/10
B (95%)
B: 100%
B: 5% of the cells are dark.
The answer is B: 95%
The answer is B (2% confidence)
B was the answer.
B was correct
B est la réponse jusqu'à preuve du contraire.
B!
B !
Super ! B
A: 10%, B: 90%
C was my answer until I noticed the folds. B.
""".strip().splitlines()


@pytest.mark.parametrize("reply", NONE)
def test_what_is_denied_is_not_picked(reply: str) -> None:
    assert extract(reply, OPTIONS).picked == ()


@pytest.mark.parametrize("reply", SPLEEN)
def test_what_is_scored_or_called_right_is_picked(reply: str) -> None:
    assert extract(reply, OPTIONS).picked == (1,)


def test_numbers_behind_letters_of_counts_are_no_scores() -> None:
    assert extract("B: 0", ("3", "0", "5", "2")).picked == (1,)


def test_the_exported_reader_reads_them_alike() -> None:
    exported = reader_table.exported()
    for reply in [*NONE, *SPLEEN]:
        assert exported(reply, OPTIONS) == extract(reply, OPTIONS), reply
