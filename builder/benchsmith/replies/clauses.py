"""What one clause of a reply says about the options that it names."""

from __future__ import annotations

import re
from typing import NamedTuple

from benchsmith.replies.doubts import (
    ASSERTS_AFTER,
    DENIES_AFTER,
    DENIES_BEFORE,
    ENDS_AFTER,
    HEDGES,
    HEDGES_AFTER,
    HEDGES_ANYWHERE,
    INSTEAD,
    NOT,
    REASONS,
    SHOWN_AFTER,
    SHOWS,
    VERDICT,
    YES,
)
from benchsmith.replies.vocabulary import (
    ANSWER,
    CHOOSE,
    COMPARED,
    CONCLUDE,
    COPULA,
    EITHER,
    FUNCTION,
    LINK_END,
    LISTED,
    OPTION,
    OTHER,
    M,
    pattern,
)

ANSWERS, ALONE, LEAD, SHOWN = "answers", "alone", "lead", "shown"
DENIED, HEDGED, YES_TO, NO_TO, DESCRIBED = "denied", "hedged", "yes", "no", "described"


_SMALL = pattern(
    "the",
    "an?",
    "le",
    "la",
    "les",
    "l",
    "der",
    "die",
    "das",
    "el",
    "los",
    "las",
    "o",
    "os",
    "as",
    "also",
)
_GAP = rf"(?:\s*(?:[,;、，；،/&+]|{LISTED})\s*(?:{LISTED}\s*)?(?:{_SMALL}\s*)?|\s*)"
_OR = rf"(?:\s*[,;、，،]?\s*{EITHER}\s*(?:{_SMALL}\s*)?(?:{OPTION}\s*)?)"
_COMPARISON = rf"\s*{COMPARED}\s*"
LINKED = re.compile(rf"(?:{_GAP}|{_OR}|{_COMPARISON})")
_CONDITION = re.compile(
    pattern("if", "wenn", "falls", "were", "si fuera", "se fosse", "если")
    + "|如果|もし|만약|यदि|अगर"
)
_STATES = re.compile(rf"(?:({ANSWER})|({CHOOSE})|({CONCLUDE}))$")
_DIRECT = re.compile(r"^\s*(?:$|[.,:!)。，])")
_SIDE = re.compile(pattern("right", "left", "rechte[nr]?", "linke[nr]?", "droite?", "gauche", "derech[ao]", "izquierd[ao]", "direit[ao]", "esquerd[ao]", "правая", "левая") + r"\s*$")  # fmt: skip
_COPULA_END = re.compile(rf"{COPULA}$")
_ONLY_SMALL = re.compile(rf"^(?:[\s\W]*(?:[a-z]-shaped|{pattern('the', 'an?', 'le', 'la', 'les', 'l', 'der', 'die', 'das', 'el', 'los', 'las', 'o', 'os', 'as', 'una?', 'un', 'une', 'eine?', 'uma?', 'just', 'only', 'simply')})?)?[\s\W]*$")  # fmt: skip
_LABEL = re.compile(
    r"(?:^|[\s*(])(?:correct|final|result|output|response|verdict|(?:ground )?truth|(?:question|q) ?\d*|reply)\s*[:=]\s*$"
)
_EXPLAINED = re.compile(r"\s*[-–—]\s*(?:it|this)\b")
_INSTEAD_OF = re.compile(rf"\s*{NOT}")
_DELIMITED = re.compile(r"\s*[.):,\-–—(、，：،]")
_FREE = re.compile(
    r"(?:^|(?<!\w)(?:but|however|yet|aber|mais|pero|mas|но|sondern)|但|लेकिन|لكن)\s*$"
)
_IS = re.compile(r"^\s*(?:is|does|fits|ist|est|es|é)\W*$")
NOTHING = re.compile(r"^[\s\W]*$")


