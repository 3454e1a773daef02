"""Find where a reply names options by their letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from benchsmith.replies.doubts import HEDGES, HEDGES_ANYWHERE, NOT
from benchsmith.replies.vocabulary import (
    AFTER,
    ANSWER,
    CHOOSE,
    CONCLUDE,
    COPULA,
    EITHER,
    FUNCTION,
    LISTED,
    OPTION,
    pattern,
)

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NONE = -1
"""The option of a mention that contradicts itself, or of a letter that no option has."""


class Span(NamedTuple):
    """A place in a reply that names an option."""

    start: int
    end: int
    option: int
    kind: str


_LETTER = re.compile(
    r"(?<![A-Za-z0-9À-ɏЀ-ӿ_])(?<!\w')(?<![\w]-)([A-Z])(?![A-Za-z0-9À-ɏЀ-ӿ_]|'[A-Za-z]|-\w|[.:][A-Za-z]|\+(?!(?:[A-Z]\+){0,25}[A-Z](?![A-Za-z0-9+])))"
    r"|(?<=[(\[{])\s?([a-z])\s?(?=[)\]}])"
    r"|(?:(?<=\n)|(?<![\s\S]))([a-z])(?=[.):][ \t]*\x01)"
)
_SMALL_LETTER = re.compile(
    rf"(?m){ANSWER}(?:\s*(?:{COPULA}|[:：]))+\s*([a-z])(?=[.)]?\s*$)", re.IGNORECASE
)
NEAR = 48
"""Characters around a letter that are looked at."""
_NAMED = re.compile(rf"({OPTION})\s*[(\[\"'#]*\s*$", re.IGNORECASE)
_OPENED = re.compile(r"[(\[{\"'<]\s?$")
_CLOSED = re.compile(r"\s?[)\]}\"'>]")
_TELLS = re.compile(
    "answers?|antwort|réponse|respuesta|resposta|ответ|答案|答え|正解|정답|답|الإجابة|उत्तर",
    re.IGNORECASE,
)
"""Nouns that give an answer rather than a name, as in "answer B"."""
_RUN = re.compile(r"(?<![\w])([A-Z]{2,})(?![\w])")
_LIST_MARK = r"(?:^|[\n.!?;。！？；।])[\s(\[\"']*$"
_CJK_BEFORE = "くし是为為选選案项項择擇即应該该或和与與及非不而则定故以此除解答肢はがをのとかでにもやえ지은는이가와과나답로서므만고라기데"
_CJK_AFTER = "而但是为為选選项項正对對错錯不最更或和与與及因符可应應才即都的が은はのともをでだにかや가이은는를을와과라로임만보입및일번또나도"
BEFORE_LETTER = re.compile(
    rf"(?:{COPULA}|{FUNCTION}|{CHOOSE}|{CONCLUDE}|{ANSWER}|{OPTION}|{NOT}|{EITHER}|{LISTED}|{HEDGES.pattern}|{HEDGES_ANYWHERE.pattern}"
    rf"|{pattern('matches', 'shows', 'corresponds to', 'represents', 'indicates', 'suggests', 'to', 'than', 'like', 'with', 'but', 'an', 'um', 'à', 'en', 'em', 'eliminate', 'say', 'option', 'sondern', 'mais', 'sino', 'mas', 'sim', 'а', 'но', 'только', 'pense', 'is (?:it|this|that)', 'doubts?', 'undoubtedly', 'doute', 'zweifel', 'zweifellos', 'duda', 'dúvida', 'doch', 'sagen', 'disent', 'dicen', 'mean', 'meant', 'considered', 'considering', 'thought', 'ultimately', 'eventually', 'in the end', 'at last', 'later', 'schließlich', 'letztlich', 'am ende', 'dann', 'finalement', 'enfin', 'puis', 'finalmente', 'al final', 'luego', 'por fim', 'no fim', 'depois', 'наконец', 'в итоге', 'потом', 'затем', 'plutôt', 'eher', 'lieber', 'más bien', 'скорее', 'чем', 'als', 'que', 'dire', 'meinte', 'meine', 'gesagt', 'decir', 'dicho', 'dizer', 'melhor')}"
    rf"|बल्कि|لكن|بل|[{_CJK_BEFORE}])\s*[(\[\"']?\s*$|^[\W\d]*$|[,;:.!?—–\-→=>∴⇒*|&/+✓✔✅✗✘❌%(\[\"'、，：；。！？「『।،\n\x01]\s*$",
    re.IGNORECASE,
)
_AFTER_LETTER = re.compile(
    rf"^\s*(?:$|[.,;:!?)\]}}\"'(—–>|&/+=<✓✔✅☑✗✘❌✕×、，：；。！？」』।،\n\x01]|\d{{1,3}}\s?%|-\s|-\x01|{COPULA}|{AFTER}|{EITHER}|{LISTED}|[{_CJK_AFTER}]"
    rf"|{pattern('because', 'since', 'for', 'due', 'given', 'which', 'based', 'with', 'in', 'on', 'at', 'if', 'although', 'though', 'while', 'whereas', 'but', 'rather', 'over', 'instead', 'after all', 'than', 'plutôt', 'eher', 'lieber', 'más bien', 'antes', 'скорее', 'mais', 'sondern', 'sino', 'aber', 'pero', 'mas', 'но', 'а', 'not', 'could', 'can', 'may', 'might', 'will', 'cannot', 'corresponds', 'represents', 'describes', 'fits', 'matches', 'shows', 'lies', 'has', 'does', 'were', 'being', 'out', 'from', 'of', 'too', 'only', 'again', 'here', 'sein', 'wählen', 'nehmen', 'i', 'nicht', 'no', 'não', 'не', 'pas', 'ne', 'car', 'puisque', 'parce', 'porque', 'weil', 'da', 'denn', 'passt', 'convient', 'encaja', 'die', 'das', 'se', 'подходит', 'потому', 'так', 'верно', 'неверно', 'верны', 'correspond', 'correctas?', 'por', 'pois', 'ici', 'hier', 'aquí', 'aqui', 'здесь')}"
    rf"|وليس|ليس|بل|لأن|صحيح|خطأ|هو|हो|नहीं|सही|गलत|चुन|क्योंकि|सबसे|चुना|को|का)",
    re.IGNORECASE,
)
_EXHIBIT = re.compile(rf"{pattern('figures?', 'fig', 'panels?', 'images?', 'pictures?', 'segments?', 'arrows?', 'labels?', 'structures?', 'regions?', 'points?', 'areas?', 'types?', 'grades?', 'groups?', 'class', 'vitamin', 'hepatitis', 'abbildung', 'bild', 'figura', 'imagen', 'imagem', 'рисунок')}[ \t]*[(\[\"']?$|\bfig\.\s*$|[图圖図]\s*[(]?$", re.IGNORECASE)  # fmt: skip

_SCORED = re.compile(
    r"[ \t]*(?:[(:=][ \t]*[-+]?[\d.]|\d{1,3}[ \t]?%|(?:\d?[.,]\d+|\d{1,3})(?=[ \t]*(?:$|[,;\n，；|]|[(\[]?[A-Z](?![A-Za-z]))))"
)
_SCORE_ENDS = re.compile(r"(?:^|\n|[\d%)\]])[ \t]*$")
"""What stands around a letter in a list of scores without commas: "A 0.1 B 0.9"."""


def letters(text: str, count: int) -> tuple[list[Span], frozenset[int]]:
    """Return the mentions by letter, and the letters that may mean something else."""
    if small := re.fullmatch(r"[(\[\"']*([a-z])[)\]\"']*[.:)]?", text.strip()):
        start = text.index(small[1])
        return [Span(start, start + 1, _place(small[1], count), "letter")], frozenset()
    found = list(_runs(text, count))
    stray = set()
    alone = {
        place
        for line in re.finditer(r"(?m)^[ \t]*[A-Z](?:[ \t]+[A-Z])*[ \t]*$", text)
        for place in range(*line.span())
    }
    small_ones = (m for m in _SMALL_LETTER.finditer(text) if m[1].islower())
    for match in [*_LETTER.finditer(text), *small_ones]:
        one = _Letter(text, *match.span(match.lastindex or 1))
        if one.start in alone or one.names():
            found.append(Span(*one.whole(), _place(one.text, count), "letter"))
        elif _place(one.text, count) != NONE and not one.is_word():
            stray.add(_place(one.text, count))
    return found, frozenset(stray)


@lru_cache(maxsize=4096)  # what a model in a loop writes has few different surroundings
def is_introduced(before: str) -> bool:
    """Return whether a letter may name an option after some characters, of which `NEAR` count.

    >>> is_introduced("The answer is "), is_introduced("vitamin ")
    (True, False)
    """
    return BEFORE_LETTER.search(before[-NEAR:]) is not None


def _runs(text: str, count: int) -> Iterator[Span]:
    """Yield the letters of runs such as ABD, which are in order and stand alone."""
    for match in _RUN.finditer(text):
        run, before = match[1], text[max(0, match.start() - NEAR) : match.start()]
        known = set(run) <= set(ALPHABET[:count]) and list(run) == sorted(set(run))
        begins = re.search(_LIST_MARK, before) or is_introduced(before)
        if known and begins and re.match(r"\s*(?:$|[.,;!?)\n。，])", text[match.end() :][:NEAR]):
            for k, letter in enumerate(run, match.start()):
                yield Span(k, k + 1, ALPHABET.index(letter), "letter")


class _Letter:
    """A single letter of a reply and the text around it."""

    def __init__(self, reply: str, start: int, end: int) -> None:
        self.start, self.end = start, end
        self.text = reply[start:end].upper()
        self.small = reply[start:end].islower()
        self.before, self.after = reply[max(0, start - NEAR) : start], reply[end : end + NEAR]
        self.named = _NAMED.search(self.before)
        self.opened = _OPENED.search(self.before)
        self.closed = _CLOSED.match(self.after)

    def names(self) -> bool:
        """Return whether it names an option: in brackets, after "option", or where no word stands."""
        if _EXHIBIT.search(self.before) and not self.named:
            return False
        if self.small or (self.opened and self.closed) or self.named:
            return True
        if self.text == "I" and re.match(r"\s+(?!is\b)[a-z]", self.after):
            return False
        if re.search(_LIST_MARK, self.before) and re.match(r"[.):：、]", self.after):
            return True
        begins = is_introduced(self.before)
        if _SCORED.match(self.after) and (begins or _SCORE_ENDS.search(self.before)):
            return True
        return begins and _AFTER_LETTER.match(self.after) is not None

    def is_word(self) -> bool:
        """Return whether it is an English word: the article or the pronoun."""
        exhibit = _EXHIBIT.search(self.before)
        return self.text in "AI" and not exhibit and bool(re.match(r"\s+[a-z]", self.after))

    def whole(self) -> tuple[int, int]:
        """Return start and end with its brackets, and with the noun that it follows."""
        start, end = self.start, self.end
        if self.opened and self.closed:
            start, end = start - len(self.opened[0]), end + len(self.closed[0])
        elif not self.opened and self.after.startswith(")"):
            end += 1
        if self.named and _TELLS.fullmatch(self.named[1]) is None:
            start = min(start, self.start - (len(self.before) - self.named.start()))
        return start, end


def _place(letter: str, count: int) -> int:
    place = ALPHABET.index(letter.upper())
    return place if place < count else NONE
