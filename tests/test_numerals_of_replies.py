"""Powers, fractions, products and ranges in replies are read as such; their digits form no other number."""

from __future__ import annotations

import pytest

from benchsmith.replies.reader import extract
from tests import reader_table

TENS = ("102", "100", "10", "12")
FEW = ("23", "2", "3", "8")
HALVES = ("2½", "21", "2", "1")
POWERS = ("10²", "10³", "102", "103")
AREAS = ("5 cm²", "10 cm²", "15 cm²", "20 cm²")

ROWS: list[tuple[tuple[str, ...], str, str]] = [
    (TENS, "10²", ""),
    (TENS, "The answer is 10².", ""),
    (TENS, "10^2", ""),
    (TENS, "10**2", ""),
    (TENS, "10<sup>2</sup>", ""),
    (TENS, "$10^{2}$", ""),
    (TENS, "10₂", ""),
    (TENS, "**102**", "102"),
    (TENS, "The answer is **10**.", "10"),
    (TENS, "１０２", "102"),
    (TENS, "10⁵", ""),
    (FEW, "2³", ""),
    (FEW, "2*3", ""),
    (FEW, "2~3", ""),
    (FEW, "2–3", ""),
    (FEW, "2 - 3", ""),
    (FEW, "2 nodules – maybe 3", ""),
    (("3", "12", "5", "2"), "1²", ""),
    (("31", "3", "4", "1"), "3¹", ""),
    (("103", "10", "3", "1"), "10⁻³", ""),
    (("21", "3", "5", "7"), "2½", ""),
    (("1", "3", "5", "7"), "½", ""),
    (("½", "¼", "1", "2"), "1/2", "½"),
    (("1/2", "1/4", "1", "2"), "½", "1/2"),
    (HALVES, "2½", "2½"),
    (HALVES, "2 ½", "2½"),
    (HALVES, "21", "21"),
    (POWERS, "10²", "10²"),
    (POWERS, "The answer is 10^3.", "10³"),
    (POWERS, "10<sup>3</sup>", "10³"),
    (POWERS, "102", "102"),
    (("5.2×10⁹", "5.2×10⁸", "102", "9"), "5.2×10⁹", "5.2×10⁹"),
    (("10–12", "12–14", "10", "12"), "10~12", "10–12"),
    (AREAS, "10 cm²", "10 cm²"),
    (AREAS, "10 cm2", "10 cm²"),
    (("H₂O", "CO₂", "O₂", "N₂"), "CO2", "CO₂"),
]


@pytest.mark.parametrize(("options", "reply", "want"), ROWS, ids=[r for _, r, _ in ROWS])
def test_a_number_is_read_whole(options: tuple[str, ...], reply: str, want: str) -> None:
    found = extract(reply, options)
    assert [options[i] for i in found.picked] == ([want] if want else [])


@pytest.mark.parametrize(
    ("reply", "want"),
    [("A+C", "AC"), ("Ａ＋Ｃ", "AC"), ("The answers are A+C.", "AC"), ("A+B+D", "ABD"), ("A + C", "AC"), ("(A)+(C)", "AC"), ("C+", ""), ("A+C+", ""), ("AB+", "")],
)  # fmt: skip
def test_letters_joined_by_a_plus_are_all_read(reply: str, want: str) -> None:
    options = ("liver", "spleen", "pancreas", "stomach")
    found = extract(reply, options, several=True)
    assert "".join("ABCD"[i] for i in found.picked) == want
    assert extract(reply, options).picked == ()


def test_the_exported_reader_reads_them_alike() -> None:
    exported = reader_table.exported()
    for options, reply, _ in ROWS:
        assert exported(reply, options) == extract(reply, options), reply