class Clause(NamedTuple):
    """A group of mentions and the words around it."""

    before: str
    """Since the last group of the sentence."""
    after: str
    """Up to the next one."""
    behind: str
    """Since the beginning of the sentence."""
    group: str
    first: bool
    """Whether the line begins here."""
    last: bool
    denied_before: bool
    text: bool
    word: bool

    def says(self) -> tuple[str, bool]:
        """Return what the clause says, and whether it is of the kind "the answer is"."""
        gaps = re.split(M, self.group)[1:-1]
        if mark := re.match(r"\s*[:：=\-–]?\s*(?:([✓✔✅☑])|[✗✘❌✕×])", self.after):
            return (ANSWERS if mark[1] else DENIED), False
        if re.match(r"[\s)]*[:：)\-–—]", self.after) and (verdict := VERDICT.match(self.after)):
            return (YES_TO if (verdict[1] or verdict[2]) in YES else NO_TO), False
        if not self.word and self._denied():
            return DENIED, self._leads() == "noun"
        if any(re.fullmatch(_COMPARISON, gap) for gap in gaps):
            return HEDGED, False
        if any(re.fullmatch(_OR, gap) for gap in gaps) or self._hedged():
            return HEDGED, False
        if self.text and (_SIDE.search(self.before) or not SHOWN_AFTER.match(self.after)):
            return DESCRIBED, False
        return self._asserted()

    def _denied(self) -> bool:
        if DENIES_BEFORE.search(self.before) and not INSTEAD.search(self.before):
            return True
        if DENIES_AFTER.match(self.after) is None:
            return False
        next_one = re.match(rf"^\s*(?:and |but |و)?{NOT}\s*(?:{FUNCTION}\s*)?$", self.after)
        return self.last or next_one is None or INSTEAD.search(self.after) is not None

    def _hedged(self) -> bool:
        clause = re.split(r"[,，、;；:：،]|(?<!\w)(?:but|aber|mais|pero|mas|но)(?!\w)|但|लेकिन|لكن", self.before)[-1]  # fmt: skip
        return bool(
            HEDGES.search(clause)
            or HEDGES_ANYWHERE.search(clause)
            or _CONDITION.search(self.behind)
            or HEDGES_AFTER.match(self.after)
        )

    def _asserted(self) -> tuple[str, bool]:
        leads = self._leads()
        if leads == "other":
            return DESCRIBED, False
        if leads == "noun":
            return ANSWERS, True
        if leads == "verb" or ASSERTS_AFTER.match(self.after):
            return ANSWERS, False
        if self.denied_before and (INSTEAD.search(self.before) or _IS.match(self.after)):
            return ANSWERS, False
        if not self.text and not self.word and (leads in ("conclusion", "copula") or ENDS_AFTER.match(self.after)):  # fmt: skip
            return ANSWERS, False
        if _ONLY_SMALL.match(self.before) and NOTHING.match(self.after) and self.behind == self.before:  # fmt: skip
            heading = self.after.rstrip().endswith((":", "："))
            return (DESCRIBED if heading and self.text else ALONE), False
        if (self.first and self._begins_line()) or (self.word and (self.first or leads)):
            return LEAD, False
        if self.text and re.search(r"[:：—–]\s*$", self.before) and NOTHING.match(self.after):
            return SHOWN, False
        if leads or ENDS_AFTER.match(self.after) or SHOWS.search(self.before) or self._is_shown():
            return SHOWN, False
        return DESCRIBED, False

    def _begins_line(self) -> bool:
        """Return whether an explanation follows, or a letter's delimiter."""
        if self.text:
            explained = REASONS.match(self.after) or _EXPLAINED.match(self.after)
            return bool(_ONLY_SMALL.match(self.before) and explained)
        instead = not self.last and _INSTEAD_OF.match(self.after)
        delimited = REASONS.match(self.after) or instead or _DELIMITED.match(self.after)
        return bool(NOTHING.match(self.before) and delimited)

    def _is_shown(self) -> bool:
        begins = re.search(rf"(?:^|[,，:])\s*(?:{FUNCTION}\s*)?$", self.before)
        return begins is not None and re.match(
            r"\s*(?:is|are|ist|est|es|é) (?:clearly )?(?:shown|seen|marked|outlined|highlighted|visible|present|depicted|"
            r"identified|zu sehen|markiert|visible|montrée?|marcad[ao]|visível)|\s*が(?:写|示|見)|[을를이가] ?(?:보|표시)|\s*दिख", self.after
        ) is not None  # fmt: skip

    def _leads(self) -> str:
        """Return what introduces the option: a noun, a verb, a conclusion, a copula, or nothing."""
        rest = self.before
        if _LABEL.search(rest):
            return "noun"
        weak, linked = "", False
        for _ in range(40):
            tail = rest.rstrip()[-40:]
            if found := _STATES.search(tail):
                if found[1] or found[2]:
                    start = len(rest.rstrip()) - len(found[0])
                    if re.search(rf"{OTHER}\s*(?:\w+\s*)?$", rest[:start]):
                        return "other"
                    if found[2]:
                        return "verb"
                    direct = not linked
                    if not direct or _DIRECT.match(self.after) or REASONS.match(self.after):
                        return "noun"
                    if ENDS_AFTER.match(self.after):
                        return "noun"
                    return ""
                weak = "conclusion"
            end = LINK_END.search(rest[-40:])
            if end is None or not end[0]:
                break
            if _COPULA_END.search(end[0]):
                weak = weak or "copula"
            linked = linked or bool(end[0].strip())
            rest = rest[: len(rest) - len(end[0])]
        return weak if weak == "conclusion" or _FREE.search(rest) else ""
