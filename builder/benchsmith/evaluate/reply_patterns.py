"""Patterns that find an answer in a reply: a letter, a marked answer, a list of letters."""

from __future__ import annotations

import re

from benchsmith.evaluate.reply_words import BETWEEN, CHOOSE, MARKS

THOUGHT = re.compile(r"<(think|thinking|reasoning|thought)>.*?</\1>", re.DOTALL | re.IGNORECASE)
UNFINISHED_THOUGHT = re.compile(r"<(?:think|thinking|reasoning|thought)>", re.IGNORECASE)
ANSWER_WORD = (
    rf"(?:(?<!\w)(?:{'|'.join(m for m in MARKS if m.isascii() or m[0].isalpha())})(?:\s+(?:choice|option|letter))?"
    rf"|(?<!\w)(?:{'|'.join(c for c in CHOOSE if c.isascii())})(?!\w)"
    rf"|{'|'.join(c for c in (*MARKS, *CHOOSE) if not c.isascii())})"
)
_FILLER = (
    rf"(?:[\s:=→>\-–—\"']|(?<!\w)(?:{'|'.join(BETWEEN)})(?!\w)|是|为|為|应为|は|은|는|选项|選項)*"
)
ANSWER_PHRASE = re.compile(rf"{ANSWER_WORD}{_FILLER}", re.IGNORECASE)
TAGGED = re.compile(
    r"\\boxed\s*\{\s*([^{}]*)\}|<answer>\s*(.*?)\s*</answer>|\[\[\s*([^\[\]]*)\]\]",
    re.IGNORECASE | re.DOTALL,
)
LETTER_END = r"(?![A-Za-z0-9_'À-ɏЀ-ӿ])"
"""End of a letter; Chinese and Korean text may follow without a space."""
ONE_LETTER = re.compile(rf"[(\[{{<\"']*([A-Z])[)\]}}>\"']*{LETTER_END}")
_AND = r"(?:and|und|et|y|e|och)"
LETTER_SEPARATOR = re.compile(
    rf"(?:\s*(?:[,;、/&+]|和|及|与|以及|と)\s*(?:{_AND}\s+)?|\s+(?:{_AND}\s+)?)(?=[(\[{{<\"'A-Z])"
)
AFTER_LETTER = re.compile(
    r"^\s*(?:$|[,;.!。,、(\n]|because|since|as\b|for\b|due|given|which|based|with\b|is\b|are\b|seems|appears|"
    r"would|looks|fits|matches|因为|。)",
    re.IGNORECASE,
)
DELIMITER = re.compile(r"^\s*[.):\]\-–—、,:=>]+\s*")
