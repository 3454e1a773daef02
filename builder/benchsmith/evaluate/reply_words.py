"""Words of many languages that introduce, negate or refuse an answer; and text normalisation."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MARKS = (
    "answers?", "choices?", "options?", "selections?",
    "antwort", "lösung", "réponse", "reponse", "respuesta", "resposta", "risposta",
    "antwoord", "svar", "odpowiedź", "cevap", "yanıt", "jawaban", "đáp án", "ответ", "відповідь",
    "答案", "选项", "選項", "回答", "答え", "正解", "정답", "답", "الإجابة", "الجواب", "उत्तर", "คำตอบ",
)  # fmt: skip
"""Words for an answer."""
CHOOSE = ("choose", "select", "pick", "go with", "选择", "選擇", "选", "選", "应选", "故选")
"""Verbs that introduce an answer."""
BETWEEN = (
    "is", "are", "would be", "should be", "must be", "was", "be", "ist", "est", "es", "é", "è", "jest", "là",
    "是", "为", "為", "应为", "应该是", "は", "은", "는", "هي", "هو", "है", "most likely", "likely", "probably",
    "therefore", "clearly", "correct", "correcta", "correcte", "correta", "corretta", "richtig", "best", "option", "choice", "letter", "选项", "選項",
)  # fmt: skip
"""Words between such a word and the letter."""
REFUSALS = (
    r"\bas an? (?:ai|artificial|language model|large language)",
    r"\b(?:i|we) (?:can ?not|can't|am not able to|'m not able to|am unable to|'m unable to|won't|will not)\b",
    r"\b(?:i'm|i am) (?:sorry|afraid)\b", r"^\W*(?:sorry|apologies)\b", r"\bi apologi[sz]e\b",
    r"\bunable to (?:assist|help|provide|determine|identify|answer|view|see|analy[sz]e)\b",
    r"\bcan ?not (?:be determined|determine|assist|provide|help|answer)\b",
    r"\b(?:not|un)(?: be)? (?:appropriate|possible) to (?:diagnose|determine|answer|say)\b",
    r"\b(?:consult|see) a (?:qualified |medical |healthcare )*(?:doctor|physician|professional|radiologist)\b",
    r"\bno image (?:was |is )?(?:provided|attached|visible)\b", r"\bdon't see (?:an|any|the) image\b",
    r"\bi (?:don't|do not) know\b", r"\bnone of the (?:above|options)\b",
    "无法", "抱歉", "不能(?:提供|回答|确定|判断)", "作为.{0,4}(?:AI|人工智能|语言模型)", "我不知道",
    "申し訳", "できません", "죄송", "не могу", "извините", "lo siento", "no puedo", "désolé", "je ne peux pas",
    "kann ich nicht", "tut mir leid", "لا أستطيع", "لا يمكنني",
)  # fmt: skip
"""Patterns of a refusal."""
NOT = re.compile(
    r"(?:\b(?:not|no|never|neither|nor|without|isn't|aren't|wasn't|doesn't|cannot|can't|unlikely|excludes?|"
    r"excluding|exclude|eliminates?|rather than|instead of|than|rules? out|ruling out|ruled out|unlike|incorrect|"
    r"wrong)\b|不是|非|排除|没有|除了)(?:(?!\bbut\b|而是)[^.;\n。；]){0,32}$",
    re.IGNORECASE,
)
"""A negation up to the negated words."""
DENIED = re.compile(
    r"^[^.;,\n。；，]{0,12}?\s*(?:\b(?:is|are|was|can be|would be) (?:not|wrong|incorrect|unlikely|excluded|"
    r"ruled out|absent)\b|\b(?:isn't|aren't)\b|不对|错误|不正确|可以排除)",
    re.IGNORECASE,
)
"""A negation after the negated words."""
LOOKALIKES = str.maketrans("АВЕКМНОРСТХαΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTXaABEZHIKMNOPTYX")
"""Cyrillic and Greek letters that look like Latin ones."""
NUMBERS = {
    word: str(n)
    for n, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
         "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
         "nineteen", "twenty")
    )
}  # fmt: skip
ARTICLES = re.compile(
    r"^(?:(?:an?|the|one|un|une|der|die|das|el|la|le|it is|it's|this is|a picture of) )+"
)


def clean(text: str) -> str:
    """Return a reply without markup and invisible characters, in NFKC form.

    >>> clean("**Ｂ．**")
    'B.'
    """
    text = unicodedata.normalize("NFKC", text)
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    text = text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
    text = re.sub(r"\\(?:text|mathrm|mathbf|textbf|mathit)\s*\{([^{}]*)\}", r"\1", text)
    text = re.sub(r"(?<!\w)([АВЕКМНОРСТХΑΒΕΖΗΙΚΜΝΟΡΤΥΧ])(?!\w)",
                  lambda m: m[1].translate(LOOKALIKES), text)  # fmt: skip
    return re.sub(r"[*`#_~]{1,3}(?=\S)|(?<=\S)[*`_~]{1,3}", "", text).strip()


@lru_cache(maxsize=65_536)  # the same options occur with every reply and every model
def bare(text: str, *, numbers: bool = False) -> str:
    """Return a text normalised for comparison: lower case, single spaces, no punctuation.

    >>> bare("The  Left-sided kidney."), bare("Grade 1.5 (mild)"), bare("three", numbers=True)
    ('the left sided kidney', 'grade 1.5 mild', '3')
    """
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"n't\b", " not", text)
    text = re.sub(r"(?<=\d)[.,](?=\d)", "\x00", text)
    text = re.sub(r"(?<=\w)\+(?!\w)|(?<!\w)\+(?=\w)", " plus ", text)
    text = re.sub(r"[^\w\x00]+|_", " ", text).replace("\x00", ".").strip()
    if numbers:
        text = re.sub(r"\w+", lambda m: NUMBERS.get(m[0], m[0]), text)
    return re.sub(r"\s+", " ", text)
