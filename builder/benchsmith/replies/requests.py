"""Replies whose "yes" or "no" answers the request and not the question: "yes, I can help", "no, I see no picture"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from benchsmith.replies.everyday import YES_OR_NO
from benchsmith.replies.mentions import Skeleton
from benchsmith.replies.reply_words import option_words
from benchsmith.replies.vocabulary import any_of

NEXT = 240
"""Characters behind "yes" or "no" in which a reply says what it answers."""
_PICTURE = r"(?:(?:ct |mri? |medical |x-?ray )?(?:images?|pictures?|photos?|photographs?|scans?|radiographs?|files?|attachments?)|x-?rays?)"
_ENDS = r"(?=\s*(?:$|[.,;:!?)\n–—]|(?:directly|here|attached|or|and|that you|you|in (?:this|our|the) (?:chat|conversation|message)|at all|yet|because|as|so|but|since|uploaded|provided|with your)(?!\w)))"
_FILLED = r"^[\s\W]*(?:(?:of course|sure(?: thing)?|certainly|absolutely|definitely|sir|ma'am|madam|ok(?:ay)?|sorry|however|but|unfortunately)[\s\W]+)*"
_ENGLISH = any_of(
    rf"{_FILLED}i(?:'d| would|'ll| will| can| could|'m| am)\b[^.!?\n]{{0,30}}\b(?:help|assist|do (?:that|this|so|it))\b(?: you)?(?: with (?:that|this|it|your \w+))?\s*(?:$|[.,!?;\n])",
    rf"{_FILLED}i (?:can|can't|can ?not|could|couldn't|understand(?: (?:you|that|this|(?:the|your) (?:question|request|task)))?)\s*(?:$|[.!;\n])",
    rf"{_FILLED}please (?:consult|see|ask) (?:a|your|with)\b",
    r"\b(?:happy|glad|pleased) to (?:help|assist|take a look|look)\b",
    rf"\b(?:please|kindly|could you|can you|would you|you (?:can|may|must|need to|will need to|have to|should))\b[^.?!\n]{{0,30}}\b(?:(?:re-?)?upload|provide|(?:re)?send|share|attach|submit|include|paste|post|give|show|describe)\b[^.?!\n]{{0,30}}\b{_PICTURE}\b",
    rf"(?:^|[.!?,;:\n])\s*(?:just )?(?:(?:re-?)?upload|(?:re)?send|share|attach|provide|submit|show me|give me)\b[^.?!\n]{{0,20}}\b{_PICTURE}\b",
    rf"\b(?:which|what) {_PICTURE}\b[^.!\n]{{0,40}}[?？]",
    rf"\bwhere is (?:the|your) {_PICTURE}\b",
    rf"\bno (?:such )?{_PICTURE}(?:\s+(?:(?:was|were|is|has been|have been|came|got|seems|appears)(?: \w+)? ?(?:attached|provided|uploaded|included|given|sent|here|available|received|through|shared|supplied|present in (?:this|our|the|your) (?:chat|conversation|message))|(?:attached|provided|uploaded|included|came|here|available))(?!\w)|\s*(?:$|[.!;\n]))",
    rf"(?:(?:do|did|could|can)(?: not|n't)|can ?not|can't|unable to|not able to|never)\s+(?:(?!in\b|on\b|within\b|from\b)\w+\s+){{0,2}}?(?:see|view|open|access|access to|find|load|process|analy[sz]e|interpret|examine|look at|receive|have|get|got)\s+(?:(?!in\b|on\b|within\b|from\b)[\w-]+\s+){{0,3}}?{_PICTURE}(?!\w){_ENDS}",
    rf"\b(?:the|your|this|an?) {_PICTURE} (?:(?:that )?you (?:\w+ )?\w+ )?(?:is|was|seems|appears|seems to be|appears to be|has) (?:\w+ )?(?:missing|unavailable|not (?:been )?(?:attached|provided|available|here|included|loading|loaded|uploaded|accessible|received))",
    rf"{_PICTURE} (?:did not|didn't|failed to|has not|hasn't|does not|doesn't) (?:load|attach|upload|open|come through|arrive|been)\b",
    r"\bplease (?:re-?)?(?:upload|send|attach|share|provide)(?: me)? (?:it|one|them)\b",
    rf"\bi(?:'d| would|'ll| will)? (?:first )?(?:need|require) (?:(?:to see )?(?:the|an?|your)) {_PICTURE}\b",
    r"\b(?:only (?:process|handle|read|see|understand|work with) text|text[- ](?:only|based))\b",
    r"\bas an? (?:ai|artificial|language model|large language)",
    r"\b(?:can ?not|can't|unable to|not able to|won't|will not) (?:help|assist|comply|diagnose|answer|provide (?:an? )?(?:medical|diagnos))",
)  # fmt: skip
_EUROPEAN = any_of(
    r"(?:envoye[rz]|télécharge[rz]|fournir|fournissez|partage[rz]|joignez|joindre|transmett\w+|montrez|importe[rz]|ajoute[rz])[- ](?:[\w]+[' -]){0,3}?(?:images?|photos?|clichés?|radiographies?|scanner|fichiers?)(?!\w)",
    r"(?:pas|plus|ni)\s(?:(?:pu|encore|reçu|accès à|accéder à|voir|ouvrir|visualiser|afficher|analyser|consulter|traiter|interpréter)\s){0,3}(?:d'|l'|les |une |de |cette |votre |des )?(?:images?|photos?)(?!\w)(?=\s*(?:$|[.,;!]))",
    r"aucune (?:image|photo)\s*(?:$|[.!]|n'|n’|jointe|fournie|reçue|ne m'a)",
    r"je (?:peux|pourrai|serai|suis|vais)[^.!?]{0,24}(?<!\w)aider(?!\w)", r"quelle (?:image|photo)[^.!]{0,30}\?",
    r"bitte [^.!?]{0,20}(?:lade\w*|sende\w*|schick\w*|stell\w*|gib|geben|zeig\w+|teil\w+|füg\w+|häng\w+)[^.!?]{0,30}(?:bild|foto|aufnahme|scan|datei)", r"(?:laden|senden|schicken|geben|zeigen) sie (?:mir )?[^.!?]{0,20}(?:bild|foto|aufnahme|scan|datei)",
    r"(?:bild\w*|fotos?|aufnahmen?) (?:nicht )?(?:sehen|öffnen|anzeigen|ansehen|betrachten|analysieren|angehängt|hochgeladen|erhalten|vorhanden|bereitgestellt|beigefügt|mitgeschickt)(?!\w)",
    r"ich (?:kann|könnte|würde|werde)[^.!?]{0,30}(?<!\w)helfen(?!\w)", r"helfe (?:ihnen|dir) gern", r"fehlt (?:das|ein) (?:bild|foto)", r"welche[sn]? (?:bild|foto|aufnahme)[^.!]{0,30}\?",
    r"(?:env[ií]e(?:me|n)?|env[ií]a(?:me)?|suba|sube|súba\w*|proporcione?|adjunte?|comparta|comparte|cargue|carga|muéstr\w+|mande|manda)\s(?:\w+ ){0,2}?(?:imagen|imágenes|foto\w*|radiografía|archivo)(?!\w)",
    r"no (?:puedo|veo|tengo|recibí|he recibido|logro|es posible|hay|se (?:ha )?adjunt\w+)\s(?:(?:ver|abrir|acceder a|acceso a|analizar|procesar|visualizar|interpretar)\s)?(?:ninguna |la |las |una |esta |su |tu )?(?:imagen|imágenes|fotos?)(?!\w)(?=\s*(?:$|[.,;!]|adjunt))",
    r"(?:puedo|podría|podré) ayudar", r"(?:encantad[oa]|gusto) (?:de|en) ayudar", r"qué (?:imagen|foto)[^.!]{0,30}\?",
    r"(?:envi[ea](?:-me)?|carregue|forneça|anexe|compartilhe|mande|mostre|faça (?:o )?upload d[ae])\s(?:\w+ ){0,3}?(?:imagem|imagens|foto\w*|exame|arquivo)(?!\w)",
    r"não (?:consigo|posso|vejo|tenho|recebi|há|foi)\s(?:(?:ver|abrir|acessar|analisar|visualizar|interpretar|acesso a|anexada|enviada)\s)?(?:nenhuma |a |as |uma |sua |à |às )?(?:imagem|imagens|fotos?)(?!\w)(?=\s*(?:$|[.,;!]|anexad))",
    r"posso (?:te |lhe |o )?ajud", r"prazer em ajudar", r"qual (?:imagem|foto)[^.!]{0,30}\?",
    r"(?:пришлите|загрузите|отправьте|прикрепите|предоставьте|приложите|покажите|вышлите)\s(?:\w+,? ){0,3}?(?:снимок|снимк\w|изображени\w|фото\w*|картинк\w|файл)",
    r"(?:image|photo) n'(?:est|a) pas (?:été )?(?:jointe|fournie|chargée|disponible|reçue)", r"(?:bild|foto) (?:wurde|ist)(?: leider)?(?: nicht)? (?:angehängt|hochgeladen|beigefügt|vorhanden|mitgeschickt)",
    r"(?:imagen|foto) no (?:se ha|ha sido|fue|está|se) ?(?:adjunt|carg|sub|disponible|envi|recib)", r"(?:imagem|foto) não (?:foi|está) (?:anexad|enviad|carregad|dispon|recebid)",
    r"не (?:могу|вижу|умею|получил[аи]?|имею)\s(?:\w+ть\s|доступа к\s)?(?:(?!на |в )\w+ )?(?:снимк\w*|снимок|изображени\w+|фото\w*|картинк\w+)(?!\w)(?=\s*(?:$|[.,;!]))",
    r"(?:могу|рад[а]?|готов[а]?)\s(?:вам |тебе )?помочь", r"(?:изображени\w|снимок|фото) (?:не (?:прикреп|загру|прилож|был)|отсутств)", r"как(?:ой|ое) (?:снимок|изображение|фото)[^.!]{0,30}\?",
)  # fmt: skip
_ELSEWHERE = any_of(
    "[请請](?:您|你)?(?:先|再|重新)?(?:将|把)?(?:上[传傳]|提供|[发發]送?|[给給]我|附上|分享|提交)[^。！？]{0,10}(?:[图圖]|影像|照片|扫描|文件)", "[请請][^。！？]{0,4}[把将][^。]{0,8}(?:[图圖]|照片|影像)[^。]{0,4}[发發传傳给給]", "哪[张張幅个一](?:[图圖]|照片|影像)[^。]{0,10}[?？]",
    "(?:没有?|沒有?|未)(?:看到|收到|附上?|上[传傳]|提供|找到|见到)(?:任何|您的|你的)?(?:[图圖]片?像?|照片|影像)", "(?:没有|沒有|[无無])(?:[图圖](?:片|像)|照片|影像)(?:$|[。,!]|被|可)",
    "(?:[无無]法|不能|看不到|看不[见見]|打不开)(?:查看|看到|打开|分析|[处處]理|[访訪][问問]|直接|任何|您的|你的|[这這]张?|[该該]){0,3}(?:[图圖](?:片|像)|照片|影像)(?:$|\\s*[。,!])",
    "(?:可以|能|很?乐意|很?高兴|愿意)[^。]{0,4}(?:帮助?|协助)(?:您|你|$|[。,!])", "作为[^。]{0,4}(?:ai|人工智能|语言模型)",
    "(?:画像|写真|スキャン|レントゲン)を[^。]{0,8}(?:送|アップロード|添付|提供|共有|見せ)[^。]{0,8}(?:ください|下さい|いただけ|頂け|お願い)", "(?:画像|写真)(?:が|は|を)(?:見えません|見られません|見れません|見ることができません|見ることはできません|ありません|添付されていません|見当たりません|確認できません|閲覧できません|表示できません)", "お手伝い(?:でき|し|いた|させ)", "どの(?:画像|写真)",
    "(?:이미지|사진|영상|그림)(?:를|을| 파일을)? ?[^.!?]{0,6}(?:업로드|첨부|보내|제공|공유|올려)[^.!?]{0,10}(?:주세요|주십시오|주시|바랍니다)", "(?:이미지|사진|영상|그림)(?:를|을|가|이|은|는)? ?(?:볼 수 없|확인할 수 없|열 수 없|없습니다|첨부되지|업로드되지|보이지 않)", "도와드(?:릴 수 있|리겠)", "어떤 (?:이미지|사진|영상)",
    "(?:يرجى|رجاء|الرجاء|من فضلك|أرسل|ارفع|قم ب)[^.؟!]{0,30}صور", "(?:لا (?:أستطيع|يمكنني|أرى)|لم)\\s(?:(?!في )\\S+ ){0,2}(?:ال)?صور(?:ة|ا)?(?=\\s*(?:$|[.!،]))", "(?:أستطيع|يمكنني|يسعدني)\\s(?:مساعدت|المساعدة|أن أساعد)", "لا توجد صورة", "أي صورة",
    "(?:चित्र|छवि|इमेज|तस्वीर|फ़?ोटो|स्कैन|एक्स-रे)(?: को)? [^।]{0,12}(?:अपलोड|भेज|साझा|प्रदान|संलग्न|दीजिए|दें)", "(?:चित्र|छवि|इमेज|तस्वीर|फोटो)(?: को)? ?(?:नहीं देख|नहीं है|संलग्न नहीं|नहीं मिल|उपलब्ध नहीं)", "(?:मदद|सहायता) कर (?:सकत|दूँ)", "कौन सी (?:छवि|तस्वीर)",
)  # fmt: skip
_REQUEST = re.compile(any_of(_ENGLISH, _EUROPEAN, _ELSEWHERE))


def answers_request(skeleton: Skeleton, options: Sequence[str], picked: Iterable[int]) -> bool:
    """Return whether a picked "yes" or "no" answers the request to help or to look at a picture."""
    asked = {o for o in picked if "".join(option_words(options[o])) in YES_OR_NO}
    places = [n for n, c in enumerate(skeleton.text) if c in skeleton.mentions and skeleton.mentions[c].option in asked]  # fmt: skip
    return bool(places) and _REQUEST.search(skeleton.text[places[-1] + 1 :][:NEXT]) is not None
