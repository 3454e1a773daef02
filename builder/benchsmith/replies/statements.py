"""Find the statements that a reply makes about its options: asserted, denied, hedged, compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from benchsmith.replies.called_false import taken_back
from benchsmith.replies.clauses import (
    ALONE,
    ANSWERS,
    DENIED,
    DESCRIBED,
    HEDGED,
    LEAD,
    LINKED,
    NOTHING,
    SHOWN,
    Clause,
)
from benchsmith.replies.disbelief import UNFIT
from benchsmith.replies.doubts import FINAL
from benchsmith.replies.mentions import Skeleton
from benchsmith.replies.turns import takes_back
from benchsmith.replies.vocabulary import ANSWER, OPTION, OTHER, M


class Statement(NamedTuple):
    """What one clause says about one option or several."""

    options: tuple[int, ...]
    says: str
    place: int
    """Where it stands in the reply."""
    line: int
    final: bool = False
    """Whether it calls itself final."""
    noun: bool = False
    """Whether it is of the kind "the answer is"."""
    percent: int = -1
    text: bool = False
    """Whether it names the option by its text alone."""
    turn: bool = False
    """Whether it puts its options in the place of those before it."""


FAR = 400
"""Characters around an option that are looked at."""
_SENTENCE = re.compile(r"[\n。！？!?；;।]|\.(?=\s|$)")
_SHARE = re.compile(r"\s*[(:：=\-–]?\s*(?:\w+ )?(\d{1,3})\s?%([^,;.\n，；。)]*)")
"""The percentage of an option, and what it is the percentage of."""
_UNFIT_SHARE = re.compile(rf"{UNFIT}|(?<!\w)(?:not|no|nicht|pas|não|не)(?!\w)")
_AFTER_ALL = re.compile(r"^\s*(?:after all|instead|then|indeed|rather)(?=\W*$)")
_OF_OTHERS = re.compile(
    rf"{OTHER}|\bwhy\b|なぜ|为什么|warum|pourquoi|por qué|por que|почему|لماذا|क्यों"
)
_WORD_FOR_OPTION = re.compile(rf"{OPTION}|{ANSWER}")
_HEADING = re.compile(rf"(?:{_OF_OTHERS.pattern}).*(?:{_WORD_FOR_OPTION.pattern}).*[:：]?\s*$")


def statements(skeleton: Skeleton) -> list[Statement]:
    """Return the statements of a reply, in order."""
    text = skeleton.text
    found: list[Statement] = []
    others = False
    place = 0
    for n, line in enumerate(text.split("\n")):
        if not re.search(M, line):
            others = others or _is_heading(line.strip())
        start = 0
        ends = [m.end() for m in _SENTENCE.finditer(line)] + [len(line)]
        for end in ends:
            sentence = line[start:end]
            if re.search(M, sentence):
                whole = NOTHING.match(line[:start]) is not None
                denied = bool(found) and found[-1].says == DENIED
                asked = re.search(r"[?？]$", sentence) is not None
                for said in _sentence(
                    sentence, skeleton, place + start, n, begins=whole, denied=denied
                ):
                    weak = said.says in (ALONE, LEAD, SHOWN)
                    if asked and (weak or said.says == ANSWERS):
                        found.append(said._replace(says=HEDGED, turn=False))
                    else:
                        found.append(said._replace(says=DESCRIBED) if others and weak else said)
            start = end
        place += len(line) + 1
    return found


def _is_heading(line: str) -> bool:
    """Return whether a line may be the heading of what is said of other options.

    The whole pattern looks for an option after each of the words before it: a line of `no, no, no` took seconds.
    """
    first = _OF_OTHERS.search(line)
    if first is None or _WORD_FOR_OPTION.search(line, first.start()) is None:
        return False
    return _HEADING.search(line, first.start()) is not None


def _sentence(
    sentence: str, skeleton: Skeleton, place: int, line: int, *, begins: bool, denied: bool
) -> Iterator[Statement]:
    groups = list(re.finditer(rf"{M}(?:{LINKED.pattern}{M})*", sentence))
    for n, group in enumerate(groups):
        since = groups[n - 1].end() if n else 0
        until = groups[n + 1].start() if n + 1 < len(groups) else len(sentence)
        clause = Clause(
            sentence[max(since, group.start() - FAR) : group.start()],
            sentence[group.end() : min(until, group.end() + FAR)],
            sentence[max(0, group.start() - FAR) : group.start()],
            group[0],
            first=begins and n == 0,
            last=n + 1 == len(groups),
            denied_before=denied,
            text=all(skeleton.mentions[c].kind == "text" for c in re.findall(M, group[0])),
            word=all(skeleton.mentions[c].kind == "word" for c in re.findall(M, group[0])),
        )
        says, noun = clause.says()
        at = place + group.start()
        turn = _turns(clause, skeleton.text[max(0, at - FAR) : at])
        if turn:
            says, noun = ANSWERS, False
        if clause.last and taken_back(skeleton.text[place + group.end() :][:FAR]):
            says, noun, turn = DENIED, noun or says == ANSWERS, False
        share = _SHARE.match(clause.after)
        if share and _UNFIT_SHARE.search(share[2]):
            says, noun, share = DENIED, False, None
        denied = says == DENIED
        options = tuple(dict.fromkeys(skeleton.mentions[c].option for c in re.findall(M, group[0])))
        yield Statement(options, says, at, line,
                        FINAL.search(clause.before) is not None, noun,
                        int(share[1]) if share else -1, clause.text, turn)  # fmt: skip


def _turns(clause: Clause, before: str) -> bool:
    """Return whether an earlier option is taken back for those of a clause, which names them alone."""
    earlier = re.split(M, before)
    if len(earlier) < 2 or not takes_back(earlier[-1]):
        return False
    after = _AFTER_ALL.sub("", clause.after)
    alone = clause._replace(before="", after=after, behind="", first=True, denied_before=False)
    return alone.says()[0] in (ALONE, LEAD, ANSWERS)
