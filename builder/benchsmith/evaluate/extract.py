"""Extract from a reply the options that it picks, or the reason why it picks none.

Rules are tried from the strictest to the loosest, and the first that applies decides. A reply that
contradicts itself, or names a letter beside another option's text, is unclear; nothing is guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from benchsmith.evaluate.reply_patterns import (
    AFTER_LETTER,
    ANSWER_PHRASE,
    ANSWER_WORD,
    DELIMITER,
    LETTER_END,
    LETTER_SEPARATOR,
    ONE_LETTER,
    TAGGED,
    THOUGHT,
    UNFINISHED_THOUGHT,
)
from benchsmith.evaluate.reply_words import (
    ARTICLES,
    DENIED,
    NOT,
    REFUSALS,
    bare,
    clean,
)
from benchsmith.release.columns import LETTERS

LETTER, MARKED, TEXT, MENTION = "letter", "marked", "text", "mention"
EMPTY, CUT, REFUSED, UNCLEAR = "empty", "cut", "refused", "unclear"
PICKED = (LETTER, MARKED, TEXT, MENTION)
"""Ways to pick: a bare letter, a marked answer, an option's text, an option among other words."""


class Extracted(NamedTuple):
    """Positions of the picked options, and the rule that found them or the reason for none."""

    picked: tuple[int, ...]
    how: str


def extract(reply: str, options: Sequence[str], *, several: bool = False) -> Extracted:
    """Return the options that a reply picks; `several` allows more than one.

    >>> extract("The answer is (B).", ["liver", "spleen"])
    Extracted(picked=(1,), how='marked')
    >>> extract("A, C", ["liver", "spleen", "kidney"], several=True)
    Extracted(picked=(0, 2), how='letter')
    """
    reply = THOUGHT.sub(" ", reply)
    if "</think>" in reply:  # some models open the thought in their prompt
        reply = reply.rpartition("</think>")[2]
    if UNFINISHED_THOUGHT.search(reply):
        return Extracted((), CUT)
    reply = clean(reply)
    if not reply:
        return Extracted((), EMPTY)
    reader = _Reader(tuple(options), several)
    for rule in (reader.tagged, reader.whole, reader.marked, reader.first_line):
        if (found := rule(reply)) is not None:
            return found
    if any(re.search(pattern, reply, re.IGNORECASE) for pattern in REFUSALS):
        return Extracted((), REFUSED)
    return reader.mentioned(reply) or Extracted((), UNCLEAR)


