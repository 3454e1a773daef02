"""Tiny models for tests, made of nothing: none is downloaded. Needs torch and transformers.

A vision-language model that is trained for seconds until it tells four colours apart, and encoders
with weights as they are before any training.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith.core.random_order import rank

COLOURS = {
    "red": (210, 40, 40),
    "green": (40, 190, 50),
    "blue": (40, 50, 220),
    "grey": (128, 128, 128),
}
SIDE = 28
QUESTION = "Which colour is it?"
PROMPT = """one: "<question>\\n<options>\\n"
several: "<question>\\n<options>\\nall of them\\n"
option: "<letter>. <text>"
"""
TEMPLATE = (
    "{% for m in messages %}{{ m['role'] }}: {% for c in m['content'] %}"
    "{% if c['type'] == 'image' %}<image>{% else %}{{ c['text'] }}{% endif %}{% endfor %}{{ '\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}"
)
SHAPE = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
}


def picture(colour: str, name: str) -> bytes:
    """Return a PNG of one colour under noise; another for each name."""
    noise = np.array([rank(5, name, str(i)) / 2**64 - 0.5 for i in range(SIDE * SIDE)])
    values = np.array(COLOURS[colour]) + 60 * noise.reshape(SIDE, SIDE, 1)
    buffer = BytesIO()
    PIL.Image.fromarray(values.clip(0, 255).astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def release(folder: Path, count: int = 24, val: int = 16) -> Path:
    """Write a release that asks for the colours: so many cases of test and of val."""
    (folder / "data").mkdir(parents=True)
    (folder / "manifest.json").write_text('{"benchmark": "colours"}')
    (folder / "prompt.yaml").write_text(PROMPT)
    names = list(COLOURS)
    for split, some in (("test", count), ("val", val)):
        rows = []
        for i in range(some):
            colour = names[rank(1, split, str(i)) % len(names)] if i >= len(names) else names[i]
            png = picture(colour, f"{split}{i}")
            rows.append(
                {"id": f"{split}{i:04}", "image": {"bytes": png, "path": None}, "question": QUESTION,
                 "options": names, "answer": "ABCD"[names.index(colour)], "label": colour,
                 "task": "Colours", "department": "Paint", "modality": "Photograph",
                 "granularity": "image", "split": split, "group": f"{split}{i}"}
            )  # fmt: skip
        pq.write_table(
            pa.Table.from_pylist(rows), folder / f"data/{split}.parquet", row_group_size=7
        )
    return folder


def tokenizer() -> Any:
    """Return a tokenizer of bytes and the words of the prompt."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.train_from_iterator(
        [f"user: {QUESTION}\nassistant: a picture of {' '.join(COLOURS)}"],
        trainers.BpeTrainer(
            vocab_size=330,
            show_progress=False,
            special_tokens=["<pad>", "<s>", "</s>", "<image>"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        ),
    )
    ends = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 2)])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token="<s>", eos_token="</s>", pad_token="<pad>",
        extra_special_tokens={"image_token": "<image>"}, model_max_length=2048,
    )  # fmt: skip
    fast.texts_end = ends
    return fast


def vlm(folder: Path, *, steps: int = 0) -> Path:
    """Write a LLaVA; after some 300 steps it is right about the colours."""
    import torch
    from transformers import (
        CLIPImageProcessor,
        CLIPVisionConfig,
        LlamaConfig,
        LlavaConfig,
        LlavaForConditionalGeneration,
        LlavaProcessor,
    )

    torch.set_num_threads(1)  # more than one get into each other's way on so small a model
    torch.manual_seed(0)
    words = tokenizer()
    model = LlavaForConditionalGeneration(
        LlavaConfig(
            vision_config=CLIPVisionConfig(image_size=SIDE, patch_size=14, projection_dim=16, **SHAPE),
            text_config=LlamaConfig(
                vocab_size=len(words), num_key_value_heads=2, max_position_embeddings=512,
                pad_token_id=0, bos_token_id=1, eos_token_id=2, **SHAPE,
            ),
            image_token_id=3, vision_feature_layer=-1, image_seq_length=4,
        )
    )  # fmt: skip
    model.generation_config.eos_token_id, model.generation_config.pad_token_id = 2, 0
    processor = LlavaProcessor(
        image_processor=CLIPImageProcessor(
            size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}
        ),
        tokenizer=words, patch_size=14, vision_feature_select_strategy="default",
        chat_template=TEMPLATE, image_token="<image>", num_additional_image_tokens=1,
    )  # fmt: skip
    if steps:
        _train(model, processor, steps)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def _train(model: Any, processor: Any, steps: int) -> None:
    import torch

    names = list(COLOURS)
    options = "\n".join(f"{letter}. {name}" for letter, name in zip("ABCD", names, strict=True))
    content = [{"type": "image"}, {"type": "text", "text": f"{QUESTION}\n{options}"}]
    stem = processor.apply_chat_template(
        [{"role": "user", "content": content}], add_generation_prompt=True
    )
    pictures = {
        name: [PIL.Image.open(BytesIO(picture(name, f"train{i}"))) for i in range(8)]
        for name in names
    }
    adam = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for step in range(steps):
        asked = [names[rank(2, str(step), str(i)) % len(names)] for i in range(12)]
        inputs = processor(
            images=[pictures[name][rank(3, str(step), str(i)) % 8] for i, name in enumerate(asked)],
            text=[f"{stem}{'ABCD'[names.index(name)]}</s>" for name in asked],
            return_tensors="pt",
        )
        labels = inputs["input_ids"].clone()
        labels[:, :-2] = -100
        loss = model(**inputs, labels=labels).loss
        loss.backward()
        adam.step()
        adam.zero_grad()
        if loss.item() < 0.01:
            return


def clip(folder: Path) -> Path:
    """Write a CLIP."""
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel

    words = tokenizer()
    words.backend_tokenizer.post_processor = words.texts_end
    words.model_max_length = 16
    return _write(
        folder,
        lambda: CLIPModel(
            CLIPConfig(
                text_config={"vocab_size": len(words), "max_position_embeddings": 16,
                             "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0, **SHAPE},
                vision_config={"image_size": SIDE, "patch_size": 14, **SHAPE},
                projection_dim=24,
            )
        ),
        CLIPImageProcessor(size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}),
        words,
    )  # fmt: skip


def vit(folder: Path, *, pooler: bool) -> Path:
    """Write a ViT, with or without the pooler that classifiers are saved without."""
    from transformers import ViTConfig, ViTImageProcessor, ViTModel

    shape = ViTConfig(image_size=SIDE, patch_size=14, **SHAPE)
    pixels = ViTImageProcessor(size={"height": SIDE, "width": SIDE})
    return _write(folder, lambda: ViTModel(shape, add_pooling_layer=pooler), pixels)


def bert(folder: Path) -> Path:
    """Write a model of texts alone."""
    from transformers import BertConfig, BertModel

    return _write(folder, lambda: BertModel(BertConfig(vocab_size=64, **SHAPE)))


def _write(folder: Path, make: Any, *parts: Any) -> Path:
    import torch

    torch.manual_seed(0)
    make().save_pretrained(folder)
    for part in parts:
        part.save_pretrained(folder)
    return folder
