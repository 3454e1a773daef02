"""A vision-language model in this process, asked like an endpoint, in batches.

Decoding is greedy, so there is no randomness. Batches are padded on the left; a reply depends on the
rest of its batch only through floating-point rounding. A batch that does not fit into memory is
halved, and later batches keep the smaller size.
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
from benchsmith.models.contract import LocalModelError, Message, Question, Reply
from benchsmith.models.local import device
from benchsmith.models.local.checkpoint import Checkpoint
from benchsmith.models.local.device import Machine
from benchsmith.replies.thinking import opened_thought

PROMPT_END_TOKENS = 64
"""Last tokens of a prompt that are searched for the beginning of a thought."""
MAX_FAULTS_IN_A_ROW = 3
"""A run ends after this many consecutive questions that fail even alone."""
SETTINGS = ("temperature", "max_tokens", "repetition_penalty", "num_beams", "chat_template_kwargs",
       "mm_processor_kwargs")  # fmt: skip
"""Settings that a local model takes, under vLLM's names."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationSettings:
    """How a model generates its replies."""

    max_tokens: int
    generation: Mapping[str, Any] = field(default_factory=dict)
    """Further arguments of `generate`."""
    template: Mapping[str, Any] = field(default_factory=dict)
    """Arguments of the chat template."""
    processor: Mapping[str, Any] = field(default_factory=dict)
    """Arguments for loading the processor, such as `max_pixels`."""


def generation_settings(settings: Mapping[str, Any]) -> GenerationSettings:
    """Return `--set` settings, checked. Raises DocumentError with all problems.

    >>> generation_settings({"temperature": 0, "max_tokens": 8, "num_beams": 2}).generation
    {'num_beams': 2}
    """
    problems = []
    for name in settings:
        if name not in SETTINGS:
            hint = did_you_mean(name, SETTINGS) or f"there are {', '.join(SETTINGS)}"
            problems.append(
                Problem.without_place(f"{name} is not a setting of a local model", hint)
            )
    if settings.get("temperature", 0) != 0:
        what = "a local model decodes greedily: the temperature must be 0"
        problems.append(Problem.without_place(what, "use an endpoint, or leave it out"))
    most = settings.get("max_tokens", 1024)
    if not isinstance(most, int) or isinstance(most, bool) or most < 1:
        problems.append(
            Problem.without_place(f"max_tokens is {most!r}", "give a whole number of at least 1")
        )
    for name in ("chat_template_kwargs", "mm_processor_kwargs"):
        if not isinstance(settings.get(name, {}), dict):
            what = f"{name} is {settings[name]!r}"
            problems.append(Problem.without_place(what, 'write {"KEY": VALUE}'))
    if problems:
        raise DocumentError(problems)
    passed = ("repetition_penalty", "num_beams")
    return GenerationSettings(
        max_tokens=most,
        generation={name: settings[name] for name in passed if name in settings},
        template=settings.get("chat_template_kwargs", {}),
        processor=settings.get("mm_processor_kwargs", {}),
    )


class _Loaded(NamedTuple):
    model: Any
    processor: Any
    config: Any
    """The generation config."""
    ends: frozenset[int]
    """Ids of the tokens that end a reply."""
    context: int | None
    """Length of the context window in tokens, question and reply together; None if unknown."""


