"""What a reply says: which options it picks, or why it picks none. Nothing is ever guessed.

Rules are tried from the plainest to the loosest, and the first that applies decides. Where a reply
says two things, or names a letter beside another option's text, it is unclear, and unclear is wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from benchsmith.evaluate.reply_words import (
    ARTICLES,
    BETWEEN,
    CHOOSE,
    DENIED,
    MARKS,
    NOT,
    REFUSALS,
    bare,
    clean,
)
from benchsmith.release.columns import LETTERS

LETTER, MARKED, TEXT, MENTION = "letter", "marked", "text", "mention"
EMPTY, CUT, REFUSED, UNCLEAR = "empty", "cut", "refused", "unclear"
PICKED = (LETTER, MARKED, TEXT, MENTION)
"""How a reply can pick: a bare letter, a letter said to be the answer, an option's words, one
option among other words."""


class Extracted(NamedTuple):
    """Positions of the options that a reply picks, and how that was read."""

    picked: tuple[int, ...]
    how: str


THOUGHT = re.compile(r"<(think|thinking|reasoning|thought)>.*?</\1>", re.DOTALL | re.IGNORECASE)
UNFINISHED = re.compile(r"<(?:think|thinking|reasoning|thought)>", re.IGNORECASE)
_MARK = (
    rf"(?:(?<!\w)(?:{'|'.join(m for m in MARKS if m.isascii() or m[0].isalpha())})(?:\s+(?:choice|option|letter))?"
    rf"|(?<!\w)(?:{'|'.join(c for c in CHOOSE if c.isascii())})(?!\w)"
    rf"|{'|'.join(c for c in (*MARKS, *CHOOSE) if not c.isascii())})"
)
_SOFT = (
    rf"(?:[\s:=→>\-–—\"']|(?<!\w)(?:{'|'.join(BETWEEN)})(?!\w)|是|为|為|应为|は|은|는|选项|選項)*"
)
MARKED_AT = re.compile(rf"{_MARK}{_SOFT}", re.IGNORECASE)
TAGGED = re.compile(
    r"\\boxed\s*\{\s*([^{}]*)\}|<answer>\s*(.*?)\s*</answer>|\[\[\s*([^\[\]]*)\]\]",
    re.IGNORECASE | re.DOTALL,
)
_ENDS = r"(?![A-Za-z0-9_'À-ɏЀ-ӿ])"
"""A letter ends here: Chinese and Korean write on without a blank."""
ONE = re.compile(rf"[(\[{{<\"']*([A-Z])[)\]}}>\"']*{_ENDS}")
_AND = r"(?:and|und|et|y|e|och)"
APART = re.compile(
    rf"(?:\s*(?:[,;、/&+]|和|及|与|以及|と)\s*(?:{_AND}\s+)?|\s+(?:{_AND}\s+)?)(?=[(\[{{<\"'A-Z])"
)
BECAUSE = re.compile(
    r"^\s*(?:$|[,;.!。,、(\n]|because|since|as\b|for\b|due|given|which|based|with\b|is\b|are\b|seems|appears|"
    r"would|looks|fits|matches|因为|。)",
    re.IGNORECASE,
)
DELIMITER = re.compile(r"^\s*[.):\]\-–—、,:=>]+\s*")


def extract(reply: str, options: Sequence[str], *, several: bool = False) -> Extracted:
    """Return what a reply picks.

    >>> extract("The answer is (B).", ["liver", "spleen"])
    Extracted(picked=(1,), how='marked')
    >>> extract("A, C", ["liver", "spleen", "kidney"], several=True)
    Extracted(picked=(0, 2), how='letter')
    """
    said = THOUGHT.sub(" ", reply)
    if "</think>" in said:  # its beginning stands in the prompt of some models
        said = said.rpartition("</think>")[2]
    if UNFINISHED.search(said):
        return Extracted((), CUT)
    said = clean(said)
    if not said:
        return Extracted((), EMPTY)
    reader = _Reader(tuple(options), several)
    for rule in (reader.tagged, reader.whole, reader.marked, reader.first_line):
        if (found := rule(said)) is not None:
            return found
    if any(re.search(pattern, said, re.IGNORECASE) for pattern in REFUSALS):
        return Extracted((), REFUSED)
    return reader.mentioned(said) or Extracted((), UNCLEAR)


class _Reader:
    """The rules, for one list of options."""

    def __init__(self, options: tuple[str, ...], several: bool) -> None:
        self.several = several
        self.letters = LETTERS[: len(options)]
        self.numbers = all(option.strip().isdigit() for option in options)
        self.texts = [self.bare(option) for option in options]

    def bare(self, text: str) -> str:
        return bare(text, numbers=self.numbers)

    def tagged(self, said: str) -> Extracted | None:
        r"""Read ``\boxed{B}``, ``<answer>B</answer>`` and JSON that has an answer."""
        found = [next(g for g in m.groups() if g is not None) for m in TAGGED.finditer(said)]
        if found:
            return self.value(clean(found[-1])) or self.exactly(found[-1])
        start, end = said.find("{"), said.rfind("}")
        if start < 0 or end < start:
            return None
        try:
            value = json.loads(said[start : end + 1])
        except ValueError:
            return None
        if isinstance(value, dict):
            for name, inner in value.items():
                if re.fullmatch(_MARK, str(name).replace("_", " ").split()[-1], re.IGNORECASE):
                    text = ", ".join(map(str, inner)) if isinstance(inner, list) else str(inner)
                    return self.value(clean(text)) or self.exactly(text)
        return None

    def whole(self, said: str) -> Extracted | None:
        """Read a reply that is nothing but letters, or nothing but an option."""
        alone = re.fullmatch(r"[(\[{\"']*([a-z])[)\]}\"'.]*", said)
        if alone and alone[1].upper() in self.letters:
            return Extracted((self.letters.index(alone[1].upper()),), LETTER)
        found, rest = self.listed(said)
        if found and not rest.strip(" .。!)\n"):
            return self.decided(found, LETTER)
        return self.exactly(said)

    def exactly(self, said: str) -> Extracted | None:
        """Read an option's own words, or several where several may be right."""
        own = self.bare(said)
        lettered = re.match(r"\W*[A-Z]\s*[.):\-]", said)  # "A. liver" has no article
        for text in (own, own if lettered else ARTICLES.sub("", own)):
            if text in self.texts:
                return Extracted((self.texts.index(text),), TEXT)
        if self.several:
            spans, left = self.spans(own)
            if spans and not re.sub(r"\b(?:and|und|et|y|the|an?)\b|和|及|与", "", left).strip():
                return Extracted(tuple(sorted({i for _, i in spans})), TEXT)
        return None

    def marked(self, said: str) -> Extracted | None:
        """Read what stands behind "the answer is", and so on; the last time it is said."""
        found: Extracted | None = None
        for mark in MARKED_AT.finditer(said):
            if NOT.search(said[max(0, mark.start() - 40) : mark.start()]):
                continue
            rest = said[mark.end() :]
            if re.match(r"(?:not|n't|neither)\b", rest) or DENIED.match(rest[2:40]):
                continue
            if (value := self.value(rest)) is not None:
                found = value._replace(how=MARKED if value.picked else value.how)
        return found

    def value(self, rest: str) -> Extracted | None:
        """Read letters, with or without the option's words, or an option's words, at the beginning."""
        found, tail = self.listed(rest)
        if found and len(found) == 1:
            return self.beside(found[0], tail, marked=True)
        if found:
            return self.decided(found, MARKED)
        small = re.match(r"[(\[\"']*([a-z])(?:[)\]\"']+|[.:]?\s*$)", rest)
        if small and small[1].upper() in self.letters:
            return Extracted((self.letters.index(small[1].upper()),), MARKED)
        line = self.bare(re.split(r"[.;\n。；](?!\d)", rest, maxsplit=1)[0])
        line = ARTICLES.sub("", line)
        starts = [i for i, text in enumerate(self.texts) if _begins(line, text)]
        if not starts:
            return None
        if self.several:
            picked = {i for _, i in self.spans(line)[0]}
            return Extracted(tuple(sorted(picked)), MARKED)
        longest = max(starts, key=lambda i: len(self.texts[i]))
        more = {i for _, i in self.spans(line)[0]} - {longest}
        if more and re.search(r"\b(?:or|and)\b|或|和", line):
            return Extracted((), UNCLEAR)
        return Extracted((longest,), MARKED)

    def first_line(self, said: str) -> Extracted | None:
        """Read a letter at the start of the reply, or at the start of its last line."""
        lines = [line for line in said.splitlines() if line.strip()]
        if self.several and len(lines) > 1:
            starts = [self.listed(line.lstrip("-•* \t")) for line in lines]
            if all(len(found or ()) == 1 for found, _ in starts):
                every = [self.beside(found[0], tail) for found, tail in starts if found]
                if all(e is not None and e.picked for e in every):
                    return self.decided([e.picked[0] for e in every if e], LETTER)
        read = []
        for line in dict.fromkeys((lines[0], lines[-1])):
            found, tail = self.listed(line)
            if found and len(found) == 1:
                read.append(self.beside(found[0], tail))
            elif found and (not tail.strip() or DELIMITER.match(tail) or BECAUSE.match(tail)):
                read.append(self.decided(found, LETTER))
        told = [r for r in read if r is not None]
        if len({r.picked for r in told}) > 1:
            return Extracted((), UNCLEAR)  # it begins with one and ends with another
        return told[0] if told else None

    def listed(self, said: str) -> tuple[list[int] | None, str]:
        """Return the letters that a text begins with, and the rest of it."""
        said = said.lstrip()
        run = re.match(rf"([A-Z]{{2,}}){_ENDS}", said)
        if run and set(run[1]) <= set(self.letters) and list(run[1]) == sorted(set(run[1])):
            return [self.letters.index(c) for c in run[1]], said[run.end() :]
        found: list[int] = []
        one = ONE.match(said)
        while one and one[1] in self.letters:
            found.append(self.letters.index(one[1]))
            said = said[one.end() :]
            # two letters of a list stand alone: in "A, B cells" the second is a word's
            between = APART.match(said)
            one = ONE.match(said, between.end()) if between else None
            if one and not re.match(
                r"\s*(?:[、/&+)]|and\b|和|及|与)|\s[(\[A-Z]", said[one.end() :]
            ):
                one = one if BECAUSE.match(said[one.end() :]) else None
            if one:
                said, one = said[one.start() :], ONE.match(said[one.start() :])
        if found and re.match(r"\s*(?:or|oder|ou|或)\s*(?:option\s+)?[(\[\"']*[A-Z]\b", said):
            return [*found, -1], said  # one or the other is no answer
        return found or None, said

    def decided(self, found: Sequence[int], how: str) -> Extracted:
        """Return letters as an answer; more than one is none where one is right."""
        picked = tuple(sorted(set(found)))
        if -1 in picked or (len(picked) > 1 and not self.several):
            return Extracted((), UNCLEAR)
        return Extracted(picked, how)

    def beside(self, letter: int, tail: str, *, marked: bool = False) -> Extracted | None:
        """Judge a letter by the words beside it: its own option's, another's, or others."""
        how = MARKED if marked else LETTER
        delimiter = DELIMITER.match(tail)
        words = tail[delimiter.end() :] if delimiter else tail
        line = self.bare(re.split(r"[\n;。；]", words, maxsplit=1)[0])
        ways = {line, ARTICLES.sub("", line)}  # an option may begin with an article of its own
        begun = [i for i, text in enumerate(self.texts) if any(_begins(w, text) for w in ways)]
        named = max(begun, key=lambda i: len(self.texts[i]), default=letter)
        if named != letter:
            # "A liver" where A is another option: an article, or a mistake
            article = self.letters[letter] == "A" and not delimiter
            return Extracted((named,), MARKED) if marked and article else Extracted((), UNCLEAR)
        if begun or delimiter or BECAUSE.match(tail):
            return Extracted((letter,), how)
        word = self.letters[letter] in "AI"
        return Extracted((letter,), how) if marked and not word else None

    def spans(self, text: str) -> tuple[list[tuple[int, int]], str]:
        """Return where options stand in a text, the longest first, and what is left of it."""
        found: list[tuple[int, int]] = []
        for i in sorted(range(len(self.texts)), key=lambda i: -len(self.texts[i])):
            own = self.texts[i]
            if not own:
                continue
            pattern = _whole_word(own)
            found.extend((match.start(), i) for match in re.finditer(pattern, text))
            text = re.sub(pattern, lambda m: "\x01" * len(m[0]), text)
        return sorted(found), text.replace("\x01", "")

    def mentioned(self, said: str) -> Extracted | None:
        """Read the one option that is named, by its letter in brackets or its words."""
        letters = {self.letters.index(c) for c in self.bracketed(said)}
        texts = set(self.affirmed(said))
        if len(letters) == 1 and texts <= letters:
            return Extracted(tuple(letters), MENTION)
        if letters or not texts:
            return None
        return self.decided(sorted(texts), MENTION)

    def bracketed(self, said: str) -> Iterator[str]:
        for match in re.finditer(
            r"(?<!\w)(?:[(\[]([A-Z])[)\]]|(?:option|choice) ([A-Z]))(?!\w)", said
        ):
            letter = match[1] or match[2]
            before, behind = (
                said[max(0, match.start() - 48) : match.start()],
                said[match.end() :][:40],
            )
            if letter in self.letters and not NOT.search(before) and not DENIED.match(behind):
                yield letter

    def affirmed(self, said: str) -> Iterator[int]:
        """Yield the options that a reply names and does not deny."""
        for sentence in re.split(r"(?<!\d)[.;\n。；!?](?!\d)", said):
            own = self.bare(sentence)
            for start, i in self.spans(own)[0]:
                behind = own[start + len(self.texts[i]) :]
                if not NOT.search(own[:start]) and not DENIED.match(behind):
                    yield i


def _whole_word(text: str) -> str:
    """Return a pattern of a text between word boundaries; Chinese and the like have none."""
    plain = re.escape(text)
    return plain if not text.isascii() and not text[0].isascii() else rf"(?<!\w){plain}(?!\w)"


def _begins(line: str, text: str) -> bool:
    return bool(text) and re.match(_whole_word(text), line) is not None
