"""Names are split as a regular expression does that lets the first wildcard take as much as it can."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from benchsmith.text import path_patterns

LITERALS = st.sampled_from(["", "_", "__", "a", "-a", "\u00e9", "a\u0301"])
WILDCARDS = st.sampled_from(["{}", "{}", "{}", "*"])
ENDINGS = st.sampled_from([".png", ".nii.gz", ".PNG", "", "_x", ".csv"])
NAMES = st.text(alphabet="ab_-x\u00e9\n", max_size=14)
NAME_ENDINGS = st.sampled_from(
    [".png", ".Png", ".nii.gz", ".nii", ".NII.GZ", "", "_x", "x", ".csv"]
)


@settings(max_examples=600, deadline=None)
@given(
    pieces=st.lists(st.tuples(LITERALS, WILDCARDS), min_size=3, max_size=5),
    ending=ENDINGS, name=NAMES, name_ending=NAME_ENDINGS,
)  # fmt: skip
def test_a_name_is_split_as_one_regular_expression_splits_it(
    pieces: list[tuple[str, str]], ending: str, name: str, name_ending: str
) -> None:
    part = "".join(
        text + ("{" + "v" * (n + 1) + "}" if card == "{}" else card)
        for n, (text, card) in enumerate(pieces)
    )
    part += ending
    whole = name + name_ending
    expected = path_patterns.expression(part).fullmatch(whole)
    found = path_patterns.match_name(part, whole)
    assert found == (None if expected is None else expected.groupdict())


def test_a_long_name_that_does_not_fit_is_refused_soon() -> None:
    part = "_".join("{" + "v" * (n + 1) + "}" for n in range(40)) + "_end.png"
    assert path_patterns.match_name(part, "_a" * 4000 + ".png") is None
    found = path_patterns.match_name(part, "a_" * 4000 + "end.png")
    assert found is not None and found["v" * 40] == "a" and len(found["v"]) == len("_a" * 3961) - 1
