"""What cells of a one-hot column mean, and whether the coding of a column is understood.

A column is understood by all of its cells: in one with the cells 1 and 2, 1 may stand for absent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from benchsmith.text.spreadsheet_cells import ERRORS

CHECKS = frozenset({"\u2713", "\u2714"})
YES = frozenset({"1", "1.0", "true", "yes", "y", "t", "x"}) | CHECKS
EXPLICIT_NO = frozenset({"0", "0.0", "false", "no", "n", "f"})
NO = EXPLICIT_NO | {""}
"""Cells of a one-hot column, in lower case."""
CROSS = "x"
"""A cross marks what applies, but beside another sign for present it may stand for absent."""
OPEN = ERRORS | {
    "-1", "-1.0", "0.5", "-", "\u2013", "\u2014", "?", ".", "u", "unknown", "uncertain", "unsure", "unclear", "equivocal",
    "indeterminate", "possible", "maybe", "missing", "not done", "na", "n/a", "n.a.", "nan", "null", "none",
}  # fmt: skip
"""Cells that say of one picture that nothing is known; -1 is CheXpert's, 0.5 between 0 and 1."""
SHOWN = 6
"""Cells that a message names."""


def plain(cell: str) -> str:
    """Return a cell in the form that is compared with these sets."""
    return cell.strip().lower()


def unclear_columns(cells: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Return the one-hot columns whose coding is not understood, each with the reason.

    `cells` are the different cells of the columns of one list. A column is not understood if it has a cell outside
    the known pairs, or a cross beside another sign for present. The other columns of its list may be coded alike,
    so that they are understood only if they have a cell for present and one for absent, and not only empty ones.

    >>> unclear_columns({"mass": ["1", "2"], "cyst": ["1"]})["mass"]
    "has the cells '1' and '2'"
    >>> sorted(unclear_columns({"mass": ["1", "2"], "cyst": ["1"], "scar": ["0", "1"]}))
    ['cyst', 'mass']
    >>> unclear_columns({"mass": ["1", "0", "-1", ""], "cyst": ["x", ""]})
    {}
    """
    values = {name: {plain(cell) for cell in own} - OPEN for name, own in cells.items()}
    found = {
        name: f"has the cells {_listed(own)}" for name, own in values.items() if own - YES - NO
    }
    if strange := min(found, default=""):
        for name, own in values.items():
            if name not in found and own and not (own & YES and own & EXPLICIT_NO):
                found[name] = f"may be coded as {strange!r}, which {found[strange]}"
    checked = any(own & CHECKS for own in values.values())
    for name, own in values.items():
        beside = own & YES - {CROSS} or (checked and not own & EXPLICIT_NO)
        if name not in found and CROSS in own and beside:
            what = f"has the cells {_listed(own)}" if own & YES - {CROSS} else "has the cell 'x'"
            found[name] = (
                f"{what}, and a cross may stand for absent where a check stands for present"
            )
    return {name: found[name] for name in cells if name in found}


def _listed(cells: Collection[str]) -> str:
    shown = [repr(cell) for cell in sorted(cells)]
    if len(shown) > SHOWN:
        return f"{', '.join(shown[:SHOWN])} and others"
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else shown[0]
