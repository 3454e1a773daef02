"""Normalise the spelling of replies and options: markup, invisible characters, words."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from benchsmith.replies.numerals import NUMBER, fold, without_marks

LOOKALIKES = str.maketrans("АВЕКМНОРСТХΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTXABEZHIKMNOPTYX")
"""Cyrillic and Greek letters that look like Latin ones."""
_SQUARED = str.maketrans({"🅰": "A", "🅱": "B", "🅾": "O", "【": "[", "】": "]"})
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u2610\u2612-\u26ff\ufe0f]")
"""Pictures without a meaning; ticks and crosses stay."""
_OWN_LETTERS = str.maketrans("أابجدهБГД", "AABCDEBDE")
"""The first letters of the Arabic and the Russian alphabet, as an answer sheet counts them."""
_OWN_LETTER = re.compile(
    r"((?:^|[\n:：(]|(?<!\w)(?:هي|هو|الخيار|الإجابة|الجواب|الحرف|ответ|вариант|буква|выбираю))[ \t*(]*)"
    r"([أابجدهБГД])ـ?(?=[*)]*\s*(?:$|[.,)\n،:]))",
    re.IGNORECASE,
)
_COUNTED = (
    ("zero", "零", "ゼロ", "영", "zéro", "null", "cero", "ноль", "صفر", "शून्य"),
    ("one", "一"),
    ("two", "二", "两", "兩", "둘", "두", "deux", "zwei", "dos", "dois", "duas", "два", "две", "اثنان", "दो"),
    ("three", "三", "셋", "세", "trois", "drei", "tres", "três", "три", "ثلاثة", "तीन"),
    ("four", "四", "넷", "네", "quatre", "vier", "cuatro", "quatro", "четыре", "أربعة", "चार"),
    ("five", "五", "다섯", "cinq", "fünf", "cinco", "пять", "خمسة", "पाँच", "पांच"),
    ("six", "六", "여섯", "sechs", "seis", "шесть", "ستة", "छह"),
    ("seven", "七", "일곱", "sept", "sieben", "siete", "sete", "семь", "سبعة", "सात"),
    ("eight", "八", "여덟", "huit", "acht", "ocho", "oito", "восемь", "ثمانية", "आठ"),
    ("nine", "九", "아홉", "neuf", "neun", "nueve", "nove", "девять", "تسعة", "नौ"),
    ("ten", "十", "열", "dix", "zehn", "diez", "dez", "десять", "عشرة", "दस"),
    ("eleven",), ("twelve",), ("thirteen",), ("fourteen",), ("fifteen",), ("sixteen",),
    ("seventeen",), ("eighteen",), ("nineteen",), ("twenty",),
)  # fmt: skip
NUMBERS = {word: str(n) for n, words in enumerate(_COUNTED) for word in words}
"""Numbers written as words; those that are also articles are left out."""
_SYMBOLS = {"+": "plus", "<": "<", ">": ">", "≤": "<=", "≥": ">=", "±": "±", "%": "%", "=": "="}
IDEOGRAPHS = "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
HANGUL = "\uac00-\ud7af"
_WORD = re.compile(
    rf"{NUMBER}|(?<![\w)])[-−]\d+(?:[.,]\d+)*|\d+(?:[.,]\d+)+|[{IDEOGRAPHS}{HANGUL}]|(?:(?![{IDEOGRAPHS}{HANGUL}_])[\w\u0300-\u036f\u0610-\u061a"
    r"\u064b-\u065f\u0900-\u0963\u0e31-\u0e4e])+|[+<>≤≥±%=]"
)


class Word(NamedTuple):
    """A word of a text in its normal form, and where it stands."""

    norm: str
    start: int
    end: int


def clean(text: str) -> str:
    """Return a reply without markup and invisible characters, in NFKC form; bold letters get brackets.

    >>> clean("**Ｂ．**"), clean("the **B** one")
    ('B.', 'the (B) one')
    """
    text = without_marks(fold(_EMOJI.sub("", text.translate(_SQUARED))))
    text = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Co", "Cs"))
    text = text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
    text = re.sub(r"\\(?:text|mathrm|mathbf|textbf|mathit|textit)\s*\{([^{}]*)\}", r"\1", text)
    text = re.sub(r"(?<!\w)([АВЕКМНОРСТХΑΒΕΖΗΙΚΜΝΟΡΤΥΧ])(?=\s*(?:$|[^\w\s]|\n)| и(?:ли)? [АВСABCD](?!\w))",
                  lambda m: m[1].translate(LOOKALIKES), text)  # fmt: skip
    text = _OWN_LETTER.sub(lambda m: m[1] + m[2].upper().translate(_OWN_LETTERS), text)
    text = re.sub(r"(?<!\w)(\*\*|__)\s*([A-Z])\s*\1(?!\w)", r"(\2)", text)
    text = re.sub(r"(?<!\w)P\s?(\([A-Z]\)\s?[=:])", r"\1", text)  # the probability of an option
    text = re.sub(r"(?<=\w)_(?=\w)", " ", text)
    text = re.sub(
        r"[ \t]{9,}", " " * 8, text
    )  # patterns take longer over blanks, which say nothing
    text = re.sub(
        r"(?m)^[ \t]*(?:[-•·*>#∙◦‣]+[ \t]+|[(#]?\d{1,2}[.)][ \t]+(?=\S)|#\d{1,2}:?[ \t]+)+",
        "",
        text,
    )
    return re.sub(r"[*`#_~$]{1,3}(?=\S)|(?<=\S)[*`_~$]{1,3}|^[*`#_~\s]+$", "", text).strip()


def words(text: str, *, numbers: bool = False) -> list[Word]:
    """Return the words of a text; each ideograph and Hangul syllable is one.

    >>> [w.norm for w in words("HER2+ (Grade 1.5)")]
    ['her2', 'plus', 'grade', '1.5']
    """
    found = []
    for match in _WORD.finditer(text):
        norm = match[0].casefold()
        norm = _SYMBOLS.get(norm, norm).replace("−", "-").replace("ё", "е").replace("/", "⁄")
        if numbers:
            norm = NUMBERS.get(norm, norm)
        found.append(Word(norm, match.start(), match.end()))
    return found


@lru_cache(maxsize=65_536)  # the same options occur with every reply and every model
def option_words(text: str, *, numbers: bool = False) -> tuple[str, ...]:
    """Return the normal forms of an option's words."""
    return tuple(w.norm for w in words(fold(text.translate(_SQUARED)), numbers=numbers))


@lru_cache(maxsize=65_536)
def bare(text: str, *, numbers: bool = False) -> str:
    """Return a text normalised for comparison: lower case, single spaces, no punctuation.

    >>> bare("The  Left-sided kidney."), bare("Grade 1.5 (mild)"), bare("three", numbers=True)
    ('the left sided kidney', 'grade 1.5 mild', '3')
    """
    text = fold(text).casefold()
    text = re.sub(r"n't\b", " not", text)
    text = re.sub(r"(?<=\d)[.,](?=\d)", "\x00", text)
    text = re.sub(r"(?<=\w)\+(?!\w)|(?<!\w)\+(?=\w)", " plus ", text)
    text = re.sub(r"[^\w\x00]+|_", " ", text).replace("\x00", ".").strip()
    if numbers:
        text = re.sub(r"\w+", lambda m: NUMBERS.get(m[0], m[0]), text)
    return re.sub(r"\s+", " ", text)
