"""A vision-language model in this process, asked as an endpoint is, several questions at a time.

Words come greedily: at each place the likeliest token, with no chance in it. A batch is padded at its
beginning, so that what a question is answered does not hang on what is asked beside it but for the
last bits of sums. A batch that does not fit into memory is halved, and stays so.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from benchsmith.documents.problems import DocumentError, Problem, did_you_mean
from benchsmith.models.endpoint import EndpointLost, Message, Question, Reply
from benchsmith.models.local import device
from benchsmith.models.local.checkpoint import Checkpoint
from benchsmith.models.local.device import Machine

LOST_AFTER = 3
"""So many questions that have no answer for themselves, one after the other, end the run."""
OWN = ("temperature", "max_tokens", "repetition_penalty", "num_beams", "chat_template_kwargs",
       "mm_processor_kwargs")  # fmt: skip
"""Settings that there are; they are called what vLLM calls them."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a model answers."""

    max_tokens: int
    generation: Mapping[str, Any] = field(default_factory=dict)
    """What is passed to `generate` beside that."""
    template: Mapping[str, Any] = field(default_factory=dict)
    """What is passed to the chat template."""
    processor: Mapping[str, Any] = field(default_factory=dict)
    """What is passed to the processor as it is loaded, such as `max_pixels`."""


def manner(settings: Mapping[str, Any]) -> Manner:
    """Return settings as they are meant here. Raises DocumentError with everything that is wrong.

    >>> manner({"temperature": 0, "max_tokens": 8, "num_beams": 2}).generation
    {'num_beams': 2}
    """
    problems = []
    for name in settings:
        if name not in OWN:
            hint = did_you_mean(name, OWN) or f"there are {', '.join(OWN)}"
            problems.append(Problem.without_place(f"{name} is no setting of a local model", hint))
    if settings.get("temperature", 0) != 0:
        what = "a local model answers greedily: there is no temperature but 0"
        problems.append(Problem.without_place(what, "ask an endpoint, or leave it out"))
    most = settings.get("max_tokens", 1024)
    if not isinstance(most, int) or isinstance(most, bool) or most < 1:
        problems.append(Problem.without_place(f"max_tokens is {most!r}", "a number from 1 on"))
    for name in ("chat_template_kwargs", "mm_processor_kwargs"):
        if not isinstance(settings.get(name, {}), dict):
            what = f"{name} is {settings[name]!r}"
            problems.append(Problem.without_place(what, 'write {"KEY": VALUE}'))
    if problems:
        raise DocumentError(problems)
    passed = ("repetition_penalty", "num_beams")
    return Manner(
        max_tokens=most,
        generation={name: settings[name] for name in passed if name in settings},
        template=settings.get("chat_template_kwargs", {}),
        processor=settings.get("mm_processor_kwargs", {}),
    )


class _Loaded(NamedTuple):
    model: Any
    processor: Any
    config: Any
    """How it generates."""
    ends: frozenset[int]
    """Tokens that end a reply."""
    reads: int | None
    """Tokens that fit into it, question and reply together."""