class _Reader:
    """The rules for one list of options."""

    def __init__(self, options: tuple[str, ...], several: bool) -> None:
        self.several = several
        self.letters = LETTERS[: len(options)]
        self.numbers = all(option.strip().isdigit() for option in options)
        self.texts = [self.bare(option) for option in options]

    def bare(self, text: str) -> str:
        return bare(text, numbers=self.numbers)

    def tagged(self, reply: str) -> Extracted | None:
        r"""Apply to ``\boxed{B}``, ``<answer>B</answer>`` and JSON with an answer."""
        found = [next(g for g in m.groups() if g is not None) for m in TAGGED.finditer(reply)]
        if found:
            return self.value(clean(found[-1])) or self.exactly(found[-1])
        start, end = reply.find("{"), reply.rfind("}")
        if start < 0 or end < start:
            return None
        try:
            value = json.loads(reply[start : end + 1])
        except ValueError:
            return None
        if isinstance(value, dict):
            for name, inner in value.items():
                if re.fullmatch(
                    ANSWER_WORD, str(name).replace("_", " ").split()[-1], re.IGNORECASE
                ):
                    text = ", ".join(map(str, inner)) if isinstance(inner, list) else str(inner)
                    return self.value(clean(text)) or self.exactly(text)
        return None

    def whole(self, reply: str) -> Extracted | None:
        """Apply to a reply that consists of letters, or of an option's text."""
        alone = re.fullmatch(r"[(\[{\"']*([a-z])[)\]}\"'.]*", reply)
        if alone and alone[1].upper() in self.letters:
            return Extracted((self.letters.index(alone[1].upper()),), LETTER)
        found, rest = self.listed(reply)
        if found and not rest.strip(" .。!)\n"):
            return self.decided(found, LETTER)
        return self.exactly(reply)

    def exactly(self, reply: str) -> Extracted | None:
        """Apply to the text of an option, or of several if several may be right."""
        own = self.bare(reply)
        lettered = re.match(r"\W*[A-Z]\s*[.):\-]", reply)  # "A. liver" has no article
        for text in (own, own if lettered else ARTICLES.sub("", own)):
            if text in self.texts:
                return Extracted((self.texts.index(text),), TEXT)
        if self.several:
            spans, left = self.spans(own)
            if spans and not re.sub(r"\b(?:and|und|et|y|the|an?)\b|和|及|与", "", left).strip():
                return Extracted(tuple(sorted({i for _, i in spans})), TEXT)
        return None

    def marked(self, reply: str) -> Extracted | None:
        """Apply to what follows "the answer is" and the like; the last occurrence counts."""
        found: Extracted | None = None
        for mark in ANSWER_PHRASE.finditer(reply):
            if NOT.search(reply[max(0, mark.start() - 40) : mark.start()]):
                continue
            rest = reply[mark.end() :]
            if re.match(r"(?:not|n't|neither)\b", rest) or DENIED.match(rest[2:40]):
                continue
            if (value := self.value(rest)) is not None:
                found = value._replace(how=MARKED if value.picked else value.how)
        return found

    def value(self, rest: str) -> Extracted | None:
        """Apply to letters, with or without the option's text, or to an option's text at the start."""
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

    def first_line(self, reply: str) -> Extracted | None:
        """Apply to a letter at the start of the reply or of its last line."""
        lines = [line for line in reply.splitlines() if line.strip()]
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
            elif found and (not tail.strip() or DELIMITER.match(tail) or AFTER_LETTER.match(tail)):
                read.append(self.decided(found, LETTER))
        found_in = [r for r in read if r is not None]
        if len({r.picked for r in found_in}) > 1:
            return Extracted((), UNCLEAR)  # it begins with one and ends with another
        return found_in[0] if found_in else None

    def listed(self, reply: str) -> tuple[list[int] | None, str]:
        """Return the letters at the start of a text, and the rest of the text."""
        reply = reply.lstrip()
        run = re.match(rf"([A-Z]{{2,}}){LETTER_END}", reply)
        if run and set(run[1]) <= set(self.letters) and list(run[1]) == sorted(set(run[1])):
            return [self.letters.index(c) for c in run[1]], reply[run.end() :]
        found: list[int] = []
        one = ONE_LETTER.match(reply)
        while one and one[1] in self.letters:
            found.append(self.letters.index(one[1]))
            reply = reply[one.end() :]
            # letters of a list stand alone: in "A, B cells" the second belongs to a word
            between = LETTER_SEPARATOR.match(reply)
            one = ONE_LETTER.match(reply, between.end()) if between else None
            if one and not re.match(
                r"\s*(?:[、/&+)]|and\b|和|及|与)|\s[(\[A-Z]", reply[one.end() :]
            ):
                one = one if AFTER_LETTER.match(reply[one.end() :]) else None
            if one:
                reply, one = reply[one.start() :], ONE_LETTER.match(reply[one.start() :])
        if found and re.match(r"\s*(?:or|oder|ou|或)\s*(?:option\s+)?[(\[\"']*[A-Z]\b", reply):
            return [*found, -1], reply  # one or the other is no answer
        return found or None, reply

    def decided(self, found: Sequence[int], how: str) -> Extracted:
        """Return letters as an answer; several are unclear if only one may be right."""
        picked = tuple(sorted(set(found)))
        if -1 in picked or (len(picked) > 1 and not self.several):
            return Extracted((), UNCLEAR)
        return Extracted(picked, how)

    def beside(self, letter: int, tail: str, *, marked: bool = False) -> Extracted | None:
        """Check a letter against the words beside it: its option's text, another's, or other words."""
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
        if begun or delimiter or AFTER_LETTER.match(tail):
            return Extracted((letter,), how)
        word = self.letters[letter] in "AI"
        return Extracted((letter,), how) if marked and not word else None

    def spans(self, text: str) -> tuple[list[tuple[int, int]], str]:
        """Return (start, option) of all options in a text, longest first, and the remaining text."""
        found: list[tuple[int, int]] = []
        for i in sorted(range(len(self.texts)), key=lambda i: -len(self.texts[i])):
            own = self.texts[i]
            if not own:
                continue
            pattern = _whole_word(own)
            found.extend((match.start(), i) for match in re.finditer(pattern, text))
            text = re.sub(pattern, lambda m: "\x01" * len(m[0]), text)
        return sorted(found), text.replace("\x01", "")

    def mentioned(self, reply: str) -> Extracted | None:
        """Apply to the only option that is named, by its letter in brackets or its text."""
        letters = {self.letters.index(c) for c in self.bracketed(reply)}
        texts = set(self.affirmed(reply))
        if len(letters) == 1 and texts <= letters:
            return Extracted(tuple(letters), MENTION)
        if letters or not texts:
            return None
        return self.decided(sorted(texts), MENTION)

    def bracketed(self, reply: str) -> Iterator[str]:
        for match in re.finditer(
            r"(?<!\w)(?:[(\[]([A-Z])[)\]]|(?:option|choice) ([A-Z]))(?!\w)", reply
        ):
            letter = match[1] or match[2]
            before, behind = (
                reply[max(0, match.start() - 48) : match.start()],
                reply[match.end() :][:40],
            )
            if letter in self.letters and not NOT.search(before) and not DENIED.match(behind):
                yield letter

    def affirmed(self, reply: str) -> Iterator[int]:
        """Yield the options that a reply names without negation."""
        for sentence in re.split(r"(?<!\d)[.;\n。；!?](?!\d)", reply):
            own = self.bare(sentence)
            for start, i in self.spans(own)[0]:
                behind = own[start + len(self.texts[i]) :]
                if not NOT.search(own[:start]) and not DENIED.match(behind):
                    yield i


def _whole_word(text: str) -> str:
    """Return a pattern for a whole word; scripts without spaces have no word boundaries."""
    plain = re.escape(text)
    return plain if not text.isascii() and not text[0].isascii() else rf"(?<!\w){plain}(?!\w)"


def _begins(line: str, text: str) -> bool:
    return bool(text) and re.match(_whole_word(text), line) is not None
