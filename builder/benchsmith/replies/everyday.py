"""Synonyms of everyday options: yes and no, sides, corners, none of the above."""

from __future__ import annotations

from collections.abc import Sequence

from benchsmith.replies.reply_words import option_words

_YES_NO = (
    ("yes", "ja", "oui", "sí", "si", "sim", "да", "是", "是的", "有", "存在", "はい", "예", "네", "نعم", "हाँ", "हां", "जी हाँ"),
    ("no", "nein", "non", "não", "нет", "否", "不是", "没有", "沒有", "无", "無", "いいえ", "아니요", "아니오", "아뇨", "لا", "नहीं", "जी नहीं"),
)  # fmt: skip
_SIDES = (
    ("left", "links", "à gauche", "gauche", "izquierda", "a la izquierda", "esquerda", "à esquerda", "слева", "лево", "左", "左侧", "左側", "左边", "왼쪽", "좌측", "اليسار", "يسار", "बायाँ", "बाएं", "बाईं ओर"),
    ("right", "rechts", "à droite", "droite", "derecha", "a la derecha", "direita", "à direita", "справа", "право", "右", "右侧", "右側", "右边", "오른쪽", "우측", "اليمين", "يمين", "दायाँ", "दाएं", "दाईं ओर"),
)  # fmt: skip
_CORNERS = tuple((f"upper {side}", f"top {side}") for side in ("left", "right")) + tuple(
    (f"lower {side}", f"bottom {side}") for side in ("left", "right")
)
_NONE = (("none of the above", "none of these", "none of the options", "none of these options", "none of the given options"),)  # fmt: skip
YES_OR_NO = frozenset("".join(option_words(s)) for sayings in _YES_NO for s in sayings)
"""Everyday words; they are mentions only where they stand alone."""


def other_sayings(options: Sequence[tuple[str, ...]]) -> list[tuple[int, tuple[str, ...]]]:
    """Return other words for everyday options, with the option that each means.

    Only questions that offer a whole row of them, each once, have them: elsewhere they may mean something else.
    """
    found = []
    for table in (_YES_NO, _SIDES, _CORNERS, _NONE):
        known = [[option_words(saying) for saying in sayings] for sayings in table]
        meant = [[i for i, norms in enumerate(options) if norms in sayings] for sayings in known]
        if all(len(places) == 1 for places in meant):
            found += [
                (places[0], norms)
                for places, sayings in zip(meant, known, strict=True)
                for norms in sayings
                if norms != options[places[0]]
            ]
    return found
