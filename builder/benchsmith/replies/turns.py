"""Where a reply takes its answer back: "C. No, B", "wait, it is B", "sorry, I meant B"."""

from __future__ import annotations

import re

from benchsmith.replies.vocabulary import ANSWER, CHOOSE, LINK_END, OPTION, pattern

_NO = (
    pattern("(?:but |oh |pero )?no", "nope", "(?:aber )?nein", "(?:mais )?non", "(?:mas )?não", "(?:но )?нет", "لا")
    + "|不(?!对|對|是)|いや|いえ|아니요?|नहीं"
)  # fmt: skip
"""Words that take an answer back, and that deny what follows them directly: "no, B", "no B"."""
_TAKES = pattern(
    "(?:oh,? |but )?wait(?: a (?:second|moment|minute))?", "hold on", "hang on", "actually", "(?:i'm |i am )?(?:so |very )?sorry", "(?:my )?apologies", "i apologi[sz]e", "pardon(?: me)?", "excuse me",
    "(?:my )?mistake", "my bad", "(?:w?h)?oops", "correction", "corrected(?: answer)?", "scratch that", "strike that", "let me correct (?:that|this|it|myself|my answer)", "i (?:must |have to |need to )?correct (?:that|this|it|myself|my answer)", "i stand corrected",
    "on (?:second|further|closer|deeper) (?:thoughts?|reflection|look|inspection|examination|consideration|review)", "(?:up)?on reflection", "thinking about it(?: again| more)?", "come to think of it", "looking (?:again|closer|more closely|at it again)",
    "let me re\\w+(?: (?:this|that|it|my answer))?", "i (?:take|took) (?:that|it|this) back", "i(?: have|'ve)? changed? my (?:mind|answer)(?: to)?", "i revise my answer(?: to)?", "i misspoke", "i was (?:wrong|mistaken)", "i(?: have|'ve)? made an? (?:mistake|error)",
    "i mean(?:t)?(?: to say)?", "make (?:that|it)", "or rather", "hm+", "er+m?", "uh+", "(?:that|this|it)(?:'s| is| was) (?:wrong|not right|not correct|incorrect|a mistake|an error|false)", "just kidding", "edit", "update", "typo",
    "moment(?: mal)?", "halt", "warte(?:n sie)?", "stopp?", "korrektur", "entschuldigung", "verzeihung", "sorry", "ich mein(?:t)?e", "(?:oder )?besser gesagt", "oder vielmehr", "bei (?:näherer|genauerer) betrachtung", "bei genauerem hinsehen", "eigentlich", "ich korrigiere(?: mich)?", "ich habe mich (?:geirrt|vertan)", "das (?:ist|war) falsch", "doch nicht", "hoppla",
    "attend(?:s|ez)", "désolée?", "je voulais dire", "je veux dire", "ou plutôt", "en fait", "(?:après|à la) réflexion", "rectification", "oups", "je me (?:trompe|suis trompée?)", "je (?:me )?corrige", "c'est (?:faux|une erreur)", "erreur",
    "esper[ae]", "un momento", "perdón", "perdona", "disculpa", "lo siento", "quise decir", "quería decir", "quiero decir", "(?:o )?mejor dicho", "corrección", "en realidad", "pensándolo (?:bien|mejor)", "me equivoqué", "me he equivocado", "rectifico", "(?:me )?corrijo", "ups",
    "esper[ae]", "desculpe", "quis dizer", "ou melhor", "correção", "na verdade", "pensando (?:bem|melhor)", "aliás", "me enganei",
    "стоп", "подождите", "постойте", "извините", "простите", "вернее", "точнее", "поправка", "на самом деле", "ой", "исправляюсь", "я ошиб(?:ся|лась)", "(?:я )?имел[а]? в виду",
    "不对", "不對", "等等", "等一下", "等一等", "抱歉", "对不起", "不好意思", "更正", "纠正", "修正", "我(?:说|弄|搞|看)?错了", "说错了", "其实", "我是说", "我的意思是", "重新考虑", "再想(?:想|一下)", "仔细(?:看|想)", "准确地说", "或者更准确地说",
    "待って(?:ください)?", "すみません", "訂正(?:します)?", "間違えました", "やはり", "やっぱり", "実は", "もとい", "失礼(?:しました)?", "잠깐만?요?", "죄송합니다", "정정(?:합니다)?", "다시 생각해 ?보니", "사실은?",
    "انتظر", "عفوا", "تصحيح", "في الواقع", "أقصد", "रुकिए", "माफ़ कीजिए", "सुधार", "वास्तव में", "मेरा मतलब",
)  # fmt: skip
_BACK_END = re.compile(rf"(?:({_NO})|{_TAKES})$")
_LINKS_END = re.compile(
    rf"(?:[.…!?。！？；;]+|{ANSWER}|{CHOOSE}|{OPTION}"
    rf"|{pattern('it', 'must', 'should', 'has to', 'think', 'believe', 'doch', 'eher', 'lieber', 'plutôt', 'mejor', 'ce serait', 'debe', 'sea', 'soit', 'doit', 'muss', 'sollte')}|应该是?|应为)$"
)
"""What may stand between such a word and the new answer, besides the links of statements."""
_ADDED = re.compile(r"(?<!\w)(?:also|too|auch|aussi|también|também|также)$|[也还還]$")
"""What adds an option to those before it."""
_APART = re.compile(r"[.,!?…،，。！、—–-]|^it")
"""What stands between "no" and an option that "no" does not deny."""
_STARTS = re.compile(r"(?:^|[.!?…,;\n。，！？；、،।(\[—–-])[\s\"'(]*$")
"""What stands before such a word: the end of a clause, or the old answer itself."""
NEAR_TURN = 200
"""Characters before an option in which an answer is taken back."""
_OPENS = re.compile(
    rf"(?:^|[.!?…;\n。！？；।—–(-]|[,，、،](?=\s*(?:wait|sorry|oops|no[\s,]|hmm)))[\s\"'(]*(?:(?:{_NO})\s*[,،，.!:—–-]|(?!actually|edit|eigentlich|en fait|en realidad|na verdade|其实|実は|사실){_TAKES})"
)


def takes_back(before: str) -> bool:
    """Return whether the words up to an option, since the one before it, put it in that one's place.

    >>> takes_back(". wait, it is "), takes_back(". no, "), takes_back(". no "), takes_back(" and ")
    (True, True, False, False)
    """
    rest, next_one = before[-NEAR_TURN:], ""
    for _ in range(40):
        tail = rest[-60:]
        if (end := _BACK_END.search(tail)) and (not end[1] or _APART.search(next_one)):
            rest = rest[: len(rest) - len(end[0])]
            if _STARTS.search(rest) or (not end[1] and rest.rstrip().endswith((":", "："))):
                return True
            next_one = ","
            continue
        if _ADDED.search(tail):
            return False
        end = LINK_END.search(tail) or _LINKS_END.search(tail)
        if end is None or not end[0]:
            return False
        next_one = end[0].strip() or next_one
        rest = rest[: len(rest) - len(end[0])]
    return False


def adds(between: str) -> bool:
    """Return whether the words up to an option add it to the one before it.

    >>> adds(". actually, also "), adds(". actually, ")
    (True, False)
    """
    return _ADDED.search(between.rstrip()) is not None


def opens_again(between: str) -> bool:
    """Return whether a clause between an answer and another option begins with such a word.

    >>> opens_again(" . wait, the borders speak for "), opens_again(" . it lies next to ")
    (True, False)
    """
    return _OPENS.search(between) is not None