class Chat:
    """A chat model, loaded at the first question."""

    def __init__(
        self, checkpoint: Checkpoint, machine: Machine, settings: GenerationSettings, batch: int
    ) -> None:
        self._checkpoint = checkpoint
        self._machine = machine
        self._settings = settings
        self._batch = batch
        self._model: _Loaded | None = None
        self._faults = 0

    def replies(self, questions: Iterable[Question[T]]) -> Iterator[tuple[T, Reply]]:
        """Answer batch after batch; every question gets a reply, perhaps one with a fault.

        Raises DocumentError for a model that cannot be loaded or takes no pictures, and
        LocalModelError if it does not fit into memory or fails on several questions in a row.
        """
        queue = iter(questions)
        with device.quiet():
            while batch := list(islice(queue, self._batch)):
                if self._model is None:
                    self._model = device.loaded(self._checkpoint.name, self._load)
                yield from self._answered(batch)

    def _answered(self, batch: Sequence[Question[T]]) -> Iterator[tuple[T, Reply]]:
        """Answer a batch; halve a batch that fails, down to the single question at fault."""
        start = time.monotonic()
        try:
            replies = self._generate([question.messages for question in batch])
        except (ValueError, RuntimeError, LookupError, TypeError, OSError, MemoryError) as error:
            full = device.is_full(error)
            why = f"out of memory; {device.USE_LESS}" if full else device.line(error)
        else:
            self._faults = 0
            seconds = round(time.monotonic() - start, 3)
            for question, reply in zip(batch, replies, strict=True):
                yield question.about, reply._replace(seconds=seconds)
            return
        if full:  # after the except block, whose traceback keeps the tensors alive
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
        if self._faults >= MAX_FAULTS_IN_A_ROW:
            raise LocalModelError(
                f"{self._checkpoint.name}: {self._faults} questions in a row: {why}"
            )

    def _generate(self, conversations: Sequence[Sequence[Message]]) -> list[Reply]:
        """Return the replies to a batch. Raises ValueError for a question longer than the context."""
        import torch

        assert self._model is not None
        model, processor, config, ends, context = self._model
        inputs = processor.apply_chat_template(
            [_processor_messages(messages) for messages in conversations],
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            processor_kwargs={"padding": True},
            **self._settings.template,
        ).to(model.device, dtype=model.dtype)
        opened = [
            opened_thought(processor.tokenizer.decode(ids[-PROMPT_END_TOKENS:]))
            for ids in inputs["input_ids"].tolist()
        ]
        prompt_tokens = inputs["attention_mask"].sum(dim=1).tolist()
        width = inputs["input_ids"].shape[1]
        limit = self._settings.max_tokens
        if context is not None:
            if width >= context:
                raise ValueError(f"{width} tokens, but the model's context is {context}")
            if (
                width + limit > context and len(conversations) > 1
            ):  # padding takes context; alone there is none
                return [self._generate([one])[0] for one in conversations]
            limit = min(limit, context - width)
        with torch.inference_mode():
            out = model.generate(**inputs, generation_config=config, max_new_tokens=limit)
        replies = []
        for tokens, count, inside in zip(
            out[:, width:].tolist(), prompt_tokens, opened, strict=True
        ):
            end = next((i for i, token in enumerate(tokens) if token in ends), None)
            length = len(tokens) if end is None else end + 1
            text = inside + processor.tokenizer.decode(tokens[:length], skip_special_tokens=True)
            finish = "length" if end is None and length >= limit else "stop"
            replies.append(Reply(text, finish, int(count), length))
        return replies

    def _load(self) -> _Loaded:
        """Load the model. Raises DocumentError if it takes no pictures or is incomplete."""
        from transformers import AutoConfig, AutoModelForImageTextToText, AutoProcessor

        at, options = self._checkpoint, self._checkpoint.load_options()
        device_ = self._machine.torch_device()
        config = AutoConfig.from_pretrained(at.source, **options)
        if not _takes_pictures(config):
            kind = getattr(config, "model_type", "") or "unnamed"
            what = f"{at.name} has the architecture {kind}, which does not answer questions about pictures"
            hint = "choose a vision-language model (image-text-to-text on the Hub)"
            raise DocumentError([Problem.without_place(what, hint)])
        try:
            processor = AutoProcessor.from_pretrained(
                at.source, **options, **self._settings.processor
            )
        except OSError:
            processor = None
        if getattr(processor, "image_processor", None) is None:
            hint = "are some files of its processor or tokenizer may be missing: download it again"
            what = f"{at.name} has no processor for pictures"
            raise DocumentError([Problem.without_place(what, hint)])
        if not (getattr(processor, "chat_template", None) or processor.tokenizer.chat_template):
            what = f"{at.name} has no chat template"
            raise DocumentError([Problem.without_place(what, "choose an instruction-tuned model")])
        model, info = AutoModelForImageTextToText.from_pretrained(
            at.source, **options, dtype=self._machine.torch_dtype(), output_loading_info=True
        )
        if missing := sorted(info["missing_keys"]):
            what = f"{at.name} lacks {len(missing)} of its weights, such as {missing[0]}"
            raise DocumentError(
                [Problem.without_place(what, "its answers would be random; download it again")]
            )
        processor.tokenizer.padding_side = "left"
        if processor.tokenizer.pad_token is None:
            processor.tokenizer.pad_token = processor.tokenizer.eos_token
        model = model.to(device_).eval()
        greedy = _greedy(model, processor.tokenizer, self._settings.generation)
        ends = greedy.eos_token_id
        ends = ends if isinstance(ends, list) else [] if ends is None else [ends]
        context = getattr(config.get_text_config(), "max_position_embeddings", None)
        return _Loaded(model, processor, greedy, frozenset(ends), context)


def _greedy(model: Any, tokenizer: Any, more: Mapping[str, Any]) -> Any:
    """Return a generation config for greedy decoding."""
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


def _processor_messages(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Return chat messages in the form of transformers processors, data URLs decoded to pictures.

    Raises OSError for an unreadable picture.
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
