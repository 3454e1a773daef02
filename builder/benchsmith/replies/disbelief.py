"""Words with which replies doubt an option, deny it by a sign or a heading, or name what others answer."""

from __future__ import annotations

import re

from benchsmith.replies.vocabulary import M, any_of, pattern

_BELIEVE = "(?:convinced|persuaded|believe|think|agree|say|claim|conclude|accept|expect|suggest|pick|choose|select|go with|go for|call (?:it|this)|answer|opt for|settle on)"
DISBELIEF = any_of(
    pattern(
        "doubt(?:s|ed|ing|ful|fully)?", "dubious", f"(?:not|\\w+n't|never|cannot|hardly|scarcely) (?:\\w+ )?{_BELIEVE}", "unconvinced", "unpersuaded", "sk?[ec]+ptical", "impossible(?= that| it| this| for (?:it|this)| to be)", "not possible(?= that| it| this| for (?:it|this))",
        "no (?:way|chance)(?! (?:to|of))", "(?:hard|difficult|tough) to (?:believe|imagine|accept|argue|justify|defend|see (?:how|why))", "unlikely", "improbable", "implausible", "inconceivable", "unthinkable", "disagree", "disbelieve", "den(?:y|ies)", "disputes?", "nobody", "none of us", "(?:hesitant|reluctant|loath) to", "(?:fails?|ceases?) to be", "far from \\w+",
        "(?:false|untrue|(?:not|\\w+n't) (?:true|correct|right|the case)|incorrect|wrong|no (?:evidence|indication|sign|proof)|no reason to (?:believe|think|assume)|reject|(?:not|\\w+n't) (?:my|our) (?:belief|opinion|view|impression)) (?:that|if)",
        "(?:a mistake|mistaken|wrong|incorrect|an error|a stretch) to", "(?:mistake|error|trap|pitfall|temptation)(?: here)? (?:is|was|would be|of)(?: to)?",
        "(?:common|frequent|typical|classic|easy|usual|popular|widespread|beginner's|rookie|naive|na[iï]ve) (?:\\w+ )?(?:mistakes?|errors?|traps?|pitfalls?|misconceptions?|fallacy|confusion|myth|misdiagnosis|misreading|misinterpretation)", "misconception", "fall(?:s|ing)? (?:for|into)",
        "(?:mistakenly|wrongly|erroneously|incorrectly|falsely) (?:\\w+ )?(?:to )?(?:\\w+)", "mis(?:led|read|taken|identified|labell?ed|interpreted|classified) (?:into|to|as)",
        "häufiger (?:fehler|irrtum)", "(?:typischer|klassischer|verbreiteter) (?:fehler|irrtum)", "fälschlich(?:erweise)?", "irrtümlich(?:erweise)?", "erreur (?:fréquente|courante|classique|commune|typique)", "à tort", "error (?:común|frecuente|típico|habitual)", "erróneamente", "equivocadamente", "erro (?:comum|frequente|típico)", "erroneamente", "(?:частая|распростран[её]нная|типичная) ошибка", "ошибочно", "refuse to", "by no means", "in no way", "under no circumstances", "hardly", "scarcely",
        "doute(?:r|nt|z)?", "douteux", "impossible qu[e']?", "(?:peu|pas) probable", "improbable", "difficile (?:de croire|d'imaginer)", "pas (?:convaincue?|persuadée?|sûre?) (?:que|de)",
        "bezweifl?e\\w*", "zweifle", "zweifelhaft", "fraglich", "(?:glaube|denke|meine|finde) (?:\\w+ )?nicht", "nicht überzeugt", "unmöglich", "unwahrscheinlich", "kaum", "schwer zu glauben",
        "dud(?:o|amos|oso|osa)", "imposible", "poco probable", "difícil (?:de )?(?:creer|acreditar)", "no (?:creo|pienso|considero|estoy convencid[oa])", "duvido", "duvidoso", "impossível", "improvável", "pouco provável", "não (?:creio|acredito|acho|penso)",
        "сомневаюсь", "сомнительно", "вряд ли", "едва ли", "маловероятно", "невозможно(?=, что)", "не (?:думаю|считаю|верю|уверена?|согласен|согласна)",
    ),
    "常见的?(?:错误|误区|陷阱)", "误(?:选|认为|以为|判)", "よくある(?:間違い|誤り|ミス)", "誤って", "흔한 (?:실수|오류|착각)", "잘못 ?(?:생각|선택|답)", "很?难(?:以)?(?:相信|想象|认为)", "难以置信", "不(?:太|大)?可能", "不(?:认为|觉得|相信|赞成|同意)", "怀疑", "质疑",
)  # fmt: skip
DISBELIEVES = re.compile(
    rf"(?:{DISBELIEF})(?:(?![;:；：、،]|[,，](?!\s*(?:dass|daß|ob|que|что|that|if)(?!\w))|(?<!\w)(?:but|sondern|sino|mas|mais|а|но|so|therefore|thus|hence|because|since|and|yet|still|however|aber|pero|donc|entonces|und|et|y)(?!\w)"
    r"|而是|但|所以|因此).){0,60}$"
)
"""Disbelief up to the option; "it is" before the option takes nothing of it away."""
UNFIT = any_of(
    pattern(
        "unlikely", "improbable", "implausible", "impossible", "excluded", "ruled out", "eliminated", "rejected", "discarded", "doubtful", "dubious", "incorrect", "wrong", "false", "(?:the )?(?:least|less) (?:likely|probable|plausible|fitting|suitable|consistent)(?: (?:one|option|answer|candidate|choice))?",
        "unwahrscheinlich", "ausgeschlossen", "unmöglich", "falsch", "am unwahrscheinlichsten", "improbables?", "exclue?s?", "éliminée?s?", "peu probables?", "la moins probable", "imposible", "poco probable", "descartad[ao]s?", "excluid[ao]s?", "menos probable", "improvável", "маловероятно", "исключено", "невозможно",
    ),
    "(?:最)?不(?:太|大)?可能", "排除", "不正确", "不对",
)  # fmt: skip
VERY = pattern(
    "very", "highly", "quite", "extremely", "really", "rather", "most", "clearly", "certainly", "almost", "definitely", "just", "so", "far", "much", "completely", "totally", "simply", "sehr", "höchst", "ganz", "äußerst", "très", "fort", "hautement", "muy", "altamente", "totalmente", "muito", "очень", "крайне", "非常", "极其?", "很",
)  # fmt: skip
DENIED_BY_HEADING = re.compile(
    rf"(?:^|[.;,(\n。；，])\s*(?:(?:the|and|die|la|le|el)\s+)?(?:{VERY}\s+)?(?:{UNFIT})\s*(?:[:：=–—-]|(?<=\s)(?:is|ist|est|es)(?!\w))\s*(?:(?:the|an?|die|der|das|le|la|el)\s+)?$"
)
"""A heading of what does not fit: "least likely: B"."""
DENIED_IN_LIST = re.compile(
    rf"^\s*[:：=(\[|→\-–—]+\s*(?:{VERY}\s*){{0,3}}(?:{UNFIT}|not (?:{VERY} )?(?:likely|probable|possible|plausible|correct|right)|no (?:way|chance)|(?:definitely |certainly |surely )?not(?: at all)?|never)\s*(?:$|[).,;!|\]。，])"
)
"""A verdict behind the option of a list: "B: very unlikely"."""
DENIED_BY_REMARK = re.compile(
    r"^\s*[,(–—-]\s*(?:(?:which|but|though) )?(?:i|we) (?:\w+ )?(?:doubt|don't (?:think|believe)|do not (?:think|believe)|disagree|disbelieve|am not convinced)(?!\w)"
)
"""A remark behind the option: "B, I doubt it"."""
_SAYERS = "(?:people|persons|models?|systems?|readers?|observers?|students?|trainees?|doctors?|physicians?|clinicians?|radiologists?|pathologists?|experts?|users?|annotators?|colleagues?|authors?|reviewers?)"
OTHERS_SAY = re.compile(
    rf"(?:(?<!\w)(?:(?:some|many|most|several|few|other|certain|various)(?: (?:of|other|the|these))* {_SAYERS}|some|many|several|others|they|he|she|someone|somebody|certains|d'autres|beaucoup|plusieurs|manche|einige|viele|andere|algun[oa]s|much[oa]s|otr[oa]s|vari[oa]s|alguns|muitos|outros|некоторые|многие|другие)"
    rf"(?: (?:might|may|would|could|will|often|usually|wrongly|mistakenly|even|also|peut-être|vielleicht|quizás))*|(?<!\w)most (?:would|might|will)"
    rf"|(?:有人|有些人|有的人|一些人|许多人|很多人|不少人|其他人|别人|有些模型|一些模型|用户)[会可能都也]*)\s*$"
)
"""Someone else whose answer is told."""
_SAME = re.compile(
    r"(?:can(?:not|'t)|could(?:n't| not)) be (?:anything|other|anyone|anything else) (?:but|other than|than|except)|(?<!\w)(?:nothing|none|no one|no (?:other )?option|no choice) (?:but|other than|else than|except)(?!\w)"
)
_RATHER = pattern(
    "rather",
    "sooner",
    "(?:bien )?plutôt",
    "eher",
    "lieber",
    "mehr",
    "más bien",
    "antes",
    "mais",
    "скорее",
    "больше",
)
_THAN = pattern("than", "que(?: de)?", "qu'", "als", "denn", "do que", "чем", "нежели")
_A = r"(?:(?:the|an?|le|la|l'|der|die|das|el|los|las|o|a|os|as)(?!\w)\s*)?"
_MORE = re.compile(
    rf"{_RATHER}\s+((?:\w+\s+){{0,2}}?{_A}{M})\s*,?\s*{_THAN}\s+{_A}({M})|({M})\s*,?\s*(?:{_RATHER})\s*,?\s*{_THAN}\s+{_A}({M})"
)
"""One option rather than another."""
_SURE = (
    (re.compile(r"(?:(?:have|has|had|there(?: is|'s)|with) )?(?:no|little|hardly any|not (?:any|much)) (?:reason |cause )?(?:to )?doubt|(?:without(?: a| any)?|beyond(?: any)?) doubt"
                r"|(?:do |did |does |can |could |would )?(?:not|\w+n't|never|hardly|cannot) (?:\w+ )?doubt"
                r"|(?:ohne|kein(?:en)?|keinerlei) zweifel(?=,? dass)|ohne zweifel|kein zweifel|zweifellos|sans (?:aucun )?doute|aucun doute|ne doute pas|sin (?:ninguna )?duda|no (?:lo )?dudo|no (?:hay|cabe) (?:ninguna )?duda|(?:sem|não há) dúvida|без сомнения|не сомневаюсь|нет сомнений|безусловно"), "clearly"),
    (re.compile(r"not only|nicht nur|non seulement|no solo|não só"), "also"),
    (re.compile(r"if i (?:had|have|were) to (?:guess|choose|pick|decide|say|answer|bet)(?: one)?"), "so"),
    (re.compile(r"not (?:impossible|unlikely|improbable|implausible)"), "possible"),
    (_SAME, "is clearly"),
    (re.compile(rf"与其说?是?\s*({M})\s*[，,]?\s*(?:不如|倒不如|毋宁)说?是?\s*({M})"), r"\2, not \1"),
    (re.compile("毫无疑问|无疑|没错|不错|毫不怀疑|不怀疑"), ""),
    (re.compile("に(?:違い|間違い|相違)(?:ない|ありません)"), "です"),
    (re.compile("間違いなく"), ""),
    (re.compile("임에 틀림(?:없습니다|없다)"), "입니다"),
    (re.compile(rf"(?<!{M})(?<!{M} )(?:!=|≠|¬|=/=|\\(?:neq?|neg|lnot)(?![a-z])|(?<![\w!?.)\]\"']) ?!(?=[(\[]?{M})|(?:^|(?<=\n))[ \t]*![ \t](?=[(\[]?{M}))[ $]*"), " not "),
)  # fmt: skip
"""Negations that deny nothing, and signs that deny, with the words that are read for them."""


def in_words(text: str) -> str:
    """Return a text in which a negation that denies nothing is an assertion, and a sign is a word.

    >>> in_words("there is no doubt: a"), in_words("i do not doubt it")
    ('clearly: a', 'i clearly it')
    """
    text = _MORE.sub(lambda m: f"{m[1] or m[3]}, not {m[2] or m[4]}", text)
    for pattern_, plain in _SURE:
        text = pattern_.sub(plain, text)
    return text
