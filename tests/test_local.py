"""Models of this machine answer as transformers does alone, and as safely as an endpoint."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from benchsmith.documents.problems import DocumentError
from benchsmith.models.contract import LocalModelError, Question, Reply
from benchsmith.models.local import device
from benchsmith.models.local.chat import Chat
from benchsmith.models.local.device import Machine
from benchsmith.replies.reader import extract
from tests import tiny
from tests.local_models import chat, messages, questions, said, wild, with_torch

__all__ = ["wild"]


def alone(folder: Path, asked: Sequence[Question[int]], **how: Any) -> dict[int, Reply]:
    """Answer by transformers, one after the other, as its documents show it."""
    import base64

    import PIL.Image
    import torch
    from transformers import AutoModelForImageTextToText, AutoProcessor

    processor = AutoProcessor.from_pretrained(folder)
    model = AutoModelForImageTextToText.from_pretrained(folder)
    replies = {}
    for question in asked:
        text, pictures = "", []
        for message in question.messages:
            content = message["content"]
            text += f"{message['role']}: "
            for part in [{"text": content}] if isinstance(content, str) else content:
                if "image_url" in part:
                    data = base64.b64decode(part["image_url"]["url"].partition(",")[2])
                    pictures.append(PIL.Image.open(BytesIO(data)))
                    text += "<image>"
                else:
                    text += part["text"]
            text += "\n"
        inputs = processor(text=f"{text}assistant:", images=pictures or None, return_tensors="pt")
        with torch.inference_mode():
            out = model.generate(**inputs, do_sample=False, max_new_tokens=12, **how)
        new = out[0, inputs["input_ids"].shape[1] :].tolist()
        told = new.index(2) + 1 if 2 in new else len(new)
        replies[question.about] = Reply(
            processor.tokenizer.decode(new[:told], skip_special_tokens=True),
            "stop" if 2 in new else "length",
            inputs["input_ids"].shape[1],
            told,
        )
    return replies


@with_torch
def test_it_answers_as_transformers_does_alone_whatever_the_batch(
    wild: Path, tmp_path: Path
) -> None:
    """Questions of one batch have other lengths, so that a batch is padded."""
    asked = questions(15)
    expected = alone(wild, asked)
    assert len({reply.text for reply in expected.values()}) > 3
    for batch in (1, 4, 15):
        assert said(chat(wild, tmp_path, batch=batch), asked) == expected
    beams = alone(wild, asked[:4], num_beams=3)
    assert said(chat(wild, tmp_path, num_beams=3), asked[:4]) == beams
    penalty = alone(wild, asked[:4], repetition_penalty=1.8)
    assert said(chat(wild, tmp_path, repetition_penalty=1.8), asked[:4]) == penalty
    assert len({str(expected[0]), str(beams[0]), str(penalty[0])}) > 1


@with_torch
def test_a_model_that_is_made_to_draw_its_words_does_not(wild: Path, tmp_path: Path) -> None:
    drawing = shutil.copytree(wild, tmp_path / "drawing")
    own = json.loads((drawing / "generation_config.json").read_text())
    own |= {"do_sample": True, "temperature": 5.0, "top_p": 0.9, "top_k": 40}
    (drawing / "generation_config.json").write_text(json.dumps(own))
    asked = questions(6)
    assert said(chat(drawing, tmp_path), asked) == said(chat(wild, tmp_path), asked)


@with_torch
def test_a_reply_that_begins_inside_a_thought_says_so(wild: Path, tmp_path: Path) -> None:
    """Its template opens the thought in the prompt; what never closes it is no answer."""
    thinking = shutil.copytree(wild, tmp_path / "thinking")
    template = thinking / "chat_template.jinja"
    template.write_text(template.read_text() + "<think>\n")
    found = said(chat(thinking, tmp_path), questions(3))
    assert all(reply.text.startswith("<think>") for reply in found.values())
    assert all(extract(reply.text, ["red", "blue"]).how == "cut" for reply in found.values())
    assert not any(
        r.text.startswith("<think>") for r in said(chat(wild, tmp_path), questions(3)).values()
    )


@with_torch
def test_without_a_picture_and_in_other_numbers(wild: Path, tmp_path: Path) -> None:
    blind = [Question(0, "0", messages("what is it?"))]
    assert said(chat(wild, tmp_path), blind) == alone(wild, blind)
    half = said(chat(wild, tmp_path, on=Machine("cpu", "bfloat16")), questions(2))
    assert all(reply.output_tokens and not reply.fault for reply in half.values())


@with_torch
def test_a_question_that_cannot_be_asked_is_that_question_s_fault(
    wild: Path, tmp_path: Path
) -> None:
    """A question that is too long, or a broken picture, is a fault; the others of the batch are answered."""
    asked = questions(8)
    asked[2] = Question(2, "2", messages("so long " * 900, tiny.picture("red", "2")))
    asked[5] = Question(5, "5", messages("what?", b"\x89PNG no picture"))
    replies = said(chat(wild, tmp_path), asked)
    expected = said(chat(wild, tmp_path), questions(8))
    assert re.search(r"\d+ tokens, of which the model reads 512", replies[2].fault)
    assert "cannot identify image file" in replies[5].fault
    rest = {i: reply for i, reply in replies.items() if i not in (2, 5)}
    assert rest == {i: reply for i, reply in expected.items() if i not in (2, 5)}


@with_torch
def test_near_its_end_a_question_has_the_room_that_it_has_alone(wild: Path, tmp_path: Path) -> None:
    near = [
        Question(i, str(i), messages("x" * n, tiny.picture("red", "2")))
        for i, n in enumerate((470, 3))
    ]
    together = said(chat(wild, tmp_path, batch=2), near)
    assert together == {
        **said(chat(wild, tmp_path), near[:1]),
        **said(chat(wild, tmp_path), near[1:]),
    }
    assert together[0].input_tokens + together[0].output_tokens <= 512


def hungry(model: Chat, most: int) -> list[int]:
    """Have a model ask for more memory than there is, for batches of more than `most`.

    Returns the batches that it is asked, as they come.
    """
    import torch

    loaded = model._load()  # noqa: SLF001
    model._model = loaded  # noqa: SLF001
    seen: list[int] = []

    def hook(module: Any, words: Any, named: Any) -> None:
        size = named["input_ids"].shape[0]
        seen.append(size)
        if size > most:
            torch.empty(1 << 55)

    loaded.model.register_forward_pre_hook(hook, with_kwargs=True)
    return seen


@with_torch
def test_a_batch_that_does_not_fit_is_halved_and_stays_so(wild: Path, tmp_path: Path) -> None:
    asked = questions(20)
    model = chat(wild, tmp_path, batch=10)
    seen = hungry(model, 3)
    assert said(model, asked) == said(chat(wild, tmp_path), asked)
    assert [size for size in seen if size > 3] == [10, 5, 5]


@with_torch
def test_a_model_for_which_there_is_no_memory_at_all_is_given_up(
    wild: Path, tmp_path: Path
) -> None:
    model = chat(wild, tmp_path, batch=8)
    hungry(model, 0)
    replies = []
    with pytest.raises(LocalModelError, match="out of memory; use --dtype bfloat16"):
        replies.extend(model.replies(questions(8)))
    assert len(replies) == 3 and all(reply.fault for _, reply in replies)


def test_lack_of_memory_is_distinguished_from_other_faults() -> None:
    assert device.is_full(MemoryError()) and device.is_full(RuntimeError("CUDA out of memory."))
    assert not device.is_full(ValueError("out of memory"))
    assert not device.is_full(RuntimeError("shape mismatch"))
    if find_spec("torch"):
        import torch

        with pytest.raises(RuntimeError) as full:
            torch.empty(1 << 55)
        assert device.is_full(full.value)
        with pytest.raises(DocumentError, match="there is no device 'cuda:99'; available: cpu"):
            Machine("cuda:99").torch_device()
