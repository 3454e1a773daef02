"""Words behind an option that call it false: "which is wrong", "said no one", "B. Not."."""

from __future__ import annotations

import re

from benchsmith.replies.disbelief import VERY
from benchsmith.replies.vocabulary import any_of, pattern

_FALSEHOOD = any_of(
    pattern(
        "(?:wrong|false|incorrect|untrue|mistaken|impossible|nonsense|erroneous|inaccurate|a lie|an? (?:mistake|error))(?! (?:of|for|about|in|on|with|side)(?!\\w))",
        "(?:not|n't) (?:\\w+ )?(?:true|correct|right|so|the case|possible)(?! (?:of|for|about|in|on|with|side)(?!\\w))",
        "falsch", "nicht (?:\\w+ )?(?:wahr|richtig|korrekt|der fall|stimmt)", "nicht stimmt", "unsinn", "ein (?:fehler|irrtum)", "unmöglich",
        "faux", "fausse", "inexacte?", "(?:pas|n'est pas) (?:vrai|correct|juste|exact|le cas)", "une erreur", "impossible",
        "fals[oa]", "incorrect[oa]", "un error", "erróne[oa]", "no es (?:verdad|ciert[oa]|correct[oa])", "errad[oa]", "incorret[oa]", "um erro", "não é (?:verdade|corret[oa]|certo)",
        "неверно", "неправильно", "ошибочно", "ошибка", "не так", "неправда", "не (?:верно|правильно)",
    ),
    "错(?:误)?", "錯(?:誤)?", "不对", "不對", "不正确", "不正確", "不是真的", "誤り", "間違", "正しくな", "違い", "틀렸", "틀린", "틀립", "오답", "잘못", "사실이 아",
    "خطأ", "غير صحيح", "ليس صحيحا", "गलत", "ग़लत", "सही नहीं",
)  # fmt: skip
_POINTS_BACK = any_of(
    pattern(
        "which", "that", "this", "it", "das", "dies", "was", "es", "ce qui", "c'", "c'est", "cela", "ça", "lo cual", "lo que", "eso", "esto", "o que", "isso", "isto", "что", "это",
    ),
    "这", "這", "那", "该", "此", "これは?", "それは?", "이것은?", "그것은?", "이는", "이건", "그건", "وهذا", "هذا", "وهو", "यह", "जो",
)  # fmt: skip
_IS_CALLED = any_of(
    pattern("is", "'s", "was", "isn't", "wasn't", "would be", "turns? out to be", "turned out to be", "i think", "ist", "war", "wäre", "est", "était", "es", "era", "sería", "é", "seria", "of course", "however", "actually", "obviously", "clearly", "too"),
    "是", "个", "個", "答案", "显然", "의", "답은?", "है",
)  # fmt: skip
_AND_YET = any_of(pattern("but", "and", "yet", "though", "although", "however", "aber", "und", "mais", "et", "pero", "y", "mas", "e", "но", "и"), "但是?", "不过", "而", "しかし", "하지만", "لكن", "लेकिन")  # fmt: skip
CALLED_FALSE = re.compile(
    rf"^\s*(?:[)\]\"'*]|(?:です|だ|である|인데|이지만|이나|입니다만|이라고 했지만)(?:が|けど|けれど)?)?\s*[,，、(（;；–—-]\s*(?:(?:{_AND_YET})\s*)?(?:{_POINTS_BACK})\s*(?:(?:{_IS_CALLED}|{VERY})\s*){{0,4}}(?:{_FALSEHOOD})"
    r"|^\s*[,(–—-]?\s*(?:said|says|believes|thinks) (?:absolutely |literally )?(?:no ?one|no-one|nobody)(?!\w)"
)
"""A clause behind an option that calls it false."""
_JOKE = pattern("not", "nope", "no", "psych", "(?:just |only )?kidding", "just a joke", "nicht", "nein", "scherz", "quatsch", "non", "pas du tout", "não", "нет", "шутка", "quoi que non") + "|不|否|いいえ|아니요?|لا|नहीं"  # fmt: skip
_TAKEN_BACK = re.compile(
    rf"^[\s)\]\"'*]*(?:[.!…。！।]+[\s\"')\]*]*|\n[\s*]*)(?:(?:{_AND_YET}|oh|wait|hmm+|lol|ha+h?a*|sorry)[\s,.!]+)?(?:(?:(?:{_POINTS_BACK})\s*(?:(?:{_IS_CALLED}|{VERY})\s*){{0,4}}|(?:{VERY}\s+)?)(?:{_FALSEHOOD}|correct\? no)|(?:{_JOKE}))"
    r"(?:です|でした|습니다|니다|的|了|है|\s(?:at all|though|sorry|i'm afraid))?[\s\"')*]*(?:[.!…。！।]|$|\n)"
)


def taken_back(behind: str) -> bool:
    """Return whether the sentence behind an option that ends one says no more than that it is false.

    >>> taken_back(". not."), taken_back(". that is wrong!"), taken_back(". not the left one.")
    (True, True, False)
    """
    return _TAKEN_BACK.match(behind) is not None