class Chat:
    """A model that is loaded when the first question is put."""

    def __init__(
        self, checkpoint: Checkpoint, machine: Machine, manner: Manner, batch: int
    ) -> None:
        self._checkpoint = checkpoint
        self._machine = machine
        self._manner = manner
        self._batch = batch
        self._model: _Loaded | None = None
        self._faults = 0

    def replies(self, questions: Iterable[Question[T]]) -> Iterator[tuple[T, Reply]]:
        """Answer a batch after the other; every question gets a reply, or one with a fault.

        Raises DocumentError for a model that cannot be loaded or takes no pictures, and EndpointLost
        where it does not fit into memory or nothing can be asked of it.
        """
        queue = iter(questions)
        with device.quiet():
            while batch := list(islice(queue, self._batch)):
                if self._model is None:
                    self._model = device.loaded(self._checkpoint.name, self._load)
                yield from self._answered(batch)

    def _answered(self, batch: Sequence[Question[T]]) -> Iterator[tuple[T, Reply]]:
        """Answer a batch; one that cannot be is halved, down to the question that is at fault."""
        start = time.monotonic()
        try:
            said = self._said([question.messages for question in batch])
        except (ValueError, RuntimeError, LookupError, TypeError, OSError, MemoryError) as error:
            full = device.is_full(error)
            why = f"out of memory; {device.SMALLER}" if full else device.line(error)
        else:
            self._faults = 0
            seconds = round(time.monotonic() - start, 3)
            for question, reply in zip(batch, said, strict=True):
                yield question.about, reply._replace(seconds=seconds)
            return
        if full:  # out of the block above, which holds on to what fills the memory
            assert self._model is not None
            device.free(self._model.model.device)
            self._batch = max(1, min(self._batch, len(batch) // 2))
        if len(batch) > 1:
            half = len(batch) // 2
            yield from self._answered(batch[:half])
            yield from self._answered(batch[half:])
            return
        self._faults += 1
        yield batch[0].about, Reply("", fault=why)
        if self._faults >= LOST_AFTER:
            raise EndpointLost(f"{self._checkpoint.name}: {self._faults} questions in a row: {why}")

    def _said(self, conversations: Sequence[Sequence[Message]]) -> list[Reply]:
        """Return the replies to a batch."""
        import torch

        assert self._model is not None
        model, processor, config, ends, reads = self._model
        inputs = processor.apply_chat_template(
            [_plain(messages) for messages in conversations],
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            processor_kwargs={"padding": True},
            **self._manner.template,
        ).to(model.device, dtype=model.dtype)
        asked = inputs["attention_mask"].sum(dim=1).tolist()
        width = inputs["input_ids"].shape[1]
        most = self._manner.max_tokens
        if reads is not None:
            if width >= reads:
                raise ValueError(f"{width} tokens, of which the model reads {reads}")
            if width + most > reads and len(conversations) > 1:  # each has its own room alone
                return [self._said([one])[0] for one in conversations]
            most = min(most, reads - width)
        with torch.inference_mode():
            out = model.generate(**inputs, generation_config=config, max_new_tokens=most)
        replies = []
        for tokens, count in zip(out[:, width:].tolist(), asked, strict=True):
            end = next((i for i, token in enumerate(tokens) if token in ends), None)
            told = len(tokens) if end is None else end + 1
            text = processor.tokenizer.decode(tokens[:told], skip_special_tokens=True)
            finish = "length" if end is None and told >= most else "stop"
            replies.append(Reply(text, finish, int(count), told))
        return replies

    def _load(self) -> _Loaded:
        """Load the model. Raises DocumentError where it takes no pictures, or is not whole."""
        from transformers import AutoConfig, AutoModelForImageTextToText, AutoProcessor

        at, words = self._checkpoint, self._checkpoint.words()
        place = self._machine.place()
        config = AutoConfig.from_pretrained(at.source, **words)
        if not _takes_pictures(config):
            kind = getattr(config, "model_type", "") or "unnamed"
            what = f"{at.name} is of the kind {kind}, which does not answer about pictures"
            hint = "take a vision-language model (image-text-to-text on the Hub)"
            raise DocumentError([Problem.without_place(what, hint)])
        try:
            processor = AutoProcessor.from_pretrained(at.source, **words, **self._manner.processor)
        except OSError:
            processor = None
        if getattr(processor, "image_processor", None) is None:
            hint = "are the files of its processor and its tokenizer there? fetch it again"
            what = f"{at.name} does not say how pictures and words are given to it"
            raise DocumentError([Problem.without_place(what, hint)])
        if not (getattr(processor, "chat_template", None) or processor.tokenizer.chat_template):
            what = f"{at.name} has no chat template: it is not made to be asked"
            raise DocumentError([Problem.without_place(what, "take one that is tuned to a chat")])
        model, info = AutoModelForImageTextToText.from_pretrained(
            at.source, **words, dtype=self._machine.numbers(), output_loading_info=True
        )
        if lost := sorted(info["missing_keys"]):
            what = f"{at.name} lacks {len(lost)} of its weights, such as {lost[0]}"
            raise DocumentError([Problem.without_place(what, "it would answer by chance")])
        processor.tokenizer.padding_side = "left"
        if processor.tokenizer.pad_token is None:
            processor.tokenizer.pad_token = processor.tokenizer.eos_token
        model = model.to(place).eval()
        greedy = _greedy(model, processor.tokenizer, self._manner.generation)
        ends = greedy.eos_token_id
        ends = ends if isinstance(ends, list) else [] if ends is None else [ends]
        reads = getattr(config.get_text_config(), "max_position_embeddings", None)
        return _Loaded(model, processor, greedy, frozenset(ends), reads)


def _greedy(model: Any, tokenizer: Any, more: Mapping[str, Any]) -> Any:
    """Return how the model generates, without any chance."""
    config = deepcopy(model.generation_config)
    config.update(do_sample=False, temperature=None, top_p=None, top_k=None, min_p=None,
                  typical_p=None, max_length=None, num_return_sequences=1, num_beams=1)  # fmt: skip
    if config.eos_token_id is None:
        config.eos_token_id = tokenizer.eos_token_id
    if config.pad_token_id is None:
        config.pad_token_id = tokenizer.pad_token_id
    config.update(**more)
    return config


def _takes_pictures(config: Any) -> bool:
    from transformers import MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING

    own = getattr(config, "auto_map", None) or {}
    return (
        "AutoModelForImageTextToText" in own or type(config) in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING
    )


def _plain(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Return chat messages as processors take them, their data URLs as pictures.

    Raises OSError for a picture that cannot be read.
    """
    import PIL.Image

    found: list[dict[str, Any]] = []
    for message in messages:
        content: Any = message["content"]
        if isinstance(content, str):
            content = [{"type": "text", "text": content}]
        parts: list[dict[str, Any]] = []
        for part in content:
            if part["type"] == "image_url":
                data = base64.b64decode(part["image_url"]["url"].partition("base64,")[2])
                with PIL.Image.open(BytesIO(data)) as opened:
                    parts.append({"type": "image", "image": opened.convert("RGB")})
            else:
                parts.append({"type": "text", "text": part["text"]})
        found.append({"role": message["role"], "content": parts})
    return found
