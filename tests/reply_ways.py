"""Ways to answer in eleven languages, as templates: what a careful person reads in each.

`{L}` and `{M}` are the letters of two options, `{T}` and `{U}` their texts, and `{t}` and `{u}` the
texts as they stand in a sentence. Whatever the two options are, the reading is the same.
"""

from __future__ import annotations

from typing import NamedTuple

PICK, BOTH = "pick", "both"
UNCLEAR, REFUSED, ABSTAINED, CUT, EMPTY = "unclear", "refused", "abstained", "cut", "empty"


class Language(NamedTuple):
    """Four options, and the same as they stand in a sentence."""

    options: tuple[str, ...]
    spoken: tuple[str, ...]


LANGUAGES = {
    "en": Language(("liver", "spleen", "pancreas", "stomach"), ("the liver", "the spleen", "the pancreas", "the stomach")),
    "zh": Language(("肝脏", "脾脏", "胰腺", "胃"), ("肝脏", "脾脏", "胰腺", "胃")),
    "ja": Language(("肝臓", "脾臓", "膵臓", "胃"), ("肝臓", "脾臓", "膵臓", "胃")),
    "ko": Language(("간", "비장", "췌장", "신장"), ("간", "비장", "췌장", "신장")),
    "fr": Language(("foie", "rate", "pancréas", "vessie"), ("le foie", "la rate", "le pancréas", "la vessie")),
    "de": Language(("Leber", "Milz", "Harnblase", "Niere"), ("die Leber", "die Milz", "die Harnblase", "die Niere")),
    "es": Language(("hígado", "bazo", "páncreas", "estómago"), ("el hígado", "el bazo", "el páncreas", "el estómago")),
    "pt": Language(("fígado", "baço", "pâncreas", "estômago"), ("o fígado", "o baço", "o pâncreas", "o estômago")),
    "ru": Language(("печень", "селезёнка", "желудок", "почка"), ("печень", "селезёнка", "желудок", "почка")),
    "ar": Language(("الكبد", "الطحال", "البنكرياس", "المعدة"), ("الكبد", "الطحال", "البنكرياس", "المعدة")),
    "hi": Language(("यकृत", "प्लीहा", "अग्न्याशय", "आमाशय"), ("यकृत", "प्लीहा", "अग्न्याशय", "आमाशय")),
}  # fmt: skip

EVERYWHERE = [
    ("{L}", PICK), ("{L}.", PICK), ("({L})", PICK), ("[{L}]", PICK), ("{L})", PICK), ("{L}:", PICK),
    ("**{L}**", PICK), ("`{L}`", PICK), ('"{L}"', PICK), ("- {L}", PICK), ("#### {L}", PICK),
    ("{L}. {T}", PICK), ("({L}) {T}", PICK), ("{L}: {T}", PICK), ("{L}) {T}", PICK), ("{L} - {T}", PICK),
    ("**{L}. {T}**", PICK), ("{T} ({L})", PICK), ("{L} ({T})", PICK), ("{T}", PICK), ("{T}.", PICK),
    ("\\boxed{{{L}}}", PICK), ("$\\boxed{{\\text{{{L}}}}}$", PICK), ("\\boxed{{{T}}}", PICK),
    ("<answer>{L}</answer>", PICK), ("<answer>{L}. {T}</answer>", PICK), ('{{"answer": "{L}"}}', PICK),
    ('```json\n{{"answer": "{L}", "reason": "{U}"}}\n```', PICK), ("{{'answer': '{L}'}}", PICK),
    ("<think>{M}? {U}?</think>{L}", PICK), ("<think>\n{M}\n</think>\n\n**{L}. {T}**", PICK),
    ("{M}? {U}?\n</think>\n\n{L}", PICK), ("<think>{L}? The answer is {L}.", CUT),
    ("<unused94>thought\n{M}, {U}.<unused95>{L}", PICK), ("[THINK]{M}.[/THINK]{L}", PICK),
    ("◁think▷{M}◁/think▷{L}", PICK), ("<think>{M}</think><|begin_of_box|>{L}<|end_of_box|>", PICK),
    ("<|channel|>analysis<|message|>{M}<|end|><|start|>assistant<|channel|>final<|message|>{L}<|return|>", PICK),
    ("<|channel|>analysis<|message|>The answer is {L}", CUT), ("◁think▷The answer is {L}", CUT),
    ("[THINK]The answer is {L}", CUT), ("<unused94>thought\nThe answer is {L}", CUT),
    ("{L}</s>", PICK), ("{L}<|im_end|>\n<|im_start|>user\n{M}", PICK), ("{L}<end_of_turn>", PICK),
    ("{L}<|eot_id|>", PICK), ("{L}\n\n\n", PICK), ("{L} {L} {L}", PICK),
    ("{L}, {M}", UNCLEAR), ("{L}/{M}", UNCLEAR), ("{L}. {U}", UNCLEAR), ("{L}\n\n{M}", UNCLEAR),
    ("{T}, {U}", UNCLEAR), ("{L}>{M}", UNCLEAR), ("", EMPTY), ("\n", EMPTY), ("...", EMPTY),
    ("\\boxed{{{L}}} \\boxed{{{M}}}", UNCLEAR), ("X", UNCLEAR), ("{L} ✗ {M} ✓ ", "other"),
]  # fmt: skip
"""Templates that need no language; of `other` the second option is read."""

