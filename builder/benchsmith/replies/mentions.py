"""Find where a reply mentions its options, by letter or by text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from benchsmith.replies.everyday import YES_OR_NO, other_sayings
from benchsmith.replies.letters import ALPHABET, NEAR, NONE, Span, is_introduced, letters
from benchsmith.replies.option_nouns import begins, with_noun
from benchsmith.replies.reply_words import HANGUL, IDEOGRAPHS, Word, option_words, words
from benchsmith.replies.vocabulary import pattern

FIRST = 0xE000
"""The first of the characters that stand for mentions."""
MOST = 6_000
"""Characters of private use that are taken for mentions."""


class Mention(NamedTuple):
    """One place where an option is named."""

    option: int
    kind: str
    """`letter` (with or without the text), `text`, or `word` for yes and no."""


class Skeleton(NamedTuple):
    """A reply in small letters, in which each mention is one character."""

    text: str
    mentions: dict[str, Mention]
    stray: frozenset[int]
    """Options whose letters stand where they may mean something else, as in "figure B"."""


_ARTICLE = pattern("the", "an?", "le", "la", "les", "l", "der", "die", "das", "den", "el", "los", "las", "o", "os", "as", "una?", "uno", "un", "une", "ein", "eine", "uma?")  # fmt: skip
_PARTICLE = re.compile(r"(?:은|는|이|가|을|를|의|에|와|과|도|로|으로|만|부터|및|또는|이나|나|입|이다|임|인|일|처럼|보다|까지|라고|이라|으로서|하고|랑|때문|이므로)")  # fmt: skip
_HAN_BEFORE = re.compile(r"(?:符合|考虑|[是为為示的有见見到选選于於属像即指应應该個个和与與及或非不无無除名称叫作做认断定案解图図中似现出括含了以而把将在观察可一]|显示|正常|[\u3040-\u309f])$")  # fmt: skip
_HAN_AFTER = re.compile(r"^(?:[是的在位和与與及或为為有不可最更等而因被则並并符正错選选项項对且但也都了吗呢里内外上下]|[\u3040-\u309f])")  # fmt: skip
_ENDED = re.compile(
    r"[)\]\"'*]*[ \t]*(?:$|[.,;:!?)\n。，；！？।،]|[(（][^)）]*[)）]\s*(?:$|[.\n]))"
)
_AGREES = re.compile(r"(?:you are|you're|that's|that is|all|yes,?)\s+$", re.IGNORECASE)
"""What makes "right" a word of agreement."""
_ORDINAL = re.compile(r"\.?[ \t]*#?\d")
"""What makes "no" the abbreviation of "number": "No. 1"."""
_PREFIXES = re.compile(r"^(?:و|ف|ب|ل|ك)(?=ال)")


def find(text: str, options: Sequence[str]) -> Skeleton:
    """Find the mentions of a cleaned text."""
    spans = list(_texts(text, options))
    masked = list(text)
    for span in spans:
        masked[span.start : span.end] = "\x01" * (span.end - span.start)
    lettered, stray = letters("".join(masked), len(options))
    return _skeleton(text, _merged(text, sorted([*spans, *lettered])), stray)


def _texts(text: str, options: Sequence[str]) -> Iterator[Span]:
    """Yield the places where options' texts stand, the longest first; none overlap."""
    numbers = all(option.strip().isdigit() for option in options)
    found = words(text, numbers=numbers)
    own = [option_words(option, numbers=numbers) for option in options]
    taken = [False] * len(found)
    places: dict[str, list[int]] = {}
    for n, word in enumerate(found):
        for norm in {word.norm, _PREFIXES.sub("", word.norm)}:
            places.setdefault(norm, []).append(n)
    others = other_sayings(own)
    named = [*enumerate(own), *others]
    for option, option_norms in sorted(named, key=lambda n: (-len(n[1]), n[0])):
        if not option_norms:
            continue
        for n in places.get(option_norms[0], []):
            last = n + len(option_norms)
            if (
                last > len(found)
                or any(taken[n:last])
                or any(found[n + k].norm != option_norms[k] for k in range(1, len(option_norms)))
                or not _together(text, found[n:last])
                or not _whole(text, found[n], found[last - 1])
            ):
                continue
            letter = options[option].strip().upper()
            if len(letter) == 1 and letter in ALPHABET:
                if ALPHABET.index(letter) != option:  # such as a blood group: letter or text?
                    yield Span(found[n].start, found[n].end, NONE, "letter")
                continue
            end = with_noun(text, "".join(option_norms), found[last - 1].end)
            alone = "".join(option_norms) in YES_OR_NO or (option, option_norms) in others
            if option_norms == ("right",) and _AGREES.search(text[: found[n].start][-NEAR:]):
                continue
            if alone and not _stands_alone(text, found[n].start, end):
                continue
            if option_norms == ("no",) and _ORDINAL.match(text, end):
                continue
            taken[n:last] = [True] * len(option_norms)
            same = [i for i, norms in enumerate(own) if norms == option_norms]
            yield Span(
                begins(text, "".join(option_norms), found[n].start),
                end,
                option if len(same) < 2 else NONE,
                "word" if "".join(option_norms) in YES_OR_NO else "text",
            )


