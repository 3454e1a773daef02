"""Words for nobody are said once, and name nobody in a cell and in the search for identifiers; caches are bounded."""

from __future__ import annotations

import pytest

from benchsmith.audits.sought_identifiers import Sought
from benchsmith.text import path_patterns
from benchsmith.text.nobody import NOBODY, REMOVED, names_nobody


@pytest.mark.parametrize("word", sorted(REMOVED))
def test_no_cell_and_no_name_is_one_of_them(word: str) -> None:
    assert names_nobody(word.upper()) and word in NOBODY
    assert not Sought({f"{word}^{word}": "PatientName"}, "").kinds_in(f"the patient is {word}.")


@pytest.mark.parametrize("name", ["Nan", "Nat", "Na"])
def test_short_words_that_are_names_too_are_found_within_a_name(name: str) -> None:
    assert names_nobody(name)
    assert Sought({f"KOWALSKI^{name}": "PatientName"}, "").kinds_in(f"patient: {name}")


def test_patterns_filled_with_names_are_not_kept_for_ever() -> None:
    many = path_patterns.MAX_EXPRESSIONS + 200
    for number in range(many):
        found = path_patterns.match_name(f"p{number}_{{view}}.png", f"p{number}_ap.PNG")
        assert found == {"view": "ap"}
    kept = path_patterns.expression.cache_info()
    assert kept.currsize <= kept.maxsize == path_patterns.MAX_EXPRESSIONS