WAYS: dict[str, list[tuple[str, str]]] = {
    "en": [
        ("Answer: {L}", PICK), ("The answer is {L}.", PICK), ("The correct answer is {L}. {T}.", PICK),
        ("The answer is {t}.", PICK), ("Option {L}", PICK), ("I choose {L}.", PICK), ("I think it is {L}.", PICK),
        ("{L} is correct.", PICK), ("{L}, because of its position.", PICK), ("The answer is {L} because it lies there.", PICK),
        ("It is not {u} but {t}.", PICK), ("The answer is not {M}. The answer is {L}.", PICK),
        ("The answer is {L}. Option {M} ({u}) lies elsewhere.", PICK), ("The image shows {t}.", PICK), ("It is {t}.", PICK),
        ("Most likely {L}.", PICK), ("At first I thought {M}, but the final answer is {L}.", PICK), ("So, {L}.", PICK),
        ("It must be {L}", PICK), ("{L} fits best.", PICK), ("{M} is wrong. {L} is right.", PICK), ("It cannot be {M}, so {L}.", PICK),
        ("The answer is {L} or {M}.", UNCLEAR), ("It is either {t} or {u}.", UNCLEAR), ("It is not {t}.", UNCLEAR), ("{L} is wrong.", UNCLEAR),
        ("The image shows {t} and {u}.", UNCLEAR), ("The answer is {L}. The answer is {M}.", UNCLEAR),
        ("I do not know.", ABSTAINED), ("I'm not sure.", ABSTAINED), ("I'm sorry, but I can't help with that.", REFUSED), ("I cannot see the image.", REFUSED),
    ],
    "zh": [
        ("答案：{L}", PICK), ("答案是{L}。", PICK), ("正确答案是{L}. {T}。", PICK), ("答案是{t}。", PICK), ("选项{L}", PICK), ("我选择{L}。", PICK),
        ("我认为是{L}。", PICK), ("{L}是正确的。", PICK), ("{L}，因为位置符合。", PICK), ("答案是{L}，因为它在那里。", PICK),
        ("不是{u}，而是{t}。", PICK), ("答案不是{M}。答案是{L}。", PICK), ("答案是{L}。选项{M}（{u}）在另一侧。", PICK), ("图中显示的是{t}。", PICK),
        ("这是{t}。", PICK), ("最有可能是{L}。", PICK), ("一开始我以为是{M}，但最终答案是{L}。", PICK), ("所以，{L}。", PICK), ("应该是{L}", PICK),
        ("{L}最符合。", PICK), ("{M}是错误的，{L}是正确的。", PICK), ("不可能是{M}，所以选{L}。", PICK), ("答案是{L}选项。", PICK), ("故选{L}", PICK), ("选{L}项", PICK),
        ("答案是{L}或{M}。", UNCLEAR), ("可能是{t}或{u}。", UNCLEAR), ("不是{t}。", UNCLEAR), ("{L}是错误的。", UNCLEAR), ("图中有{t}和{u}。", UNCLEAR),
        ("答案是{L}。答案是{M}。", UNCLEAR), ("我不知道。", ABSTAINED), ("我不确定。", ABSTAINED), ("抱歉，我无法提供医疗诊断。", REFUSED), ("我看不到图像。", REFUSED),
    ],
    "ja": [
        ("答え：{L}", PICK), ("答えは{L}です。", PICK), ("正解は{L}. {T}です。", PICK), ("答えは{t}です。", PICK), ("選択肢{L}", PICK), ("{L}を選びます。", PICK),
        ("{L}だと思います。", PICK), ("{L}が正解です。", PICK), ("{L}です。位置が合っているからです。", PICK), ("正解は{L}です。なぜなら位置が合っているからです。", PICK),
        ("{u}ではなく{t}です。", PICK), ("答えは{M}ではありません。答えは{L}です。", PICK), ("正解は{L}です。選択肢{M}（{u}）は反対側にあります。", PICK),
        ("画像には{t}が写っています。", PICK), ("これは{t}です。", PICK), ("最も可能性が高いのは{L}です。", PICK), ("最初は{M}だと思いましたが、最終的な答えは{L}です。", PICK),
        ("したがって、{L}。", PICK), ("{L}に違いありません", PICK), ("{L}が最も適切です。", PICK), ("{M}は誤りです。{L}が正しいです。", PICK), ("{M}ではないので、{L}です。", PICK),
        ("答えは{L}または{M}です。", UNCLEAR), ("{t}か{u}のどちらかです。", UNCLEAR), ("{t}ではありません。", UNCLEAR), ("{L}は誤りです。", UNCLEAR),
        ("画像には{t}と{u}が写っています。", UNCLEAR), ("答えは{L}です。答えは{M}です。", UNCLEAR), ("わかりません。", ABSTAINED), ("不明です。", ABSTAINED),
        ("申し訳ありませんが、お手伝いできません。", REFUSED), ("画像が見えません。", REFUSED),
    ],
    "ko": [
        ("정답: {L}", PICK), ("정답은 {L}입니다.", PICK), ("정답은 {L}. {T}입니다.", PICK), ("정답은 {t}입니다.", PICK), ("보기 {L}", PICK), ("{L}를 선택합니다.", PICK),
        ("{L}라고 생각합니다.", PICK), ("{L}가 정답입니다.", PICK), ("{L}, 위치가 맞기 때문입니다.", PICK), ("위치가 맞기 때문에 정답은 {L}입니다.", PICK),
        ("{u}이 아니라 {t}입니다.", PICK), ("정답은 {M}가 아닙니다. 정답은 {L}입니다.", PICK), ("정답은 {L}입니다. 선택지 {M}({u})는 반대쪽에 있습니다.", PICK),
        ("이미지는 {t}을 보여줍니다.", PICK), ("이것은 {t}입니다.", PICK), ("가장 가능성이 높은 것은 {L}입니다.", PICK), ("처음에는 {M}라고 생각했지만 최종 답은 {L}입니다.", PICK),
        ("따라서 {L}.", PICK), ("{L}임에 틀림없습니다", PICK), ("{L}가 가장 적절합니다.", PICK), ("{M}는 틀렸습니다. {L}가 맞습니다.", PICK), ("{M}가 아니므로 {L}입니다.", PICK),
        ("정답은 {L} 또는 {M}입니다.", UNCLEAR), ("{t} 또는 {u}입니다.", UNCLEAR), ("{t}이 아닙니다.", UNCLEAR), ("{L}는 틀렸습니다.", UNCLEAR),
        ("이미지는 {t}과 {u}을 보여줍니다.", UNCLEAR), ("정답은 {L}입니다. 정답은 {M}입니다.", UNCLEAR), ("모르겠습니다.", ABSTAINED), ("확실하지 않습니다.", ABSTAINED),
        ("죄송하지만 도와드릴 수 없습니다.", REFUSED), ("이미지를 볼 수 없습니다.", REFUSED),
    ],
    "fr": [
        ("Réponse : {L}", PICK), ("La réponse est {L}.", PICK), ("La bonne réponse est {L}. {T}.", PICK), ("La réponse est {t}.", PICK), ("Option {L}", PICK), ("Je choisis {L}.", PICK),
        ("Je pense que c'est {L}.", PICK), ("{L} est correct.", PICK), ("{L}, car la position correspond.", PICK), ("La réponse est {L} car elle se trouve là.", PICK),
        ("Ce n'est pas {u} mais {t}.", PICK), ("La réponse n'est pas {M}. La réponse est {L}.", PICK), ("La réponse est {L}. L'option {M} ({u}) se trouve ailleurs.", PICK),
        ("L'image montre {t}.", PICK), ("C'est {t}.", PICK), ("Très probablement {L}.", PICK), ("Au début je pensais à {M}, mais la réponse finale est {L}.", PICK), ("Donc, {L}.", PICK),
        ("Ce doit être {L}", PICK), ("{L} convient le mieux.", PICK), ("{M} est faux. {L} est juste.", PICK), ("Ce ne peut pas être {M}, donc {L}.", PICK),
        ("La réponse est {L} ou {M}.", UNCLEAR), ("C'est soit {t}, soit {u}.", UNCLEAR), ("Ce n'est pas {t}.", UNCLEAR), ("{L} est faux.", UNCLEAR), ("L'image montre {t} et {u}.", UNCLEAR),
        ("La réponse est {L}. La réponse est {M}.", UNCLEAR), ("Je ne sais pas.", ABSTAINED), ("Je ne suis pas sûr.", ABSTAINED), ("Désolé, je ne peux pas vous aider.", REFUSED), ("Je ne peux pas voir l'image.", REFUSED),
    ],
    "de": [
        ("Antwort: {L}", PICK), ("Die Antwort ist {L}.", PICK), ("Die richtige Antwort ist {L}. {T}.", PICK), ("Die Antwort ist {t}.", PICK), ("Option {L}", PICK), ("Ich wähle {L}.", PICK),
        ("Ich denke, es ist {L}.", PICK), ("{L} ist richtig.", PICK), ("{L}, weil die Lage passt.", PICK), ("Die Antwort ist {L}, weil es dort liegt.", PICK),
        ("Es ist nicht {u}, sondern {t}.", PICK), ("Die Antwort ist nicht {M}. Die Antwort ist {L}.", PICK), ("Die Antwort ist {L}. Option {M} ({u}) liegt woanders.", PICK),
        ("Das Bild zeigt {t}.", PICK), ("Es ist {t}.", PICK), ("Höchstwahrscheinlich {L}.", PICK), ("Zuerst dachte ich an {M}, aber die endgültige Antwort ist {L}.", PICK), ("Also {L}.", PICK),
        ("Es muss {L} sein", PICK), ("{L} passt am besten.", PICK), ("{M} ist falsch. {L} ist richtig.", PICK), ("Es kann nicht {M} sein, also {L}.", PICK),
        ("Die Antwort ist {L} oder {M}.", UNCLEAR), ("Es ist entweder {t} oder {u}.", UNCLEAR), ("Es ist nicht {t}.", UNCLEAR), ("{L} ist falsch.", UNCLEAR), ("Das Bild zeigt {t} und {u}.", UNCLEAR),
        ("Die Antwort ist {L}. Die Antwort ist {M}.", UNCLEAR), ("Ich weiß es nicht.", ABSTAINED), ("Ich bin mir nicht sicher.", ABSTAINED), ("Tut mir leid, dabei kann ich nicht helfen.", REFUSED), ("Ich kann das Bild nicht sehen.", REFUSED),
    ],
    "es": [
        ("Respuesta: {L}", PICK), ("La respuesta es {L}.", PICK), ("La respuesta correcta es {L}. {T}.", PICK), ("La respuesta es {t}.", PICK), ("Opción {L}", PICK), ("Elijo {L}.", PICK),
        ("Creo que es {L}.", PICK), ("{L} es correcta.", PICK), ("{L}, porque la posición coincide.", PICK), ("La respuesta es {L} porque está allí.", PICK),
        ("No es {u}, sino {t}.", PICK), ("La respuesta no es {M}. La respuesta es {L}.", PICK), ("La respuesta es {L}. La opción {M} ({u}) está en otro lugar.", PICK),
        ("La imagen muestra {t}.", PICK), ("Es {t}.", PICK), ("Lo más probable es {L}.", PICK), ("Al principio pensé en {M}, pero la respuesta final es {L}.", PICK), ("Por lo tanto, {L}.", PICK),
        ("Debe ser {L}", PICK), ("{L} encaja mejor.", PICK), ("{M} es incorrecta. {L} es correcta.", PICK), ("No puede ser {M}, así que {L}.", PICK),
        ("La respuesta es {L} o {M}.", UNCLEAR), ("Es {t} o {u}.", UNCLEAR), ("No es {t}.", UNCLEAR), ("{L} es incorrecta.", UNCLEAR), ("La imagen muestra {t} y {u}.", UNCLEAR),
        ("La respuesta es {L}. La respuesta es {M}.", UNCLEAR), ("No lo sé.", ABSTAINED), ("No estoy seguro.", ABSTAINED), ("Lo siento, no puedo ayudar con eso.", REFUSED), ("No puedo ver la imagen.", REFUSED),
    ],
    "pt": [
        ("Resposta: {L}", PICK), ("A resposta é {L}.", PICK), ("A resposta correta é {L}. {T}.", PICK), ("A resposta é {t}.", PICK), ("Opção {L}", PICK), ("Escolho {L}.", PICK),
        ("Acho que é {L}.", PICK), ("{L} está correta.", PICK), ("{L}, porque a posição corresponde.", PICK), ("A resposta é {L} porque está ali.", PICK),
        ("Não é {u}, mas sim {t}.", PICK), ("A resposta não é {M}. A resposta é {L}.", PICK), ("A resposta é {L}. A opção {M} ({u}) fica em outro lugar.", PICK),
        ("A imagem mostra {t}.", PICK), ("É {t}.", PICK), ("O mais provável é {L}.", PICK), ("No início pensei em {M}, mas a resposta final é {L}.", PICK), ("Portanto, {L}.", PICK),
        ("Deve ser {L}", PICK), ("{L} se encaixa melhor.", PICK), ("{M} está errada. {L} está certa.", PICK), ("Não pode ser {M}, então {L}.", PICK),
        ("A resposta é {L} ou {M}.", UNCLEAR), ("É {t} ou {u}.", UNCLEAR), ("Não é {t}.", UNCLEAR), ("{L} está errada.", UNCLEAR), ("A imagem mostra {t} e {u}.", UNCLEAR),
        ("A resposta é {L}. A resposta é {M}.", UNCLEAR), ("Não sei.", ABSTAINED), ("Não tenho certeza.", ABSTAINED), ("Desculpe, não posso ajudar com isso.", REFUSED), ("Não consigo ver a imagem.", REFUSED),
    ],
    "ru": [
        ("Ответ: {L}", PICK), ("Ответ — {L}.", PICK), ("Правильный ответ: {L}. {T}.", PICK), ("Ответ: {t}.", PICK), ("Вариант {L}", PICK), ("Я выбираю {L}.", PICK),
        ("Я думаю, это {L}.", PICK), ("{L} — правильный ответ.", PICK), ("{L}, потому что положение соответствует.", PICK), ("Ответ {L}, потому что он находится там.", PICK),
        ("Это не {u}, а {t}.", PICK), ("Ответ не {M}. Ответ {L}.", PICK), ("Правильный ответ {L}. Вариант {M} ({u}) находится в другом месте.", PICK),
        ("На изображении показана {t}.", PICK), ("Это {t}.", PICK), ("Скорее всего, {L}.", PICK), ("Сначала я думал {M}, но окончательный ответ {L}.", PICK), ("Следовательно, {L}.", PICK),
        ("Должно быть, {L}", PICK), ("{L} подходит лучше всего.", PICK), ("{M} неверно. {L} верно.", PICK), ("Это не может быть {M}, поэтому {L}.", PICK),
        ("Ответ {L} или {M}.", UNCLEAR), ("Это {t} или {u}.", UNCLEAR), ("Это не {t}.", UNCLEAR), ("{L} неверно.", UNCLEAR), ("На изображении {t} и {u}.", UNCLEAR),
        ("Ответ: {L}. Ответ: {M}.", UNCLEAR), ("Я не знаю.", ABSTAINED), ("Я не уверен.", ABSTAINED), ("Извините, я не могу помочь.", REFUSED), ("Я не вижу изображения.", REFUSED),
    ],
    "ar": [
        ("الإجابة: {L}", PICK), ("الإجابة هي {L}.", PICK), ("الإجابة الصحيحة هي {L}. {T}.", PICK), ("الإجابة هي {t}.", PICK), ("الخيار {L}", PICK), ("أختار {L}.", PICK),
        ("أعتقد أنه {L}.", PICK), ("{L} صحيح.", PICK), ("{L}، لأن الموقع مطابق.", PICK), ("الإجابة هي {L} لأنه يقع هناك.", PICK),
        ("ليس {u} بل {t}.", PICK), ("الإجابة ليست {M}. الإجابة هي {L}.", PICK), ("الإجابة هي {L}. الخيار {M} ({u}) يقع في مكان آخر.", PICK),
        ("تظهر الصورة {t}.", PICK), ("هذا هو {t}.", PICK), ("على الأرجح {L}.", PICK), ("في البداية ظننت {M}، لكن الإجابة النهائية هي {L}.", PICK), ("لذلك، {L}.", PICK),
        ("يجب أن يكون {L}", PICK), ("{L} هو الأنسب.", PICK), ("{M} خطأ. {L} صحيح.", PICK), ("لا يمكن أن يكون {M}، إذن {L}.", PICK),
        ("الإجابة هي {L} أو {M}.", UNCLEAR), ("إما {t} أو {u}.", UNCLEAR), ("ليس {t}.", UNCLEAR), ("{L} خطأ.", UNCLEAR), ("تظهر الصورة {t} و {u}.", UNCLEAR),
        ("الإجابة هي {L}. الإجابة هي {M}.", UNCLEAR), ("لا أعرف.", ABSTAINED), ("لست متأكدا.", ABSTAINED), ("عذرا، لا أستطيع المساعدة.", REFUSED), ("لا أستطيع رؤية الصورة.", REFUSED),
    ],
    "hi": [
        ("उत्तर: {L}", PICK), ("उत्तर {L} है।", PICK), ("सही उत्तर {L}. {T} है।", PICK), ("उत्तर {t} है।", PICK), ("विकल्प {L}", PICK), ("मैं {L} चुनता हूँ।", PICK),
        ("मुझे लगता है कि यह {L} है।", PICK), ("{L} सही है।", PICK), ("{L}, क्योंकि स्थिति मेल खाती है।", PICK), ("उत्तर {L} है क्योंकि यह वहाँ है।", PICK),
        ("यह {u} नहीं बल्कि {t} है।", PICK), ("उत्तर {M} नहीं है। उत्तर {L} है।", PICK), ("उत्तर {L} है। विकल्प {M} ({u}) दूसरी ओर है।", PICK),
        ("चित्र में {t} दिखाया गया है।", PICK), ("यह {t} है।", PICK), ("सबसे अधिक संभावना {L} है।", PICK), ("पहले मुझे लगा {M}, लेकिन अंतिम उत्तर {L} है।", PICK), ("इसलिए, {L}।", PICK),
        ("यह {L} होना चाहिए", PICK), ("{L} सबसे उपयुक्त है।", PICK), ("{M} गलत है। {L} सही है।", PICK), ("यह {M} नहीं हो सकता, इसलिए {L}।", PICK),
        ("उत्तर {L} या {M} है।", UNCLEAR), ("यह {t} या {u} है।", UNCLEAR), ("यह {t} नहीं है।", UNCLEAR), ("{L} गलत है।", UNCLEAR), ("चित्र में {t} और {u} हैं।", UNCLEAR),
        ("उत्तर {L} है। उत्तर {M} है।", UNCLEAR), ("मुझे नहीं पता।", ABSTAINED), ("मैं निश्चित नहीं हूँ।", ABSTAINED), ("क्षमा करें, मैं मदद नहीं कर सकता।", REFUSED), ("मैं चित्र नहीं देख सकता।", REFUSED),
    ],
}  # fmt: skip
"""Templates of each language."""