def _together(text: str, run: Sequence[Word]) -> bool:
    gaps = (text[a.end : b.start] for a, b in pairwise(run))
    return all(re.fullmatch(r"[\s,()\[\]\-–/:×\"']*", gap) for gap in gaps)


def _whole(text: str, first: Word, last: Word) -> bool:
    """Return whether no neighbouring character belongs to the word; scripts without spaces differ."""
    before, after = text[max(0, first.start - NEAR) : first.start], text[last.end :][:NEAR]
    start, end = text[first.start], text[last.end - 1]
    if re.match(f"[{HANGUL}]", start) and re.search(f"[{HANGUL}]$", before):
        return False
    if re.match(f"[{HANGUL}]", end) and re.match(f"[{HANGUL}]", after):
        return _PARTICLE.match(after) is not None
    joined = re.match(f"[{IDEOGRAPHS}]", start) and re.search(f"[{IDEOGRAPHS}]$", before)
    if joined and _HAN_BEFORE.search(before) is None:
        return False
    if re.match(f"[{IDEOGRAPHS}]", end) and re.match(f"[{IDEOGRAPHS}]", after):
        return _HAN_AFTER.match(after) is not None
    return True


def _stands_alone(text: str, start: int, end: int) -> bool:
    behind = re.match(
        r"[*\"')\]]*\s*(?:$|[.,;:!?\n。，、！？।،)/—–-]|(?:and|or|und|et|y|e|oder|ou)\s)",
        text[end:][:NEAR],
    )
    if behind is None:
        return False
    before = text[max(0, start - NEAR) : start]
    return re.search(
        r"(?:^|[.,;:!?\n()\[\]\"'。，：；！？।،*>=])\s*$", before
    ) is not None or is_introduced(before[-40:])


def _merged(text: str, spans: Sequence[Span]) -> list[Span]:
    """Join a letter with the text beside it; they contradict each other if they differ."""
    joined: list[Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        if last is None or {last.kind, span.kind} not in ({"letter", "text"}, {"letter", "word"}):
            joined.append(span)
            continue
        gap, after = text[last.end : span.start], text[span.end :]
        if last.kind == "letter":
            beside = re.fullmatch(rf"[ \t]*[.):：、,，\-–—=]*[ \t]*[(\[\"']?(?:{_ARTICLE}[ \t]+)?", gap, re.IGNORECASE)  # fmt: skip
        else:
            beside = re.fullmatch(r"[ \t]*[,:\-–—]?[ \t]*[(\[]?[ \t]*", gap)
        same = last.option == span.option
        open_ = gap.strip() in ("", ",", "，") and last.kind == "letter"
        article = open_ and text[last.start : last.end] == "A" and gap.strip() == ""
        goes_on = _ENDED.match(after) is None
        if beside and same:
            close = re.match(r"[ \t]*[)\]]", after) if re.search(r"[(\[]", gap) else None
            joined[-1] = Span(last.start, span.end + (close.end() if close else 0), span.option, "letter")  # fmt: skip
        elif beside and article and last.option == 0:
            joined[-1] = span
        elif beside and not (goes_on and "." in gap) and gap.strip() not in (",", "，"):
            close = re.match(r"[ \t]*[)\]]", after) if re.search(r"[(\[]", gap) else None
            joined[-1] = Span(last.start, span.end + (close.end() if close else 0), NONE, "letter")
        else:
            joined.append(span)
    return joined


def _skeleton(text: str, spans: Sequence[Span], stray: frozenset[int]) -> Skeleton:
    pieces, mentions, place = [], {}, 0
    for n, span in enumerate(spans[-MOST:]):
        mark = chr(FIRST + n)
        mentions[mark] = Mention(span.option, span.kind)
        pieces += [text[place : max(place, span.start)].lower(), mark]
        place = max(place, span.end)
    pieces.append(text[place:].lower())
    return Skeleton("".join(pieces), mentions, stray)
