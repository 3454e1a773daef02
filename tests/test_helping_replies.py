"""A "yes" or "no" that answers the request to help, or to look at a picture, is no answer to the question."""

from __future__ import annotations

import pytest

from benchsmith.replies.reader import extract
from tests import reader_table

OPTIONS = ("yes", "no")
LETTERED = ("no", "yes", "maybe")

TO_THE_REQUEST = """
Yes, I can help with that. Please upload the image.
Yes, of course! Please provide the image you would like me to look at.
Yes, sir. Please upload the picture.
Yes, I can. However, no image was attached.
Yes, I can do that.
Yes, I understand the question.
Yes, I'd be happy to help! Could you share the image?
Yes, sure. Send me the scan.
Yes! Which image do you mean?
No image was attached. Yes?
No, I can't view images.
No, I can't.
No. I cannot view images.
No, sorry, I am unable to see pictures.
No, I don't have access to the image.
No, I do not see any image.
No, there is no image attached.
No, the image is missing.
No, as an AI language model I can't diagnose.
No, I'm sorry, but I can't help with that.
No, please consult a doctor.
No picture came through.
是的，请上传图片。
是的，我可以帮你。请提供图片。
不，我无法查看图片。
没有图片
否，我看不到图片。
はい、画像を送ってください。
はい、もちろんです。画像をアップロードしてください。
いいえ、画像が見えません。
いいえ、画像を見ることができません。
네, 이미지를 업로드해 주세요.
아니요, 이미지를 볼 수 없습니다.
Oui, bien sûr. Envoyez l'image.
Oui, je peux vous aider. Veuillez télécharger l'image.
Non, je ne peux pas voir d'images.
Non, je ne vois pas d'image.
Да, конечно. Пришлите снимок.
Да, я могу помочь. Загрузите изображение.
Нет, я не могу просматривать изображения.
Ja, gerne. Bitte laden Sie das Bild hoch.
Ja, ich kann helfen. Bitte senden Sie mir das Bild.
Nein, ich kann keine Bilder sehen.
Nein, es wurde kein Bild angehängt.
Sí, claro. Por favor, envíe la imagen.
Sí, puedo ayudarte con eso.
No, no puedo ver imágenes.
No, no veo ninguna imagen.
Sim, claro. Envie a imagem, por favor.
Não, não consigo ver imagens.
نعم، بالطبع. يرجى إرسال الصورة.
لا، لا أستطيع رؤية الصور.
हाँ, ज़रूर। कृपया चित्र अपलोड करें।
नहीं, मैं चित्र नहीं देख सकता।
A. yes - I can help. Please upload the image.
Answer: Yes, I can help you. Please upload the picture
Yes, I'm ready. Please share the picture with me.
Yes - but I need the image first. Can you attach it?
Yes, but the image did not load.
No, the picture you mentioned has not been attached.
No, it seems that no image was uploaded.
No. I'm a text-only model and cannot see images.
No, I am not able to open the attached file.
No, I can only process text.
Yes, I can analyze images. Please upload one.
Yes, I can help you determine that. Please describe the image.
Sure! Yes, I can look at it. Please send me the CT scan.
Non, aucune image n'est jointe.
Oui, avec plaisir. Quelle image voulez-vous dire?
Nein, leider kann ich das Bild nicht öffnen.
Ja, natürlich. Welches Bild meinen Sie?
Sí, con gusto. Comparta la radiografía, por favor.
No, la imagen no se ha adjuntado.
Sim, posso ajudar. Por favor, envie o exame.
Да, пожалуйста, загрузите изображение.
Нет, изображение не прикреплено.
是，请把图片发给我。
不是，我没有看到任何图片。
いいえ、画像が添付されていません。
예, 사진을 보내주시면 확인해 드리겠습니다.
아니요, 첨부된 이미지가 없습니다.
نعم، أرسل الصورة من فضلك.
हाँ, मैं मदद कर सकता हूँ।
""".strip().splitlines()
"""Replies that offer help, ask for a picture, or say that there is none."""

