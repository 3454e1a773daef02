"""Extract from a reply the options that it picks, or the reason why it picks none.

The reply's statements about its options decide. A statement of the answer outranks an option that
stands alone, and that one outranks a mention. What contradicts itself is unclear; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from benchsmith.replies.boxes import boxes
from benchsmith.replies.clauses import (
    ALONE,
    ANSWERS,
    DENIED,
    HEDGED,
    LEAD,
    NO_TO,
    RELATED,
    SHOWN,
    YES_TO,
)
from benchsmith.replies.disbelief import in_words
from benchsmith.replies.doubts import ABSTAINS, REFUSES, REVISED
from benchsmith.replies.letters import NONE
from benchsmith.replies.listed_verdicts import (
    ALL_OF_THEM,
    concluded,
    corrected,
    only_verdict,
    written_out,
)
from benchsmith.replies.mentions import Skeleton, find
from benchsmith.replies.reply_words import clean
from benchsmith.replies.requests import answers_request
from benchsmith.replies.scored_lists import scored_as_nothing, scores
from benchsmith.replies.statements import Statement, statements
from benchsmith.replies.struck import unstruck
from benchsmith.replies.thinking import answer_part
from benchsmith.replies.ticked_boxes import in_lines
from benchsmith.replies.turns import adds, opens_again
from benchsmith.replies.vocabulary import M, pattern

LETTER, MARKED, TEXT, MENTION = "letter", "marked", "text", "mention"
EMPTY, CUT, REFUSED, ABSTAINED, UNCLEAR = "empty", "cut", "refused", "abstained", "unclear"
PICKED = (LETTER, MARKED, TEXT, MENTION)
"""Ways to pick: a bare letter, a marked answer, an option's text, an option among other words."""
LONGEST = 3_000
"""Of a longer reply, so many of the first and last characters are read."""
HALF = 32_768
"""Of a longer reply without its thoughts, so many of the first and last characters are searched for boxes."""


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
    >>> extract("I do not know.", ["liver", "spleen"])
    Extracted(picked=(), how='abstained')
    """
    reply, nothing = unstruck(reply)
    if nothing:
        return Extracted((), UNCLEAR)
    reply, cut = answer_part(reply)
    if cut:
        return Extracted((), CUT)
    if len(reply) > 2 * HALF:
        reply = f"{reply[:HALF]}\n{reply[-HALF:]}"
    boxed, behind, beside = boxes(reply)
    if len(reply) > 2 * LONGEST:
        reply = f"{reply[:LONGEST]}\n{reply[-LONGEST:]}"
    reply = clean(in_lines(reply))
    if not re.search(r"\w|[✓✔✅☑]", reply):
        return Extracted((), EMPTY)
    if boxed:
        found = _boxed(boxed, clean(behind[:LONGEST]), options, several=several)
        named = [_read(clean(text) or "-", options, several=several) for text in beside]
        other = any(n.how in (LETTER, TEXT) and n.picked != found.picked for n in named)
        return Extracted((), UNCLEAR) if found.picked and other else found
    return _read(written_out(reply), options, several=several)


def _read(reply: str, options: Sequence[str], *, several: bool) -> Extracted:
    skeleton = find(reply, options)
    skeleton = skeleton._replace(text=in_words(skeleton.text))
    found = _found(reply, skeleton, options, several=several)
    if found.how in (LETTER, TEXT, MENTION) and scored_as_nothing(skeleton, options):
        return Extracted((), UNCLEAR)
    refused = found.picked and answers_request(skeleton, options, found.picked)
    return Extracted((), REFUSED) if refused else found


def _found(reply: str, skeleton: Skeleton, options: Sequence[str], *, several: bool) -> Extracted:
    scored = scores(skeleton, options)
    if scored is not None and scored.alone:
        best = scored.best(several=several)
        return Extracted((), UNCLEAR) if best is None else _picked(best, LETTER, several=several)
    said = _since_turn(statements(skeleton))
    if not several and (only := only_verdict(said, len(options))) is not None:
        return Extracted((only,), MARKED)
    if (mended := corrected(skeleton)) is not None:
        return _picked([mended], LETTER, several=several)
    if several and not said and ALL_OF_THEM.fullmatch(reply):
        return Extracted(tuple(range(len(options))), MARKED)
    for rule in (_stated, _alone, _leading):
        if (found := rule(said, skeleton, several=several)) is not None:
            return found
    if (end := concluded(said, skeleton.stray)) is not None:
        return _picked([end], MENTION, several=several)
    if ABSTAINS.search(reply):
        return Extracted((), ABSTAINED)
    if REFUSES.search(reply):
        return Extracted((), REFUSED)
    return _shown(said, skeleton, several=several)


def _stated(said: Sequence[Statement], skeleton: Skeleton, *, several: bool) -> Extracted | None:
    """Apply to statements of the answer; the last counts if it revises the others."""
    answers = [s for s in said if s.says == ANSWERS or (several and s.says == YES_TO)]
    if not answers:
        nothing = any(s.says == DENIED and s.noun for s in said)
        return Extracted((), UNCLEAR) if nothing else None
    stated, final = answers, [s for s in answers if s.final]
    answers = final or answers
    last = answers[-1]
    options = set(last.options)
    others = [s for s in answers if set(s.options) != options]
    listed = several and all(s.says == YES_TO for s in answers)
    if others and (listed or not REVISED.search(skeleton.text[others[-1].place : last.place])):
        options = {o for s in answers for o in s.options} - _denied(said)
        if several and any(s.noun and s.says == ANSWERS for s in answers):
            return Extracted((), UNCLEAR)
    place = max(s.place for s in stated if set(s.options) & options)
    if several and any(
        adds(skeleton.text[s.place + 1 : last.place]) for s in said if s.place < last.place
    ):
        return Extracted((), UNCLEAR)
    alone = _edges(said)
    elsewhere = alone and alone != options and not (several or others or final)
    if elsewhere or options & _denied(s for s in said if s.place > place):
        return Extracted((), UNCLEAR)
    if _reopened(said, skeleton, place, options):
        return Extracted((), UNCLEAR)
    if any(s.says == SHOWN and not s.text and set(s.options) - options for s in said):
        return Extracted((), UNCLEAR)
    return _picked(options, MARKED, several=several)


def _since_turn(said: Sequence[Statement]) -> Sequence[Statement]:
    """Return the statements since the last that takes an earlier one back; those before it are void."""
    turns = [n for n, s in enumerate(said) if s.turn]
    return said[turns[-1] :] if turns else said


def _denied(said: Iterable[Statement]) -> set[int]:
    return {o for s in said if s.says in (DENIED, NO_TO) for o in s.options}


def _edges(said: Sequence[Statement]) -> set[int]:
    """Return the option that stands alone in a reply, if it is only one."""
    alone = {o for s in said if s.says == ALONE for o in s.options}
    return alone if len(alone) == 1 else set()


def _alone(said: Sequence[Statement], skeleton: Skeleton, *, several: bool) -> Extracted | None:
    alone = [s for s in said if s.says == ALONE]
    if not alone:
        return None
    options = {o for s in alone for o in s.options}
    named = [o for s in alone for o in s.options]
    count = len(set(named))
    if not several and count > 2 and named[:count] == list(range(count)) and named[count:]:
        options = set(named[count:])  # all options in their order, and then the answer
    leads = {o for s in said if s.says == LEAD for o in s.options}
    if (leads - options and not several) or _taken_back(said, skeleton, alone[-1], options):
        return Extracted((), UNCLEAR)
    if any(s.says in (YES_TO, NO_TO) for s in said):
        return Extracted((), UNCLEAR)
    if options & _denied(said):
        return Extracted((), UNCLEAR)
    how = TEXT if all(s.text for s in alone) else LETTER
    if several and leads:
        options |= leads
    return _picked(options, how, several=several)


_LABELLED = re.compile(rf"({M})[\"']?[ \t]*[:：=][ \t]*\S")
"""An option with a colon; two of them are a list of the options, and neither is chosen."""
_UNLIKELIEST = re.compile(pattern("wrong", "incorrect", "error", "false", "ranks?", "ranking"))
"""What makes the highest percentage that of another option than the answer."""


def _leading(said: Sequence[Statement], skeleton: Skeleton, *, several: bool) -> Extracted | None:
    """Apply to a letter with which a line begins; to the likeliest if each has its percentage."""
    percents = {s.options[0]: s.percent for s in said if s.percent >= 0 and len(s.options) == 1}
    if len(percents) > 1 and not several:
        if _UNLIKELIEST.search(skeleton.text):
            return Extracted((), UNCLEAR)
        most = max(percents.values())
        best = [o for o, p in percents.items() if p == most]
        return _picked(best, LETTER, several=False) if len(best) == 1 else Extracted((), UNCLEAR)
    if any(s.says in (YES_TO, NO_TO) for s in said):
        return Extracted((), UNCLEAR)
    if len({skeleton.mentions[m[1]].option for m in _LABELLED.finditer(skeleton.text)}) > 1:
        return Extracted((), UNCLEAR)
    leading = [s for s in said if s.says == LEAD]
    leads = {o for s in leading for o in s.options}
    if not leads:
        return None
    if _taken_back(said, skeleton, leading[-1], leads):
        return Extracted((), UNCLEAR)
    if leads & _denied(said):
        return Extracted((), UNCLEAR)
    return _picked(leads, LETTER, several=several)


def _shown(said: Sequence[Statement], skeleton: Skeleton, *, several: bool) -> Extracted:
    """Apply to the only option that is said to be shown."""
    shown = {o for s in said if s.says == SHOWN for o in s.options}
    denied = _denied(said)
    named = {o for s in said if s.says not in (DENIED, RELATED) for o in s.options} | skeleton.stray
    hedged = any(s.says == HEDGED for s in said)
    if not shown or shown & denied or hedged or named - shown - denied:
        return Extracted((), UNCLEAR)
    return _picked(shown, MENTION, several=several)


def _reopened(said: Sequence[Statement], skeleton: Skeleton, place: int, options: set[int]) -> bool:
    """Return whether "wait" or the like and another option follow the last statement of an answer.

    Letters that may mean something else have no place; they count wherever they stand.
    """
    if skeleton.stray - options and opens_again(skeleton.text[place:]):
        return True
    return any(
        s.place > place and set(s.options) - options and opens_again(skeleton.text[place : s.place])
        for s in said
        if s.says not in (DENIED, NO_TO, RELATED)
    )


_BACK = re.compile(r"\b(?:hmm|wait|actually|no[,:]|correction|sorry|scratch)")


def _taken_back(
    said: Sequence[Statement], skeleton: Skeleton, last: Statement, options: set[int]
) -> bool:
    """Return whether another option follows a word that takes the last one back."""
    return any(
        s.place > last.place
        and set(s.options) - options
        and (_BACK.search(between := skeleton.text[last.place : s.place]) or opens_again(between))
        for s in said
        if s.says != DENIED
    )


def _picked(options: Iterable[int], how: str, *, several: bool) -> Extracted:
    picked = tuple(sorted(set(options)))
    if not picked or NONE in picked or (len(picked) > 1 and not several):
        return Extracted((), UNCLEAR)
    return Extracted(picked, how)


def _boxed(
    found: Sequence[tuple[str, str]], behind: str, options: Sequence[str], *, several: bool
) -> Extracted:
    """Read the boxes of a reply: the last counts if it revises the others; side by side they add up.

    What is behind the last one is read with it if it takes the answer back.
    """
    of = {
        content: _read(clean(content[:LONGEST]) or "-", options, several=several)
        for content in dict.fromkeys(content for _, content in found)
    }
    read = [of[content] for _, content in found]
    last = read[-1]
    if any(r.picked != last.picked for r in read[:-1]):
        between = clean(found[-1][0]).lower()
        if several and not re.search(r"\w", "".join(before for before, _ in found[1:])):
            last = _picked([o for r in read for o in r.picked], MARKED, several=True)
        elif not REVISED.search(between):
            last = Extracted((), UNCLEAR)
    if last.picked and opens_again(f"\n{behind.lower()}"):
        again = _read(f"{clean(found[-1][1])}.\n{behind}", options, several=several)
        last = again if again.picked or again.how == UNCLEAR else last
    return last._replace(how=MARKED) if last.picked else last
