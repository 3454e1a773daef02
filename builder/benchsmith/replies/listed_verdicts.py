"""Replies that judge every option in turn, take one back at once, or pick all."""

from __future__ import annotations

import re
from collections.abc import Sequence

from benchsmith.replies.clauses import ANSWERS, CONCLUDES, DENIED, HEDGED, NO_TO, RELATED, YES_TO
from benchsmith.replies.mentions import Skeleton
from benchsmith.replies.statements import Statement
from benchsmith.replies.vocabulary import M

ALL_OF_THEM = re.compile(
    r"\W*(?:the answer is\W+)?all (?:of )?(?:the above|them|these|the options|four|five|options|of these options)"
    r"(?: (?:are|is) (?:correct|right|present|shown|visible))?\W*",
    re.IGNORECASE,
)
"""A whole reply that picks every option."""
_CORRECTED = re.compile(
    rf"\W*(?:hmm*\W+)?({M})\W*(?:(?:no|nein|non|нет|não)\s*[,:.!—–-]|wait|oops|sorry|actually|scratch that|i mean"
    rf"|correction|make that|不对|いや|아니)(?:\W|(?:wait|sorry|actually|i mean|it is|it's|make that)\W)*({M})\W*"
)


def only_verdict(said: Sequence[Statement], count: int) -> int | None:
    """Return the one option that is called correct, if every other one has a no and none is stated as the answer."""
    if any(s.says == ANSWERS for s in said):
        return None
    yes = {o for s in said if s.says == YES_TO and s.noun for o in s.options}
    no = {o for s in said if s.says == NO_TO for o in s.options}
    alone = len(yes) == 1 and not yes & no and yes | no == set(range(count))
    return min(yes) if alone else None


def concluded(said: Sequence[Statement], stray: frozenset[int]) -> int | None:
    """Return the option with which the last conclusion ends, if the others are denied or only possible."""
    ends = {o for s in said if s.says == CONCLUDES for o in s.options}
    rest = {
        o
        for s in said
        if s.says not in (CONCLUDES, DENIED, NO_TO, HEDGED, RELATED)
        for o in s.options
    }
    if len(ends) != 1 or said[-1].says not in (CONCLUDES, DENIED, RELATED) or (rest | stray) - ends:
        return None
    denied = {o for s in said if s.says in (DENIED, NO_TO) for o in s.options}
    return None if ends & denied else min(ends)


def corrected(skeleton: Skeleton) -> int | None:
    """Return the last option of a reply that is an option, "no" or "wait", and another option."""
    found = _CORRECTED.fullmatch(skeleton.text)
    if (
        found is None
        or len(skeleton.mentions) > 2
        or any(skeleton.mentions[m].kind == "word" for m in found.groups())
    ):
        return None
    return skeleton.mentions[found[2]].option


_LISTED_VERDICTS = re.compile(
    r"(?m)^([A-Z])\.[ \t]+(?=(?:yes|no|true|false|correct|incorrect|present|absent|ja|nein|oui|non|s[ií]|sim|não|да|нет|是|否|はい|いいえ|예|아니요|نعم|لا|हाँ|नहीं)\W*$)",
    re.IGNORECASE,
)


def written_out(reply: str) -> str:
    """Return a reply whose "Q: ... A: ..." and lists of "A. Yes" are written out."""
    if len(_LISTED_VERDICTS.findall(reply)) > 1:
        reply = _LISTED_VERDICTS.sub(r"\1: ", reply)
    if re.match(r"\s*Q(?:uestion)?\s*[:.]", reply):
        return re.sub(r"(?<!\w)A\s*:", "Answer:", reply)
    return reply
