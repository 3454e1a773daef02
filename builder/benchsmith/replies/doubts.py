"""Words with which replies deny, hedge, compare, refuse or abstain, by language, as patterns."""

from __future__ import annotations

import re

from benchsmith.replies.disbelief import VERY
from benchsmith.replies.vocabulary import AFTER, BEST, COPULA, FUNCTION, any_of, pattern

NOT = pattern(
    "not", "no", "never", "neither", "nor", "without", "isn't", "aren't", "wasn't", "doesn't", "don't", "didn't", "won't", "cannot", "can't", "couldn't", "wouldn't", "shouldn't", "mustn't", "hasn't", "haven't", "weren't", "non", "absence of", "absent", "negative for", "none of (?:these|them|those)", "free of", "lacks?", "lacking",
    "unlikely", "exclud\\w+", "eliminat\\w+", "discard\\w*", "reject\\w*", "dismiss\\w*", "rather than", "instead of", "than", "as opposed to", "unlike", "except", "rul(?:e|es|ed|ing) out", "rul(?:e|es|ed|ing)", "incorrect", "wrong", "false",
    "nicht", "kein(?:e[nmrs]?)?", "weder", "noch", "ohne", "statt", "anstatt", "anstelle", "als", "ausschlie(?:ß|ss)e\\w*", "pas", "jamais", "ni", "sans", "plutôt que", "au lieu de", "que ce soit", "exclu\\w*", "élimin\\w+", "aucune?",
    "no es", "nunca", "sin", "tampoco", "en lugar de", "en vez de", "descart\\w+", "não", "nem", "sem", "em vez de", "nunca", "не", "ни", "нет", "без", "вместо", "нельзя", "исключ\\w+", "отсутству\\w+",
    "不是", "并非", "並非", "非", "不", "没有", "沒有", "无", "無", "未见", "排除", "除了", "而不是", "而非", "错误的是", "ليس", "ليست", "لا", "لم", "لن", "ما", "غير", "بدلا من", "باستثناء", "بدون", "استبعاد", "نستبعد", "नहीं", "न", "बिना", "के बजाय",
)  # fmt: skip
DENIES_BEFORE = re.compile(
    rf"{NOT}(?:(?![,;:，；、،]|(?<!\w)(?:but|sondern|sino|mas|mais|а|но)(?!\w)|而是|但|所以|因此|बल्कि|بل|아니라|ではなく).){{0,40}}$"
)
"""A negation up to the denied option."""
_WRONG = pattern(
    "not", "isn't", "aren't", "wasn't", "doesn't", "don't", "cannot", "can't", "couldn't", "wouldn't", "wrong", "incorrect", "false", "unlikely", "improbable", "implausible", "excluded", "ruled out", "eliminated", "discarded", "rejected", "absent", "impossible", "doubtful", "dubious", "less likely", "(?:the )?least \\w+", "never", "inconsistent", "out",
    "nicht", "falsch(?:e[nrs]?)?", "unwahrscheinlich\\w*", "ausgeschlossen", "unmöglich", "fehlt", "kein\\w*", "inkorrekt", "pas", "n'est", "ne", "n'", "faux", "fausses?", "mauvaise", "incorrecte?s?", "exclue?s?", "improbables?", "peu probables?", "poco probable", "imposible", "écartée?s?", "inexacte?s?",
    "no", "incorrect[ao]s?", "fals[ao]s?", "equivocad[ao]s?", "descartad[ao]s?", "improbable", "não", "errad[ao]s?", "incorret[ao]s?", "improvável", "не", "неверн\\w+", "неправильн\\w+", "ошибочн\\w+", "исключ\\w+", "маловероятн\\w+", "нет", "خطأ", "خاطئة?", "ليس", "ليست", "لا", "غير", "مستبعدة?", "नहीं", "गलत", "ग़लत", "असंभव",
)  # fmt: skip
_WRONG_ANYWHERE = any_of(
    "不", "错", "錯", "误", "誤", "排除", "非", "没有", "并非", "で(?:は|も)?(?:ない|なく|なさ|ありません|あり得)", "じゃない", "ではあり", "誤り", "間違", "違い", "違う", "不正解", "除外", "考えにくい", "ない", "ません", "(?:である)?(?:的|の)?可能性(?:は|が)?(?:非常|极|很|较|極めて|非常に|かなり)?(?:小|低|ほとんど)",
    "(?:이)?라고 ?(?:생각하|보|판단하)지 않", "일 ?(?:리가?|가능성[은이]) ?(?:매우 |아주 )?(?:없|낮|적)",
    "(?:이|가)? ?아니", "(?:이|가)? ?아닙", "(?:이|가)? ?아닌", "틀", "오답", "배제", "제외", "않", "없", "부적절", "✗", "✘", "❌", "✕", "×",
)  # fmt: skip
_CAN_BE = pattern("can be", "could be", "may be", "might be", "can", "should be", "be", "has been", "have been", "been", "is", "are", "kann", "ist", "wird", "werden", "peut être", "être", "puede", "ser", "se", "pode", "estar", "possible", "可以", "能", "可", "应", "应该", "번", "ist die", "die", "das", "là", "ce", "do(?:es)? appear", "definitely", "therefore", "probably")  # fmt: skip
DENIES_AFTER = re.compile(
    rf"^(?:[,，]\s*(?={COPULA}))?(?:[\s\-–—]*(?:{COPULA}|{AFTER}|{_CAN_BE}|{VERY})){{0,5}}[\s\-–—]*(?:{_WRONG}|{_WRONG_ANYWHERE})"
)
"""A negation after the denied option."""
ASSERTS_AFTER = re.compile(
    rf"^(?:[\s\-–—]*(?:{AFTER}|{COPULA})){{0,5}}[\s\-–—]*(?:{BEST}|だと(?:思|考|判断|推)|と(?:思い|思う|考え|判断|推|答え)|を?(?:選び|選ぶ|選択し|選択す|選ん)|に違いな|でしょう|(?:wählen|nehmen)(?!\w)"
    r"|(?:을|를) ?(?:선택|고르|골|택)|(?:이?라고|으로|로) ?(?:생각|판단|봅|보입|추정|답)|임에|일 것|चुन\w*|होना चाहिए|होनी चाहिए)"
)
"""A predicate that makes an option the answer."""
ENDS_AFTER = re.compile(r"^\s*(?:it is(?=\W*$)|です|でした|だ(?!と)|である|になります|となります|입니다|이다|예요|이에요|임(?!에)|이며|이고|है|हैं|होगा|होगी|sein|(?:选项|選項|項|项|번)(?=\W|$)|번\s?(?:입니다|이다|예요|이에요))(?:[。.!！,，、।\s]|$|から|ため|и|क्योंकि|だから)*")  # fmt: skip
"""A copula at the end of a sentence, in languages where it stands there."""
HEDGES = re.compile(pattern(
    "could", "might", "may", "possibly", "possible", "perhaps", "maybe", "either", "between", "potentially", "can be", "thought", "initially", "at first", "at first glance", "first guess", "if", "whether", "considered", "tempting", "tempted", "suspected", "unless", "resembles?", "similar to", "mistaken for", "confused with", "unsure", "not sure", "versus", "first impression", "were", "would have", "differential\\w*", "e\\.g\\.", "such as", "like option", "used to(?: be)?", "formerly", "no longer", "früher", "ehemals", "autrefois", "auparavant", "solía(?: ser)?", "antes era", "costumava(?: ser)?", "раньше",
    "könnte", "vielleicht", "möglicherweise", "entweder", "zuerst", "zunächst", "anfangs", "ob", "wenn", "falls", "peut-être", "pourrait", "au début", "d'abord", "si", "soit", "pensais", "hésite", "entre",
    "podría", "quizás?", "tal vez", "posiblemente", "al principio", "si fuera", "puede ser", "pensé", "poderia", "pode ser", "talvez", "possivelmente", "no início", "a princípio", "pensei", "se fosse", "может быть", "возможно", "может", "сначала", "вначале", "если", "или", "либо",
))  # fmt: skip
HEDGES_ANYWHERE = re.compile(r"以前|过去|原来|原先|이전에?는|이전 |(?<![最很更])(?<!最有)可能(?!性)|也许|或许|起初|一开始|最初|如果|曾|或者|また?は|最初は|もしかすると|ひょっとすると|처음|혹시|만약|" + pattern("ربما", "قد", "في البداية", "إما", "ظننت", "शायद", "पहले", "शुरू", "अगर", "यदि", "पहली नज़र"))  # fmt: skip
_UNTIL = r"(?:was|were|had been|seemed|looked|appeared|felt|war|schien|était|semblait|era|fue|parecía|foi|parecia|был\w*|казал\w+)(?!\w)[^.;!?\n]{0,48}(?<!\w)(?:until|till|before (?:i|we|the|seeing|noticing)|bis|ehe|bevor|jusqu'(?:à|au)|avant (?:que|de)|hasta|antes de|até|пока|до тех пор|прежде чем)(?!\w)"
"""What made an option the answer until something else was seen."""
HEDGES_AFTER = re.compile(r"^\s*" + _UNTIL + r"|^\W*(?:(?:が|は|と|の)*(?:かもしれ|可能性[がも]|思いまし|思った|考えた|考えまし)|(?:일|이|가|은|는)* ?(?:수도|수 있|지도|라고 생각했|였을)|(?<!\w)(?:if|is possible|are possible|could|might|may|was my first|would be [\w ]{0,24}if|would have|for(?=\W*$)|ist möglich|könnte|pourrait|est possible|es posible|podría|é possível|poderia|возможно|может)(?!\w)|也?有?可能|हो सकता|सकता|लगा)")  # fmt: skip
"""Doubt after the option."""
INSTEAD = re.compile(rf"{pattern('but', 'but rather', 'rather', 'sondern', 'mais(?: plutôt)?', 'sino', 'mas', 'mas sim', 'а', 'но', '而是', '而', '但', 'ではなく', 'でなく', 'が', '아니라', '아닌', 'بل', 'ولكن', 'لكن', 'बल्कि', 'लेकिन', 'it')}(?:[\s,，]|{FUNCTION}|{COPULA}){{0,6}}$")  # fmt: skip
"""What stands between a denied option and the one in its place."""
REVISED = re.compile(pattern(
    "no", "wait", "actually", "on reflection", "looking again", "on second thought", "correction", "reconsider\\w*", "however", "instead", "rather", "i mean", "let me re\\w+", "upon (?:closer|further|re)\\w*", "after (?:all|further)", "revis\\w+", "changed? my (?:mind|answer)", "scratch that", "sorry", "finally", "final", "in the end",
    "nein", "moment", "eigentlich", "doch", "endgültige?", "non", "attendez", "en fait", "finale", "cependant", "espera", "en realidad", "sin embargo", "final", "não", "espere", "na verdade", "no entanto", "нет", "подождите", "однако", "на самом деле", "окончательный",
    "不对", "等等", "最终", "其实", "重新", "更正", "不过", "待って", "いや", "最終的", "訂正", "しかし", "아니", "잠깐", "다시", "최종", "하지만", "النهائية", "لكن", "في الواقع", "انتظر", "अंतिम", "रुकिए", "वास्तव में",
))  # fmt: skip
"""Words with which a reply takes an earlier answer back."""
FINAL = re.compile(pattern("final", "finally", "ultimately", "eventually", "in the end", "schließlich", "letztlich", "am ende", "finalement", "finalmente", "al final", "в итоге", "наконец", "最后", "最後", "결국",  "endgültige?", "finale", "окончательный", "最终", "最終的", "최종", "النهائية", "अंतिम"))  # fmt: skip
SHOWS = re.compile(pattern(
    "shows?", "showing", "shown", "depicts?", "depicting", "displays?", "demonstrates?", "demonstrating", "reveals?", "indicates?", "indicating", "represents?", "corresponds to", "correspond to", "matches", "suggests?", "suggesting", "suggestive of", "in keeping with", "points? to", "pointing to", "consistent with", "compatible with", "characteristic of", "typical of", "identified as", "labell?ed as", "classified as", "diagnosed (?:as|with)", "diagnosis of", "is", "are", "be", "it's", "contains?", "see", "sees", "seen", "observe", "visible", "identify", "recogni[sz]e", "appears?", "looks?(?: like)?", "seems?", "count", "counted", "counting", "there is", "there are", "there's", "evidence of", "signs of", "presence of", "features of", "case of", "called", "namely", "has", "was", "located in", "within", "belongs to", "an image of", "a picture of", "image of", "section of", "scan of", "x-ray of", "photo of", "view of",
    "zeigt", "ist", "sind", "sieht man", "erkennt man", "zu sehen", "entspricht", "handelt(?: es)? sich um", "stellt", "zeige", "gibt", "montre", "est", "sont", "voit", "représente", "correspond à", "s'agit d", "s'agit du", "s'agit de", "indique", "il y a", "muestra", "es", "son", "observa", "ve", "representa", "corresponde a", "se trata del?", "hay", "aparece", "mostra", "é", "são", "observa-se", "trata-se d[aoe]", "há", "vê-se",
    "показан[аоы]?", "изображен[аоы]?", "изображён", "выделен[аоы]?", "отмечен[аоы]?", "обозначен[аоы]?", "видн?[аоы]?", "видим", "видно", "это", "представлен[аоы]?", "соответствует", "является", "изображении", "снимке", "有", "是", "为", "為", "显示", "示", "见", "看到", "属于", "符合", "共", "对应", "即", "乃", "包含", "は", "には", "が", "に", "これは", "은", "는", "이", "에는", "تظهر", "يظهر", "هو", "هي", "تمثل", "يمثل", "الصورة", "نرى", "هذا", "هذه", "चित्र में", "यह", "में",
) + r"[\s:：\-–—\"'()]*(?:(?<!\w)(?:clearly|axial|coronal|sagittal|the|an?|one|most|likely|probably|only|just|about|exactly|approximately|as|to|be|evidence|of|signs|la|le|les|l|un|une|du|de|el|los|las|una|unos|der|die|das|den|dem|ein|eine[nmrs]?|o|a|os|as|um|uma|da|do|и|also|typical|large|small|enlarged|bright|dark|normal|big|visible|marked|\w+-shaped|shaped|consistent|with|suggestive|probable|indeed|here|in)(?!\w)|[ \t]|的|一个|了|正常的?)*[\s:：\"'(]*$")  # fmt: skip
"""Words that say what a picture shows, up to the option."""
SHOWN_AFTER = re.compile(r"^\s*(?:$|[)\"\].!?。！？।,，;；:：(—–]|-\s|'(?!\w)|(?<!\w)(?:is|are|can be|could be) (?:shown|seen|marked|outlined|highlighted|visible|present|visualized|depicted|identified|indicated)|(?<!\w)(?:because|since|as|with|which|that|in|on|here|at|rather|than|not|and not|due|based|given|visible|shown|present|but|best|nuclei|cells|objects|lesions|structures|polyps|instruments|nodules|ist|car|parce|porque|weil|da|sondern|mais|sino|mas|потому|так|rather than|instead|dans|en|im|auf|na|no|of the image)(?!\w)|が|を|は|で|だ|と(?=判断|思|考)|に|의|입|이(?=\s|다|며|고)|을|를|로|으로|가|है|हैं|दिख|दिखाया|की|को|的|，|因|لأن|في)")  # fmt: skip
"""What may follow an option that is shown, so that no other word belongs to its name."""
REFUSES = re.compile(any_of(
    r"\bas an? (?:ai|artificial|language model|large language)",
    r"\b(?:i|we) (?:can ?not|can't|could not|couldn't|am not able to|'m not able to|am unable to|won't|will not|must decline|decline|refuse|do not have the ability)\b", r"\bi'm (?:not able|unable) to\b",
    r"\b(?:i'm|i am|we are) (?:really |very |so )?(?:sorry|afraid)\b", r"^\W*(?:sorry|apologies)\b", r"\bi apologi[sz]e\b",
    r"\bunable to (?:assist|help|provide|identify|answer|view|see|analy[sz]e|comply|interpret)\b", r"\bcan ?not (?:assist|provide|help|answer|comply)\b",
    r"\b(?:not|un)(?: be)? (?:appropriate|possible for me) to\b", r"\b(?:consult|see|seek) (?:a|with a) (?:qualified |medical |healthcare |licensed )*(?:doctor|physician|professional|radiologist)\b",
    r"\bno image (?:was |is |has been )?(?:provided|attached|visible|uploaded)\b", r"\bdon't see (?:an|any|the) (?:image|picture)\b", r"\b(?:image|picture) (?:is|was) (?:not|missing)\b",
    "无法(?!确定|判断|辨)", "抱歉", "对不起", "不能(?:提供|回答|给出|协助)", "作为.{0,4}(?:AI|人工智能|语言模型)", "看不到", "拒绝", "申し訳", "お手伝い?できません", "できません", "見えません", "お答えできません", "죄송", "도와드릴 수 없", "볼 수 없", "수 없습니다",
    r"не могу", r"извините", r"не вижу", r"отказываюсь", r"к сожалению", r"lo siento", r"no puedo", r"désolé", r"je ne (?:peux|vois) pas", r"je suis incapable", r"kann (?:ich|das|dir|ihnen|dabei)\b.*nicht", r"ich kann\b.*nicht", r"tut mir leid", r"entschuldigung", r"desculpe", r"não (?:posso|consigo|vejo)", r"sinto muito", r"lamento",
    "لا أستطيع", "لا يمكنني", "عذرا", "آسف", "أعتذر", "नहीं कर सकता", "नहीं देख", "क्षमा", "माफ़", "माफ", "खेद", "असमर्थ",
), re.IGNORECASE)  # fmt: skip
"""Patterns of a refusal."""
ABSTAINS = re.compile(any_of(
    r"\b(?:i|we) (?:really |honestly )?(?:don't|do not) know\b", r"\bno idea\b", r"\b(?:i am|i'm|we are) (?:not (?:\w+ )?(?:sure|certain)|unsure|uncertain)\b", r"^\W*(?:not sure|unsure|unknown|uncertain|unclear|undetermined|indeterminate|n/?a|idk)\W*$",
    r"\b(?:can ?not|can't|could not|couldn't|impossible to|unable to|not possible to|hard to|difficult to|not able to) (?:be )?(?:determined?|tell|say|decide|answered|judged?|conclude|establish)", r"\binsufficient (?:information|evidence)\b", r"\bnot enough information\b", r"\bi (?:have|would have) to (?:guess|abstain)\b", r"\bi abstain\b", r"\bcannot (?:be )?(?:certain|sure)\b",
    r"\b(?:can ?not|can't|unable to|not able to) (?:reliably |confidently |definitively |accurately )?(?:count|distinguish|make out|identify|answer)\b.*\b(?:reliably|confidently|with (?:any )?(?:confidence|certainty))", r"\b(?:too (?:low|poor|blurry|dark|small|noisy)|blurry|unreadable)\b.*\b(?:can ?not|can't|unable to|not able to|not possible)\b",
    r"nicht (?:beurteilen|bestimmen|erkennen|feststellen|entscheiden)", r"no (?:lo )?puedo (?:determinar|saber|decidir)", r"não (?:consigo|posso) (?:determinar|saber|decidir)", r"ne peux pas (?:le )?(?:déterminer|dire|savoir)", r"не могу (?:определить|сказать точно)", r"لا (?:أستطيع|يمكنني) (?:تحديد|التحديد)", "तय नहीं कर सकता", "निर्धारित नहीं",
    "不知道", "不确定", "不清楚", "无法(?:确定|判断|辨认?)", "难以(?:确定|判断)", "わかりません", "分かりません", "不明", "判断できません", "わからない", "確信が", "모르겠", "모릅니다", "확실하지 않", "알 수 없", "판단할 수 없", "확신할 수",
    r"ne sais pas", r"pas (?:sûr|certain)", r"impossible (?:de|à) (?:dire|déterminer)", r"weiß (?:es |ich )?(?:\w+ )?nicht", r"nicht sicher", r"unklar", r"keine ahnung", r"no (?:lo )?sé\b", r"no estoy segur", r"no se puede determinar", r"não (?:o )?sei\b", r"não tenho certeza", r"não é possível determinar", r"не знаю", r"не уверен", r"невозможно определить", r"затрудняюсь",
    "لا أعرف", "لا أعلم", "لست متأكد", "غير متأكد", "لا يمكن تحديد", "नहीं पता", "नहीं जानत", "निश्चित नहीं", "पता नहीं", "मालूम नहीं",
), re.IGNORECASE)  # fmt: skip
"""Patterns of "I do not know"."""
REASONS = re.compile(r"^[\s,，、;:()\-–—]*(?:(?<!\w)(?:because|since|as|for|due|given|which|based|car|parce|puisque|weil|denn|da|porque|ya que|pois|потому|так как|поскольку)(?!\w)|因为|因為|由于|なぜ|から|ため|때문|위치|왜냐|لأن|حيث|क्योंकि|चूंकि)")  # fmt: skip
VERDICT = re.compile(r"^[\s:：)\-–—.|\"'=]*(?:(?<!\w)(yes|right|correct|true|present|ja|richtig|oui|vrai|sí|si|sim|verdadero|да|верно|no|wrong|incorrect|false|absent|nein|falsch|non|faux|não|нет|неверно)(?!\w)|(对|正确|是|错误?|否|はい|いいえ|예|아니요|نعم|صحيح|لا|خطأ|हाँ|नहीं))[\"']?\s*(?:$|[.,;|}。，])")  # fmt: skip
"""A word behind an option that says yes or no to it, as in a list of all options."""
CORRECT = frozenset(["correct", "richtig", "korrekt", "vrai", "верно", "正确", "صحيح"])
"""The words for yes that speak of the answer alone: "right" is also a side, "yes" also a finding."""
YES = frozenset(["yes", "right", "correct", "true", "present", "ja", "richtig", "oui", "vrai", "sí", "si", "sim", "verdadero", "да", "верно", "对", "正确", "是", "はい", "예", "نعم", "صحيح", "हाँ"])  # fmt: skip
