"""Words around an option's text that make it a conclusion, or only a neighbour of the answer."""

from __future__ import annotations

import re

from benchsmith.replies.vocabulary import pattern

_ARTICLES = pattern("the", "an?", "le", "la", "les", "l'", "une?", "der", "die", "das", "eine?", "el", "los", "las", "una?", "o", "os", "as", "uma?")  # fmt: skip
_IT_IS = (
    pattern("(?:it|this|that|the answer|the correct answer)(?: is| must be| has to be| should be)", "it's", "that's",
            "ist es", "ist das", "es ist", "das ist", "handelt es sich um", "c'est", "il s'agit d[eu]", "es", "se trata de", "é", "trata-se d[eoa]", "это")
    + "|是|为|就是|これは|هو|هي|यह"
)  # fmt: skip
_THEREFORE = (
    pattern("so", "therefore", "thus", "hence", "consequently", "accordingly", "daher", "somit", "folglich", "also", "deshalb", "donc", "ainsi", "par conséquent",
            "por (?:lo )?tanto", "así que", "portanto", "следовательно", "поэтому", "значит", "итак")
    + "|所以|因此|故|したがって|よって|따라서|그러므로|لذلك|إذن|इसलिए|अतः"
)  # fmt: skip
_SURELY = pattern("most likely", "probably", "likely", "most probably", "actually", "in fact", "clearly", "rather", "wahrscheinlich", "probablement", "probablemente", "provavelmente", "вероятно", "скорее всего")  # fmt: skip
_BUT = (
    pattern("but", "however", "actually", "aber", "mais", "pero", "mas", "но")
    + "|但|しかし|하지만|لكن|लेकिन"
)
CONCLUDED = re.compile(
    rf"(?:(?:{_THEREFORE})[\s,:，、]*(?:(?:{_IT_IS})\s*)?|(?:{_BUT})[^.;:]{{0,40}}?(?<!\w)(?:{_IT_IS})\s*|(?:{_BUT})[\s,]*(?={_SURELY}))"
    rf"(?:{_SURELY}\s*)?(?:{_ARTICLES}\s*)?$"
)
"""A conclusion or a turn up to the option: "so it is the", "but on closer inspection it is the"."""
IS_ANSWER = re.compile(
    r"^\s*(?:is|was|would be|seems?(?: to be)?|appears to be)\s+(?:clearly |indeed |probably )?"
    r"(?:(?:the|my)\s+(?:(?:final|correct|right|best|most likely|only)\s+){0,3}(?:answer|choice|option|guess|match|fit|pick)(?!\w)"
    r"|(?:the )?(?:much |far )?(?:more|most) (?:likely|probable|plausible)(?=\s*(?:$|[.,;]|than(?! not)(?!\w)))"
    r"|correct(?=[.!]?\s*$))"
)
"""A predicate that makes an option's text the answer."""
_BY = pattern(
    "next to", "adjacent to", "beside", "near", "close to", "above", "below", "beneath", "behind", "in front of", "anterior to", "posterior to", "lateral to", "medial to", "superior to", "inferior to", "compared (?:with|to)", "unlike",
    "neben", "oberhalb", "unterhalb", "hinter", "à côté d[eu]", "près d[eu]", "junto al?", "al lado del?", "ao lado d[oae]", "рядом с",
)  # fmt: skip
BESIDE = re.compile(
    rf"{_BY}"
    r"\s*(?:the|an?|la|le|les|l'|der|dem|den|die|das|el|los|las|o|os|as)?\s*(?:normal |adjacent |neighbou?ring |left |right )?$"
)
"""Where the answer lies, up to the option that lies there."""
BESIDE_SIDE = re.compile(r"(?<!\w)(?:(?:right|left) of|(?:rechts|links) von|à (?:droite|gauche) d[eu]|a la (?:derecha|izquierda) de|à (?:direita|esquerda) d[eao])\s*$")  # fmt: skip
"""The side of another option on which something lies."""
WOULD = re.compile(r"^\s*(?:\w+ )?would(?: \w+)? (?:be (?:on|in|at|located|found|further|more (?!likely)|larger|smaller|too|brighter|darker)|show|have|lie|appear|look|sit)(?!\w)")  # fmt: skip
"""What another option would look like."""