SEVERAL: dict[str, list[tuple[str, str]]] = {
    "en": [("Answer: {L}, {M}", BOTH), ("The correct answers are {L} and {M}.", BOTH), ("{L} and {M} are correct.", BOTH), ("The image shows {t} and {u}.", BOTH), ("Only {L}.", PICK)],
    "zh": [("答案：{L}、{M}", BOTH), ("正确答案是{L}和{M}。", BOTH), ("{L}和{M}是正确的。", BOTH), ("图中有{t}和{u}。", BOTH)],
    "ja": [("答え：{L}、{M}", BOTH), ("正解は{L}と{M}です。", BOTH), ("{L}と{M}が正解です。", BOTH), ("画像には{t}と{u}が写っています。", BOTH)],
    "ko": [("정답: {L}, {M}", BOTH), ("정답은 {L}와 {M}입니다.", BOTH), ("{L}와 {M}가 정답입니다.", BOTH), ("이미지는 {t}과 {u}을 보여줍니다.", BOTH)],
    "fr": [("Réponse : {L}, {M}", BOTH), ("Les bonnes réponses sont {L} et {M}.", BOTH), ("{L} et {M} sont correctes.", BOTH), ("L'image montre {t} et {u}.", BOTH)],
    "de": [("Antwort: {L}, {M}", BOTH), ("Die richtigen Antworten sind {L} und {M}.", BOTH), ("{L} und {M} sind richtig.", BOTH), ("Das Bild zeigt {t} und {u}.", BOTH)],
    "es": [("Respuesta: {L}, {M}", BOTH), ("Las respuestas correctas son {L} y {M}.", BOTH), ("{L} y {M} son correctas.", BOTH), ("La imagen muestra {t} y {u}.", BOTH)],
    "pt": [("Resposta: {L}, {M}", BOTH), ("As respostas corretas são {L} e {M}.", BOTH), ("{L} e {M} estão corretas.", BOTH), ("A imagem mostra {t} e {u}.", BOTH)],
    "ru": [("Ответ: {L}, {M}", BOTH), ("Правильные ответы: {L} и {M}.", BOTH), ("{L} и {M} верны.", BOTH), ("На изображении {t} и {u}.", BOTH)],
    "ar": [("الإجابة: {L}، {M}", BOTH), ("الإجابات الصحيحة هي {L} و {M}.", BOTH), ("{L} و {M} صحيحة.", BOTH), ("تظهر الصورة {t} و {u}.", BOTH)],
    "hi": [("उत्तर: {L}, {M}", BOTH), ("सही उत्तर {L} और {M} हैं।", BOTH), ("{L} और {M} सही हैं।", BOTH), ("चित्र में {t} और {u} हैं।", BOTH)],
}  # fmt: skip
"""Templates for questions with several right options."""
EVERYWHERE_SEVERAL = [("{L},{M}", BOTH), ("{L} {M}", BOTH), ("{L}; {M}", BOTH), ("({L}), ({M})", BOTH),
                      ("{L}. {T}\n{M}. {U}", BOTH), ('{{"answer": ["{L}", "{M}"]}}', BOTH), ("{T}, {U}", BOTH),
                      ("\\boxed{{{L}, {M}}}", BOTH), ("{L}", PICK), ("{T}", PICK)]  # fmt: skip
"""Templates for them that need no language."""


def written() -> list[tuple[str, str, str, bool]]:
    """Return every template: language, template, reading, and whether several may be right."""
    rows = []
    for language in LANGUAGES:
        rows += [(language, t, want, False) for t, want in (*EVERYWHERE, *WAYS[language])]
        rows += [(language, t, want, True) for t, want in (*EVERYWHERE_SEVERAL, *SEVERAL[language])]
    return rows


def filled(
    language: str, template: str, first: int, second: int, turn: int
) -> tuple[str, tuple[str, ...]]:
    """Return a reply about two options, and the options, rotated by `turn`."""
    words = LANGUAGES[language]
    order = [(i + turn) % len(words.options) for i in range(len(words.options))]
    options = tuple(words.options[i] for i in order)
    spoken = [words.spoken[i] for i in order]
    reply = template.format(L="ABCD"[first], M="ABCD"[second], T=options[first], U=options[second],
                            t=spoken[first], u=spoken[second])  # fmt: skip
    return reply, options
