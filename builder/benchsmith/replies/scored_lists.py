"""Replies that give each option a score: a probability, a percentage, points, "likely" or "low"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from benchsmith.replies.mentions import Skeleton
from benchsmith.replies.vocabulary import M, pattern

_GRADED = (
    ("impossible", "none", "zero", "unmöglich", "imposible", "不可能"),
    ("very unlikely", "highly unlikely", "extremely unlikely", "least likely", "very low", "lowest", "sehr unwahrscheinlich", "sehr niedrig", "très improbable", "très faible", "muy improbable", "muy baja", "很低", "极低"),
    ("unlikely", "improbable", "low", "unwahrscheinlich", "niedrig", "gering", "faible", "baja", "bajo", "低", "不太可能"),
    ("possible", "medium", "moderate", "möglich", "mittel", "moyenne", "posible", "media", "中", "中等"),
    ("likely", "probable", "high", "wahrscheinlich", "hoch", "élevée", "alta", "alto", "高", "可能"),
    ("very likely", "highly likely", "extremely likely", "very high", "sehr wahrscheinlich", "sehr hoch", "très probable", "très élevée", "muy probable", "muy alta", "很高", "很可能"),
    ("most likely", "highest", "almost certain", "certain", "am wahrscheinlichsten", "la plus probable", "最高", "最可能"),
)  # fmt: skip
LEVELS = {word: level for level, words in enumerate(_GRADED) for word in words}
"""Words for how likely an option is, the likelier the higher; from `LIKELY` on it is an answer."""
LIKELY = 4
_NUMBER = r"[+-]?(?:\d{1,9}(?:[.,]\d{1,9})?|\.\d{1,9})(?:e[+-]?\d{1,3})?"
_UNIT = r"[ \t]{0,2}(?:(?:%|percent)(?:[ \t](?:likely|probable|likelihood|probability|chance|sure|certain|confident|confidence|wahrscheinlich|sicher|probabilité|probabilidad)(?!\w))?|/[ \t]?\d{1,3})"
_LEVEL = pattern(*LEVELS)
_TITLE = pattern(
    "options?", "choices?", "answers?", "letters?", "labels?", "class(?:es)?", "id", "names?", "key", "scores?", "prob(?:abilit(?:y|ies)|s|as?)?", "p", "confidences?", "certainty", "likelihoods?", "log", "logits?", "logprobs?", "logprobabilit(?:y|ies)", "ratings?", "weights?", "percentages?", "percent", "values?", "points?", "distribution", "estimated?", "results?", "my", "the", "is", "are", "of", "with", "and", "for", "each", "json", "python",
    "wahrscheinlichkeit(?:en)?", "konfidenz", "probabilités?", "confiance", "probabilidad(?:es)?", "confianza", "puntuación", "probabilidade", "вероятност[ьи]", "概率", "置信度", "得分", "分数", "可能性",
)  # fmt: skip
_BLANKS = r"[ \t\n]{0,4}"
_VALUE = rf"(?:(?P<number>{_NUMBER})(?P<unit>{_UNIT})?|(?P<level>{_LEVEL}))(?=[\"'\s]{{0,4}}(?:$|[,;.\n)\]}}|，；。]|{M}|\s[(\[]?{M}))"
_AFTER = re.compile(
    rf"(?P<one>{M})(?:[\s|:.)(\-–]{{1,4}}(?P<two>{M}))?[\"')\]]{{0,3}}"
    rf"(?:{_BLANKS}[:：,]{_BLANKS}\{{?{_BLANKS}[\"']{_TITLE}[\"']{_BLANKS}[:：]{_BLANKS}|{_BLANKS}[:：=|(\[→–—]{_BLANKS}|{_BLANKS}-[ \t]{{1,4}}|[ \t]{{1,4}})[\"']?{_VALUE}"
)
"""An option and, behind it, its score."""
_BEFORE = re.compile(
    rf"(?P<number>{_NUMBER})(?P<unit>{_UNIT})[ \t]{{0,4}}(?:(?:for|of|[:：=→–—-])[ \t]{{0,4}})?(?P<one>{M})(?P<two>(?!))?(?P<level>(?!))?"
)
"""A percentage and, behind it, its option."""

LOW_SCORE = 0.1
"""A score up to which the only option that a reply scores is not its answer."""
_PART = r"(?P<value>\d{1,3}(?:[.,]\d{1,9})?)[ \t]{0,2}(?:(?P<unit>%|percent|prozent|pour cent|por ciento|por cento)|/[ \t]?(?P<whole>\d{1,3}))?"
_LONE = re.compile(
    rf"{M}[\"')\]]{{0,3}}{_BLANKS}[:：=(\[–—-]{{1,2}}{_BLANKS}{_PART}(?=[ \t]*(?:$|[.,;)\]\n。，；]))"
)


class Scores(NamedTuple):
    """The score of each option; whether the options with scores are all that the reply holds."""

    of: dict[int, float]
    alone: bool

    def best(self, *, several: bool) -> list[int] | None:
        """Return the options with the highest score, or with 1 if all have 1 or 0; None if none is high."""
        most = max(self.of.values())
        if several and set(self.of.values()) != {0, 1}:
            return None
        return [option for option, score in self.of.items() if score == most]


def scores(skeleton: Skeleton, options: Sequence[str]) -> Scores | None:
    """Return the scores of a reply that gives one to each option that it names, if to two or more.

    Options that are numbers themselves have none: "A: 4" may be a wrong count.
    """
    text, named = skeleton.text, len(re.findall(M, skeleton.text))
    if named < 2 or all(re.match(r"\W*\d", option) for option in options):
        return None
    for way in (_AFTER, _BEFORE):
        of: dict[int, float] = {}
        graded, heads, spoilt = set(), 0, False
        for item in way.finditer(text):
            marks = [mark for mark in (item["one"], item["two"]) if mark]
            told = {skeleton.mentions[mark].option for mark in marks}
            heads += len(marks)
            spoilt = spoilt or len(told) > 1 or bool(told & set(of)) or min(told) < 0
            graded.add(bool(item["level"]))
            of[min(told)] = _score(item)
        if heads == named and len(of) > 1 and not spoilt and len(graded) == 1:
            rest = re.sub(_TITLE, "", way.sub("", text))
            ranks = graded != {True} and sorted(of.values()) == list(range(1, len(of) + 1))
            low = graded == {True} and max(of.values()) < LIKELY
            if ranks or low:  # the first of a ranking is the best, not the highest number
                of = dict.fromkeys(of, 0.0)
            return Scores(of, alone=not re.search(r"\w", rest))
    return None


def scored_as_nothing(skeleton: Skeleton, options: Sequence[str]) -> bool:
    """Return whether a reply names one option once, and gives it a score of nothing or almost nothing."""
    if len(re.findall(M, skeleton.text)) != 1 or all(re.match(r"\W*\d", o) for o in options):
        return False
    found = _LONE.search(skeleton.text)
    if found is None:
        return False
    value, unit, whole = float(found["value"].replace(",", ".")), found["unit"], found["whole"]
    if whole:
        return float(whole) > 0 and value / float(whole) <= LOW_SCORE
    if unit:
        return value / 100 <= LOW_SCORE
    return value == 0 or (value <= LOW_SCORE and not found["value"].isdigit())


def _score(item: re.Match[str]) -> float:
    if item["level"]:
        return float(LEVELS[item["level"]])
    return float(item["number"].replace(",", "."))
