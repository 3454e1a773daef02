"""What one clause of a reply says about the options that it names."""

from __future__ import annotations

import re
from typing import NamedTuple

from benchsmith.replies.called_false import CALLED_FALSE
from benchsmith.replies.disbelief import (
    DENIED_BY_HEADING,
    DENIED_BY_REMARK,
    DENIED_IN_LIST,
    DISBELIEVES,
    OTHERS_SAY,
    VERY,
)
from benchsmith.replies.doubts import (
    ASSERTS_AFTER,
    CORRECT,
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
from benchsmith.replies.narration import ends_story, narrates
from benchsmith.replies.relations import BESIDE, BESIDE_SIDE, CONCLUDED, IS_ANSWER, WOULD
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
CONCLUDES, RELATED = "concludes", "related"
"""What ends a conclusion; what is named only to say where or what the answer is not: "next to the liver", "the liver would be"."""


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
_ONLY_SMALL = re.compile(rf"^(?:[\s\W]*(?:[a-z]-shaped|{pattern('the', 'an?', 'le', 'la', 'les', 'l', 'der', 'die', 'das', 'el', 'los', 'las', 'o', 'os', 'as', 'una?', 'un', 'une', 'eine?', 'uma?', 'just', 'only', 'simply', '(?:in|on|at)(?: the)?', 'i[mn]', 'dans', 'en')})?)?[\s\W]*$")  # fmt: skip
_LABEL = re.compile(
    r"(?:^(?:the )?(?:correct|right|правильный|верный|richtige|bonne|correcta|correta)\s*$)|(?:^|[\s*(])(?:correct|final|result|output|response|verdict|(?:ground )?truth|(?:question|q) ?\d*|reply)\s*[:=]\s*$"
)
_EXPLAINED = re.compile(r"\s*[-–—]\s*(?:it|this)\b")
_MARK = re.compile(r"\s*(?:([✓✔✅☑])|[✗✘❌✕×])\s*")
_LAST_CELL = re.compile(r"^\s*\|.*\|\s*(?=[^|]+\|\s*$)")
"""The cells of a table's row between its option and its last cell."""
_NOT_NEXT = re.compile(
    rf"\s*[,(\[–—-]?\s*(?:and |but )?{NOT}\s*(?:(?:in|on|at)\s+)?(?:{_SMALL}\s*)?$"
)
_INSTEAD_OF = re.compile(rf"\s*{NOT}")
_DELIMITED = re.compile(r"\s*[.):,\-–—(、，：،]")
_FREE = re.compile(
    r"(?:^|(?<!\w)(?:but|however|yet|aber|mais|pero|mas|но|sondern)|但|लेकिन|لكن)\s*$"
)
_IS = re.compile(r"^\s*(?:is|does|fits|ist|est|es|é)\W*$")
NOTHING = re.compile(r"^[\s\W]*$")
_TO = re.compile(r"\s*[-–—]\s*")
"""What makes a range of two numbers: "2–3"."""
_DENIED_WORD = re.compile(
    rf"{pattern('(?:certainly |definitely )?not', 'nicht', 'pas', 'não', 'не')}\s+(?:an?\s+)?[\"'(]?$"
)
"""What denies "yes" or "no" itself: "not no"."""


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
        after = _LAST_CELL.sub("| ", self.after)
        mark = _MARK.fullmatch(self.before) if _MARK.match(self.behind) else None
        mark = mark or re.match(rf"\s*[:：=\-–|]?{_MARK.pattern}", after)
        if mark is not None:
            return (ANSWERS if mark[1] else DENIED), False
        if verdict := VERDICT.match(after):
            word = verdict[1] or verdict[2]
            if re.match(r"[\s)]*[:：)|\-–—]", after):
                return (YES_TO if word in YES else NO_TO), word in CORRECT
            if re.match(r"\.\s", after) and word not in YES:
                return NO_TO, False
        denied = _DENIED_WORD.search(self.before) if self.word else self._denied()
        if denied or CALLED_FALSE.match(self.after):
            return DENIED, self._leads() == "noun"
        if any(re.fullmatch(_COMPARISON, gap) for gap in gaps):
            return HEDGED, False
        if any(re.fullmatch(_OR, gap) for gap in gaps) or self._hedged() or narrates(self):
            return HEDGED, False
        if ends_story(self):
            return ANSWERS, False
        if self.text and (BESIDE.search(self.before) or WOULD.match(self.after)):
            return RELATED, False
        if self.text and self._is_called_answer():
            return ANSWERS, False
        ends = self.text and NOTHING.match(self.after) and CONCLUDED.search(self.before)
        if ends and self._leads() not in ("noun", "verb", "other"):
            return (DESCRIBED if _SIDE.search(self.before) else CONCLUDES), False
        if self.text and (_SIDE.search(self.before) or not SHOWN_AFTER.match(self.after)):
            return DESCRIBED, False
        if BESIDE_SIDE.search(self.before):
            return DESCRIBED, False
        return self._asserted()

    def _is_called_answer(self) -> bool:
        begins = _ONLY_SMALL.match(re.split(r"[,;:，]", self.before)[-1])
        return begins is not None and IS_ANSWER.match(self.after) is not None

    def _denied(self) -> bool:
        if DISBELIEVES.search(self.before) or DENIED_BY_HEADING.search(self.before):
            return True
        listed = DENIED_IN_LIST.match(self.after)
        if listed and (self.last or listed.end() < len(self.after)):  # not of "B (not A)"
            return True
        if DENIED_BY_REMARK.match(self.after):
            return True
        if DENIES_BEFORE.search(self.before) and not INSTEAD.search(self.before):
            return True
        if DENIES_AFTER.match(self.after) is None:
            return False
        next_one = re.match(
            rf"^[\s–—-]*(?:and |but |و)?(?:{VERY}\s+)?{NOT}\s*(?:{FUNCTION}\s*)?$", self.after
        )
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
        bare = NOTHING.match(self.after) or (self.last and self._remarked())
        if _ONLY_SMALL.match(self.before) and bare and self.behind == self.before:
            if self.text and not self.last and _TO.fullmatch(self.after):
                return HEDGED, False
            heading = self.after.rstrip().endswith((":", "："))
            return (DESCRIBED if heading and self.text else ALONE), False
        if (self.first and self._begins_line()) or (self.word and (self.first or leads)):
            return LEAD, False
        in_place = self.denied_before and re.fullmatch(rf"\s*[(\[]\s*(?:{_SMALL}\s*)?", self.before)
        if in_place and re.fullmatch(r"\s*[)\]]\W*", self.after):
            return SHOWN, False
        if self.text and re.search(r"[:：—–]\s*$", self.before) and NOTHING.match(self.after):
            return SHOWN, False
        if leads or ENDS_AFTER.match(self.after) or SHOWS.search(self.before) or self._is_shown():
            return SHOWN, False
        return DESCRIBED, False

    def _begins_line(self) -> bool:
        """Return whether an explanation follows, or a letter's delimiter."""
        if self.text:
            explained = REASONS.match(self.after) or _EXPLAINED.match(self.after)
            if not explained and not self.last:
                explained = _NOT_NEXT.match(self.after)
            return bool(_ONLY_SMALL.match(self.before) and explained)
        unsure = re.fullmatch(r"\s*,?\s*no\s*", self.after)  # "A, no B": not B, or no, B?
        instead = not self.last and not unsure and _INSTEAD_OF.match(self.after)
        delimited = (
            REASONS.match(self.after) or instead or (not unsure and _DELIMITED.match(self.after))
        )
        return bool(NOTHING.match(self.before) and delimited)

    def _remarked(self) -> bool:
        """Return whether only a remark in brackets follows, without a negation or doubt."""
        remark = re.fullmatch(r"\s*[(（]([^()（）]*)[)）]\W*", self.after)
        return remark is not None and not re.search(
            rf"{NOT}|{HEDGES.pattern}|[?？]|\b(?:un|in)(?:certain|sure|clear|known|likely|conclusive)|doubt|guess|confidence",
            remark[1],
        )

    def _is_shown(self) -> bool:
        begins = re.search(
            rf"(?:^|[,，:])\s*(?:(?:exactly|only|just)\s+)?(?:{FUNCTION}\s*)?$", self.before
        )
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
                    if (found[2] or found[1] == "answer") and OTHERS_SAY.search(rest[:start]):
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
