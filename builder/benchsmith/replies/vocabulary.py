"""Words with which replies make statements about options, by language, as patterns.

English, Chinese, Japanese, Korean, French, German, Spanish, Portuguese, Russian, Arabic and Hindi
are complete; of other languages only the words for an answer are known. All languages are tried on
a reply.
"""

from __future__ import annotations

import re

M = "[\ue000-\uf8ff]"
"""A mention: options in a reply are replaced by characters of private use before it is read."""


def pattern(*words: str) -> str:
    """Return a pattern for any of the words; words of alphabets stand alone, others anywhere.

    >>> bool(re.search(pattern("is", "是"), "this")), bool(re.search(pattern("is", "是"), "这是"))
    (False, True)
    """
    return "(?:" + "|".join(map(_bounded, sorted(words, key=len, reverse=True))) + ")"


def any_of(*patterns: str) -> str:
    """Return a pattern for any of the patterns."""
    return "|".join(patterns)


def _bounded(word: str) -> str:
    if re.match(r"[a-zа-яёà-ÿ(]", word, re.IGNORECASE):
        return rf"(?<!\w){word}(?!\w)"
    if re.match(r"[\u0600-\u06ff]", word):  # "and" and "for" are written with the next word
        return rf"(?:(?<!\w)|(?<=(?<!\w)[وفل])){word}(?!\w)"
    if re.match(r"[\u0900-\u097f]", word):
        return rf"(?<![\w\u0900-\u097f]){word}(?![\w\u0900-\u0963])"
    return word


