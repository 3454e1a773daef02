"""Replies that tell which options were considered one after the other, and with which one it ended."""

from __future__ import annotations

import re
from typing import Protocol

from benchsmith.replies.vocabulary import ANSWER, M, any_of, pattern


class _Told(Protocol):
    """A group of mentions and the words around it."""

    @property
    def before(self) -> str: ...

    @property
    def after(self) -> str: ...

    @property
    def behind(self) -> str: ...

    @property
    def denied_before(self) -> bool: ...


_ARTICLE_OR_LINK = pattern("the", "an?", "le", "la", "les", "l'", "der", "die", "das", "el", "los", "las", "o", "os", "as", "to", "at", "it was", "it is", "à", "en")  # fmt: skip
_THEN = any_of(
    pattern("then", "later", "afterwards?", "next", "subsequently", "after that", "dann", "danach", "später", "puis", "ensuite", "après", "luego", "después", "depois", "em seguida", "потом", "затем"),
    "然后", "然後", "接着", "其次", "之后", "次に", "その後", "그다음", "다음", "ثم", "फिर",
)  # fmt: skip
_AT_LAST = any_of(
    pattern(
        "finally", "ultimately", "eventually", "in the end", "at last", "at long last", "schließlich", "letztlich", "letztendlich", "am ende", "endlich", "finalement", "enfin", "au final", "à la fin", "finalmente", "al final", "por último", "por fim", "no fim", "наконец", "в итоге", "в конце концов", "в конечном счёте",
    ),
    "最后", "最後", "最终", "最終(?:的)?", "结果", "결국", "마지막(?:으로|에는)", "최종적으로", "أخيرا", "في النهاية", "अंत में", "आखिरकार",
)  # fmt: skip
_TOLD = any_of(
    pattern(
        "first", "firstly", "then", "considered", "considering", "thought", "initially", "at first", "hesitated", "torn", "wavered", "leaned", "started with", "zuerst", "erst", "zunächst", "dachte", "d'abord", "puis", "pensais", "pensé", "primero", "luego", "dudé", "primeiro", "pensei", "сначала", "потом", "думал[а]?",
    ),
    "先", "起初", "最初", "一开始", "考虑", "처음", "أولا", "पहले",
)  # fmt: skip
_GIVEN = re.compile(
    pattern("if", "since", "because", "as", "wenn", "falls", "si", "se", "если")
    + "|如果|若|もし|만약|यदि|अगर"
)
_TURN_WORD = any_of(pattern("but", "and", "yet", "aber", "und", "mais", "et", "pero", "y", "mas", "e", "но", "и"), "但", "は?しかし", "하지만", "لكن", "लेकिन")  # fmt: skip
_TOLD_NEXT = re.compile(rf"(?:^|[\s,;:.，、。])(?:(?:{_TURN_WORD})\s+)?(?:{_THEN})[\s,:，、은는はが]*(?:{_ARTICLE_OR_LINK}\s*)?[\"'(]*$")  # fmt: skip
_CHOSEN_LAST = re.compile(rf"(?:^|[\s,;:.，、。])(?:(?:{_TURN_WORD})\s+)?(?:{_AT_LAST})[\s,:，、은는はが]*(?:{_ARTICLE_OR_LINK}\s*)?[\"'(]*$")  # fmt: skip
_SAYS_NO_MORE = re.compile(r"^(?:[\s\W]|です|だ|입니다|है)*$")
_CLAUSE_ENDS = re.compile(r"^[\s\"')\]]*(?:$|[,;.…，、。])")


_STATED = re.compile(ANSWER)


def narrates(told: _Told) -> bool:
    """Return whether an option is the next one that was thought of: "first A, then B"."""
    last = _TOLD_NEXT.search(told.before)
    if last is None or told.denied_before or _CLAUSE_ENDS.match(told.after) is None:
        return False
    earlier = told.behind[: len(told.behind) - len(told.before) + last.start()]
    stated = _STATED.search(earlier) is not None  # "the answers are A, then B"
    return not stated and _GIVEN.search(earlier) is None and _is_story(earlier)


def ends_story(told: _Told) -> bool:
    """Return whether an option is the one that was chosen at last: "first A, then B, but finally C"."""
    last = _CHOSEN_LAST.search(told.before)
    if last is None or _SAYS_NO_MORE.match(told.after) is None:
        return False
    earlier = told.behind[: len(told.behind) - len(told.before) + last.start()]
    return re.search(_TOLD, earlier) is not None


def _is_story(earlier: str) -> bool:
    return re.search(M, earlier) is not None or re.search(_TOLD, earlier) is not None