TO_THE_QUESTION = [
    ("Yes, I can see a lesion.", "yes"),
    ("Yes, there is a lesion.", "yes"),
    ("Yes.", "yes"),
    ("Yes, I can clearly see the nodule in the image.", "yes"),
    ("Yes, the image shows a lesion. Please consult a doctor.", "yes"),
    ("Yes, as indicated by the arrow.", "yes"),
    ("No, I can't see a lesion.", "no"),
    ("No, I cannot see any lesion in this image.", "no"),
    ("No, I don't see the lesion in the image.", "no"),
    ("No, there is no lesion.", "no"),
    ("No, the lesion is not visible in the image.", "no"),
    ("No, the image does not show a lesion.", "no"),
    ("No. The image is normal.", "no"),
    ("Yes, please note that the lesion is small.", "yes"),
    ("No, I do not see evidence of a fracture in the image.", "no"),
    ("No, I can't identify any nodules.", "no"),
    ("No, unfortunately there is no sign of it.", "no"),
    ("是的，图片中有病变。", "yes"),
    ("否，我看不到病变。", "no"),
    ("はい、病変が見えます。", "yes"),
    ("いいえ、病変は見えません。", "no"),
    ("Oui, l'image montre une lésion.", "yes"),
    ("Non, je ne vois pas de lésion.", "no"),
    ("Ja, ich kann eine Läsion sehen.", "yes"),
    ("Nein, ich kann keine Läsion sehen.", "no"),
    ("Sí, puedo ver una lesión.", "yes"),
    ("No, no veo ninguna lesión en la imagen.", "no"),
    ("Да, на снимке виден узел.", "yes"),
    ("Нет, я не вижу узла на снимке.", "no"),
    ("Sim, vejo uma lesão na imagem.", "yes"),
    ("Não, não vejo lesão na imagem.", "no"),
    ("نعم، توجد آفة.", "yes"),
    ("아니요, 병변이 보이지 않습니다.", "no"),
    ("네, 병변이 보입니다.", "yes"),
    ("Yes. I can help explain: the bright spot is a lesion.", "yes"),
    ("Yes, this is a picture of a lesion.", "yes"),
    ("Yes, it is present.", "yes"),
    ("No, it is not present.", "no"),
    ("Yes, the picture shows it.", "yes"),
    ("Yes, no image artifacts are present.", "yes"),
    ("No, the images do not show a fracture.", "no"),
    ("Yes: the x-ray provided shows a fracture.", "yes"),
    ("No, no abnormality can be seen on this image.", "no"),
    ("No. In this image I cannot see the spleen, but the liver is visible.", "no"),
    ("Yes, you can see the liver in the upper left of the image.", "yes"),
    ("Yes, as you can see, the arrow points to it.", "yes"),
    ("No, I could not find the gallbladder in the scan.", "no"),
    ("Yes, the scan provides a clear view.", "yes"),
    ("No, you would need another image to show it.", "no"),
    ("Oui, on voit la lésion sur l'image.", "yes"),
    ("Non, l'image ne montre pas de lésion.", "no"),
    ("Nein, auf dem Bild ist keine Läsion zu sehen.", "no"),
    ("Nein, die Läsion ist auf dem Bild nicht zu sehen.", "no"),
    ("Nein, das Bild zeigt keine Läsion.", "no"),
    ("No, la imagen no muestra ninguna lesión.", "no"),
    ("No, no hay lesión en la imagen.", "no"),
    ("Não, a imagem não mostra lesão.", "no"),
    ("Нет, на изображении не видно узла.", "no"),
    ("Нет, изображение не показывает узла.", "no"),
    ("是的，从图片上可以看到病变。", "yes"),
    ("いいえ、画像に病変はありません。", "no"),
    ("いいえ、この画像では腎臓は見えません。", "no"),
    ("아니요, 이미지에서 병변을 볼 수 없습니다.", "no"),
    ("아니요, 영상에는 병변이 없습니다.", "no"),
    ("لا، لا أرى آفة في الصورة.", "no"),
    ("नहीं, चित्र में घाव नहीं है।", "no"),
    ("नहीं, चित्र में घाव नहीं देखा जा सकता।", "no"),
    ("No, I can't find any images of a nodule here.", "no"),
    ("No, I don't see it in the image provided.", "no"),
    ("No, the lesion can't be seen in the picture.", "no"),
]
"""Replies that answer, though they speak of pictures, of help or of what cannot be seen."""


@pytest.mark.parametrize("reply", TO_THE_REQUEST)
def test_what_answers_the_request_picks_nothing(reply: str) -> None:
    for options in (OPTIONS, LETTERED):
        found = extract(reply, options)
        assert found.picked == ()


@pytest.mark.parametrize(("reply", "want"), TO_THE_QUESTION)
def test_what_answers_the_question_is_read(reply: str, want: str) -> None:
    for options in (OPTIONS, LETTERED):
        found = extract(reply, options)
        assert [options[i] for i in found.picked] == [want]


def test_the_exported_reader_reads_them_alike() -> None:
    exported = reader_table.exported()
    for reply in [*TO_THE_REQUEST, *(reply for reply, _ in TO_THE_QUESTION)]:
        assert exported(reply, OPTIONS) == extract(reply, OPTIONS), reply


def test_it_counts_as_refused() -> None:
    assert extract("Yes, I can help. Please upload the image.", OPTIONS).how == "refused"
    assert extract("No, I can't view images.", OPTIONS).how == "refused"


def test_other_options_are_read_as_before() -> None:
    options = ("liver", "spleen")
    assert extract("B. No image was attached, so this is a guess.", options).picked == (1,)
    assert extract("\\boxed{yes}", OPTIONS).picked == (0,)