ANSWER = pattern(
    "answers?", "(?:final |correct |best |my )?(?:choice|selection|pick|option|diagnosis|guess|conclusion|letter|label|finding)", "(?:correct|right|best) one", "(?:best|closest) (?:match|fit)", "(?:верный|правильный) вариант",
    "(?:correct|right|best) (?:options|choices|letters)", "ans\\.?", "selected", "solution", "prediction",
    "(?:remaining|marked|highlighted|outlined|shown|indicated|only) (?:one|option|organ|structure|choice|possibility)", "rest is", "remaining is",
    "antwort(?:en)?", "lösung", "auswahl", "réponses?", "reponses?", "choix", "respuestas?", "elección", "respostas?", "escolha", "risposta", "gabarito",
    "antwoord", "svar", "odpowiedź", "cevap", "yanıt", "jawaban", "đáp án", "ответ(?:ом|ы|ами)?", "выбор", "відповідь", "диагноз",
    "答案", "回答", "答え", "正解", "解答", "正确选项", "正確選項", "正确的选项", "正确的是", "正しい選択肢", "정답", "답변", "답안", "(?:최종 |올바른 )?답", "إجابت[يه]", "الإجابات", "الإجابة", "الاجابة", "الجواب", "إجابة", "उत्तर", "जवाब", "คำตอบ",
)  # fmt: skip
"""Nouns for an answer."""
OTHER = pattern(
    "other", "others", "least \\w+", "second(?: best| most \\w+)?", "third", "worst", "less \\w+", "unlikely", "user's", "remaining", "wrong", "incorrect", "false", "possible", "alternative", "rejected", "second", "next", "not an?", "no", "either", "another", "plausible",
    "autres?", "fausses?", "mauvaises?", "andere[nr]?", "falsche[nr]?", "otras?", "incorrectas?", "outras?", "erradas?", "други[ех]", "другой", "неправильн\\w+", "неверн\\w+",
    "其他", "错误", "錯誤", "另", "他の", "誤った", "다른", "틀린", "الأخرى", "الخاطئة", "अन्य", "गलत",
)  # fmt: skip
"""Words that make such a noun another's."""
CHOOSE = pattern(
    "choose", "chose", "left with", "leaves us with", "described as", "would guess", "i'd guess", "select", "selecting", "pick", "picking", "choosing", "go(?:ing)? with", "went with", "go(?:ing)? for", "opt(?:ing)? for", "settled? on", "vote for", "answer", "conclude", "lean(?:ing)? (?:towards?|to)", "leaves", "leaving", "favou?r", "i(?:'d| would)? say", "i (?:think|believe)", "i'm confident", "conclude that",
    "wähle", "nehme", "entscheide mich für", "ich (?:denke|glaube|meine|würde sagen)", "tippe auf",
    "choisis", "choisirais", "opte pour", "sélectionne", "je (?:pense|crois|dirais)", "elijo", "escojo", "selecciono", "elegiría", "opto por", "me quedo con", "creo", "pienso", "diría", "considero",
    "escolho", "seleciono", "escolheria", "fico com", "acho", "acredito", "penso", "diria",
    "выбираю", "выберу", "выбрал", "выбрать", "думаю", "считаю", "полагаю", "склоняюсь к",
    "选择", "選擇", "应选", "故选", "我选", "所以选", "因此选", "选", "選", "认为", "認為", "觉得", "أختار", "اخترت", "سأختار", "أعتقد", "أظن", "أرى", "लगता", "मानना",
)  # fmt: skip
"""Verbs that introduce an answer."""
CONCLUDE = pattern(
    "so", "therefore", "thus", "hence", "then", "consequently", "accordingly", "must be", "has to be", "have to be", "is likely", "most likely", "most probably", "probably", "likely", "definitely", "clearly", "undoubtedly", "best guess", "presumably", "in my (?:opinion|view|judg[e]?ment)", "only", "okay", "ok", "yes", "sure", "certainly", "well", "actually", "rather", "i mean", "correction", "that is",
    "vermutlich", "meiner (?:meinung|ansicht) nach", "à mon avis", "en mi opinión", "a mi juicio", "na minha opinião", "по моему мнению", "по-моему", "私の考えでは", "在我看来", "아마", "제 생각에는", "في رأيي", "برأيي", "मेरे विचार (?:से|में)", "मेरी राय में", "also", "daher", "somit", "deshalb", "folglich", "demnach", "muss", "höchstwahrscheinlich", "wahrscheinlich", "am wahrscheinlichsten", "nur", "donc", "ainsi", "par conséquent", "doit être", "(?:très |le plus )?probable(?:ment)?", "sans doute",
    "por (?:lo )?tanto", "así que", "entonces", "luego", "debe ser", "tiene que ser", "(?:lo|o) más probable", "(?:muy )?probablemente", "o mais provável", "portanto", "então", "logo", "assim", "deve ser", "tem que ser", "provavelmente", "seguramente",
    "следовательно", "поэтому", "значит", "итак", "таким образом", "тогда", "должно быть", "должен быть", "скорее всего", "вероятно", "вероятнее всего", "наиболее вероятно",
    "所以", "因此", "故", "那么", "因而", "综上", "应该", "應該", "应为", "一定", "必然", "最有可能", "更可能", "更有可能", "最可能", "很可能", "大概率",
    "したがって", "従って", "よって", "ゆえに", "だから", "そのため", "ので", "最も可能性が高いのは", "おそらく", "따라서", "그러므로", "그래서", "므로", "가장 가능성이 높은 것", "아마도", "결론적으로",
    "لذلك", "إذن", "إذا", "وبالتالي", "بالتالي", "لذا", "يجب أن", "لا بد أن", "على الأرجح", "الأرجح", "غالبا", "इसलिए", "अतः", "अत:", "तो", "इस प्रकार", "सबसे अधिक संभावना", "संभवतः", "केवल", "∴", "⇒", "=>", "→",
)  # fmt: skip
"""Words that introduce a conclusion."""
COPULA = pattern(
    "is", "are", "be", "was", "is actually", "would be", "should be", "it is", "it's", "this is", "that is", "that", "seems(?: to be)?", "appears(?: to be)?", "looks like", "looks",
    "ist", "lautet", "sind", "es", "das", "sein", "wäre", "est", "sont", "c'est", "serait", "ce", "que", "son", "sería", "es la", "es el", "é", "são", "seria", "è", "jest", "là", "está", "estão", "están",
    "это", "является", "есть", "будет", "是", "为", "為", "乃", "即", "は", "が", "こそ", "은", "는", "이", "가", "هي", "هو", "هذا", "هذه", "أنه", "أنها", "يكون", "تكون", "بأنه", "है", "हैं", "यह", "कि", "होगा", "होगी",
)  # fmt: skip
"""Verbs and particles between subject and answer."""
FUNCTION = pattern(
    "the", "a", "an", "to", "of", "for", "in", "my", "our", "most", "very", "quite", "really", "final", "finally", "correct", "right", "best", "one", "here", "this", "above", "from", "options", "given", "based", "on", "i", "me", "with", "and", "now", "would", "will", "shown", "s", "labell?ed", "following", "following one", "clearly", "indeed", "actually", "therefore", "thus", "obviously", "likely", "probable", "probably", "appropriate", "suitable",
    "die", "der", "das", "den", "richtige[nr]?", "endgültige[nr]?", "option", "antwort", "hier", "würde", "le", "la", "les", "l", "qu", "bonne", "correcte?", "finale", "option", "donc", "ici", "el", "los", "las", "opción", "correctas?", "aquí", "o", "os", "as", "opção", "corretas?", "certa", "aqui", "letra", "lettre", "buchstabe", "más", "mais", "probable", "provável", "plus",
    "вариант", "буква", "под", "правильн\\w+", "верн\\w+", "окончательный", "здесь", "选项", "選項", "的", "应该", "应", "應", "正确", "正確", "最终", "最", "佳", "了", "选择", "选", "項", "项", "故", "选项是", "選択肢", "の", "最終的な", "正しい", "보기", "선택지", "것", "선택", "최종", "올바른", "الصحيحة", "الصحيح", "النهائية", "النهائي", "الخيار", "الحرف", "أن", "सही", "अंतिम", "विकल्प", "मेरा", "का", "मुझे", "मैं", "मेरे", "अनुसार",
)  # fmt: skip
NOUNS = pattern("letter", "case", "question", "image", "picture", "number", "options?", "choice", "answer", "labell?ed", "marked", "highlighted", "outlined", "shown", "organ", "structure", "diagnosis", "pathology", "finding", "condition", "modality", "region", "lesion", "category", "opción", "opção", "antwort")  # fmt: skip
"""Small words and nouns that may stand between a word for an answer and the option."""
LINK_END = re.compile(
    rf"(?:[\s:：=→>\-–—\"'“”(),，、،・*|/\[\]]+|{COPULA}|{FUNCTION}|{NOUNS}|{CONCLUDE})$"
)
"""The last word of what may stand there."""
BEST = pattern(
    "(?:the )?(?:most |more )?(?:correct|right|accurate|appropriate|suitable|plausible|consistent|likely|probable|fitting)(?! ?-| (?:of|upper|lower|side|lung|lobe|or))", "(?:the |my |a )?(?:final |best |correct |right |only |most likely |clear )*(?:answer|guess|choice|option|pick|match|fit|one|diagnosis)",
    "fits? (?:the )?(?:image |picture |description |findings )?best", "fits?", "best (?:fits|matches|describes)\\w*", "matches(?: best)?", "is best", "best", "true",
    "(?:am )?(?:richtig|korrekt|zutreffend|wahrscheinlichste[nr]?|besten)", "passt(?: am besten)?", "die (?:richtige |beste )?(?:antwort|lösung|wahl)", "correcte?s?", "justes?", "vraie?s?", "exacte?s?", "la (?:bonne |meilleure )?(?:réponse|option)", "convient(?: le mieux)?", "correspond le mieux", "la plus probable", "le plus probable",
    "correct[ao]s?", "verdader[ao]s?", "la (?:mejor |respuesta )?(?:respuesta|opción)?(?: correcta)", "la respuesta", "encaja(?: mejor)?", "(?:la|lo|o|a) m[aá]i?s (?:probable|provável|adecuad[ao]|adequad[ao])", "corret[ao]s?", "cert[ao]s?", "a (?:resposta|melhor opção)(?: correta)?", "(?:se )?encaixa(?: melhor)?",
    "верн\\w+", "правильн\\w+", "подходит(?: лучше(?: всего)?)?", "лучше всего", "верны", "(?:наиболее )?вероят\\w+",
    "正确", "正確", "对的", "對的", "正解", "答案", "最符合", "最合适", "最佳", "最可能", "更符合", "更合适", "符合", "对", "正しい", "答え", "最も適切", "最も近い", "最適", "適切", "妥当", "該当", "合致", "当てはま", "一番", "정답", "답(?=입|이)", "맞", "옳", "적절", "가장 (?:적절|적합|가능성)", "적합", "올바",
    "صحيحة?", "الصحيحة?", "الإجابة", "الأنسب", "الأفضل", "الأرجح", "सही", "उत्तर", "(?:सबसे )?उपयुक्त", "सर्वोत्तम", "✓", "✔️?", "☑", "✅",
)  # fmt: skip
"""Predicates that make an option the answer."""
AFTER = pattern(
    "is", "are", "was", "would be", "would", "should be", "must be", "seems?", "appears?", "looks?", "remains?", "to be", "indeed", "clearly", "also", "both", "the", "as", "by far", "provides", "makes", "ist", "sind", "scheint", "wäre", "eindeutig", "est", "sont", "semble", "es", "son", "está", "están", "parece", "é", "são", "estão", "this", "here",
    "это", "является", "кажется", "选项", "項", "项", "是", "才是", "为", "應該", "应该", "看起来", "的", "都", "最", "が", "は", "の方が", "のほうが", "こそ", "も", "이", "가", "은", "는", "번", "번이", "쪽이", "هو", "هي", "يبدو", "है", "यह", "ही", "सबसे",
)  # fmt: skip
"""What may stand between an option and such a predicate."""
OPTION = pattern(
    "options?", "choices?", "alternatives?", "answers?", "letters?", "number", "item", "antwort", "möglichkeit", "buchstabe", "variante", "réponse", "choix", "lettre", "proposition", "opción", "respuesta", "alternativa", "letra", "opção", "resposta", "вариант", "ответ", "буква", "пункт",
    "选项", "選項", "答案", "選択肢", "答え", "보기", "선택지", "정답", "답", "الخيار", "خيار", "الحرف", "الإجابة", "विकल्प", "उत्तर", "अक्षर", "opzione", "optie",
)  # fmt: skip
"""Nouns that stand directly before the letter of an option."""
LISTED = pattern("and", "und", "et", "y", "e", "as well as", "и", "和", "及", "与", "與", "以及", "と", "や", "및", "그리고", "와", "과", "하고", "و", "और", "तथा", "plus", "sowie", "ainsi que")  # fmt: skip
EITHER = pattern("or", "oder", "ou", "o", "u", "или", "либо", "或", "或者", "或是", "还是", "または", "もしくは", "あるいは", "か", "또는", "혹은", "이나", "나", "أو", "या", "soit", "sea", "ya sea", "vs\\.?", "versus")  # fmt: skip
COMPARED = r"[><≥≤≫≈=]"
