"""Encoders that turn pictures, and texts, into numbers: transformers' and open_clip's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from benchsmith.documents.problems import DocumentError, Problem, did_you_mean
from benchsmith.models.endpoint import EndpointLost
from benchsmith.models.local import device
from benchsmith.models.local.checkpoint import Checkpoint
from benchsmith.models.local.device import Machine

Rows = npt.NDArray[np.float32]
OPEN_CLIP = "open-clip:"
"""What an encoder's name begins with that is loaded by open_clip."""
LONGEST = 512
"""Tokens of a text, where neither the tokenizer nor the model says how many it reads."""
POOLER = "pooler."
"""Weights of a layer that many checkpoints leave out, since nothing else needs it."""


class Encoder(Protocol):
    """An encoder that is loaded."""

    @property
    def identity(self) -> Mapping[str, str]:
        """Return what it is: with anything else in it, it is another encoder."""

    @property
    def reads_texts(self) -> bool:
        """Say whether texts have features."""

    def pictures(self, pictures: Sequence[bytes]) -> Rows:
        """Return a row for each picture. Raises EndpointLost where they do not fit into memory."""

    def texts(self, texts: Sequence[str]) -> Rows:
        """Return a row for each text, near to those of pictures that show it."""

    def too_long(self, texts: Sequence[str]) -> list[str]:
        """Return the texts of which the end is not read."""


def transformers_encoder(at: Checkpoint, on: Machine) -> Encoder:
    """Load an encoder by transformers: of pictures and texts (CLIP, SigLIP), or of pictures alone.

    Raises DocumentError, and EndpointLost where it does not fit into memory.
    """
    with device.quiet():
        return device.loaded(at.name, lambda: _Transformers(at, on))


def open_clip_encoder(name: str, on: Machine) -> Encoder:
    """Load an encoder by open_clip: ``ARCHITECTURE/WEIGHTS``, ``hf-hub:ORG/NAME``, ``local-dir:FOLDER``.

    WEIGHTS are a name that open_clip knows, or a file. Raises as `transformers_encoder`.
    """
    import open_clip

    weights: str | None = None
    architecture = name
    if not name.startswith(("hf-hub:", "local-dir:")):
        architecture, _, weights = name.partition("/")
        problem = _unknown(open_clip, architecture, weights)
        if problem is not None:
            raise DocumentError([problem])
    return device.loaded(name, lambda: _OpenClip(name, architecture, weights, on))


def _unknown(open_clip: Any, architecture: str, weights: str) -> Problem | None:
    known = open_clip.list_models()
    if architecture not in known:
        hint = did_you_mean(architecture, known) or "write ARCHITECTURE/WEIGHTS or hf-hub:ORG/NAME"
        return Problem.without_place(f"open_clip has no architecture {architecture!r}", hint)
    tags = open_clip.list_pretrained_tags_by_model(architecture)
    if weights in tags or (weights and Path(weights).is_file()):
        return None
    hint = did_you_mean(weights, tags) or f"there are {', '.join(tags) or 'none'}, or name a file"
    return Problem.without_place(f"{architecture} has no weights {weights!r}", hint)


class _Transformers:
    """See :class:`Encoder`."""

    def __init__(self, at: Checkpoint, on: Machine) -> None:
        from transformers import AutoImageProcessor, AutoModel, AutoTokenizer

        words = at.words()
        place = on.place()
        try:
            self._pixels = AutoImageProcessor.from_pretrained(at.source, **words)
        except OSError:
            what = f"{at.name} does not say how pictures are given to it"
            hint = "take a CLIP, a SigLIP, or a model of pictures alone, with its preprocessor_config.json"
            raise DocumentError([Problem.without_place(what, hint)]) from None
        model, info = AutoModel.from_pretrained(
            at.source, **words, dtype=on.numbers(), output_loading_info=True
        )
        lost = sorted(info["missing_keys"])
        self._pooled = not any(POOLER in name for name in lost)
        if lost := [name for name in lost if POOLER not in name]:
            what = f"{at.name} lacks {len(lost)} of its weights, such as {lost[0]}"
            raise DocumentError([Problem.without_place(what, "take the whole model")])
        self.reads_texts = all(hasattr(model, f"get_{w}_features") for w in ("image", "text"))
        if not self.reads_texts and model.main_input_name != "pixel_values":
            what = f"{at.name} is of the kind {model.config.model_type}, which has no features of a picture"
            hint = "take a CLIP, a SigLIP, or a model of pictures alone"
            raise DocumentError([Problem.without_place(what, hint)])
        self._model = model.to(place).eval()
        self.identity = {"encoder": at.name, "revision": at.revision, "dtype": on.dtype}
        if self.reads_texts:
            self._words = AutoTokenizer.from_pretrained(at.source, **words)
            texts = getattr(model.config, "text_config", None)
            reads = getattr(texts, "max_position_embeddings", LONGEST)
            self._longest = min(self._words.model_max_length, reads)

    def pictures(self, pictures: Sequence[bytes]) -> Rows:
        inputs = self._pixels(images=_opened(pictures), return_tensors="pt")
        if self.reads_texts:
            return self._rows(self._model.get_image_features, inputs)
        return self._rows(self._model, inputs)

    def texts(self, texts: Sequence[str]) -> Rows:
        # SigLIP has learned from texts of one length; for others the mask says what is padding
        inputs = self._words(
            list(texts), padding="max_length", truncation=True, max_length=self._longest,
            return_tensors="pt",
        )  # fmt: skip
        return self._rows(self._model.get_text_features, inputs)

    def too_long(self, texts: Sequence[str]) -> list[str]:
        return [text for text in texts if len(self._words(text)["input_ids"]) > self._longest]

    def _rows(self, call: Any, inputs: Any) -> Rows:
        import torch

        inputs = {
            name: value.to(self._model.device, self._model.dtype)
            if value.is_floating_point()
            else value.to(self._model.device)
            for name, value in inputs.items()
        }
        with torch.inference_mode(), _fitting():
            return _numbers(self._whole(call(**inputs)))

    def _whole(self, out: Any) -> Any:
        """Return what a model says of the whole picture or text."""
        import torch

        if isinstance(out, torch.Tensor):
            return out
        pooled = getattr(out, "pooler_output", None)
        if pooled is not None and self._pooled:
            return pooled.flatten(1)
        last = out.last_hidden_state
        return last.mean(dim=1) if last.ndim == 3 else last.mean(dim=(-2, -1))


class _OpenClip:
    """See :class:`Encoder`."""

    reads_texts = True

    def __init__(self, name: str, architecture: str, weights: str | None, on: Machine) -> None:
        import open_clip
        import torch

        self._place = on.place()
        self._dtype = torch.float32 if on.dtype == device.AUTO else on.numbers()
        model, _, self._seen = open_clip.create_model_and_transforms(
            architecture, pretrained=weights
        )
        digest = blake2b(digest_size=12)
        for key, value in sorted(model.state_dict().items()):
            digest.update(key.encode())
            digest.update(value.cpu().reshape(-1).view(torch.uint8).numpy().data)
        self._model = model.to(self._place, self._dtype).eval()
        self._words = open_clip.get_tokenizer(architecture)
        self.identity = {
            "encoder": f"{OPEN_CLIP}{_shown(name, architecture, weights)}",
            "revision": digest.hexdigest(),
            "dtype": on.dtype,
        }

    def pictures(self, pictures: Sequence[bytes]) -> Rows:
        import torch

        stack = torch.stack([self._seen(picture) for picture in _opened(pictures)])
        with torch.inference_mode(), _fitting():
            return _numbers(self._model.encode_image(stack.to(self._place, self._dtype)))

    def texts(self, texts: Sequence[str]) -> Rows:
        import torch

        with torch.inference_mode(), _fitting():
            return _numbers(self._model.encode_text(self._words(list(texts)).to(self._place)))

    def too_long(self, texts: Sequence[str]) -> list[str]:
        # a tokenizer here cuts without a word; where one word more changes nothing, it has
        more = self._words([f"{text} x" for text in texts])
        same = (self._words(list(texts)) == more).all(dim=1).tolist()
        return [text for text, cut in zip(texts, same, strict=True) if cut]


def _shown(name: str, architecture: str, weights: str | None) -> str:
    """Return an encoder's name without the place of a file or folder."""
    if weights is not None and Path(weights).is_file():
        return f"{architecture}/{Path(weights).name}"
    if name.startswith("local-dir:"):
        return Path(name.removeprefix("local-dir:")).resolve().name
    return name


@contextmanager
def _fitting() -> Iterator[None]:
    """Raise EndpointLost where memory is used up."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not device.is_full(error):
            raise
        raise EndpointLost(f"out of memory; take a smaller --batch, or {device.SMALLER}") from None


def _opened(pictures: Sequence[bytes]) -> list[Any]:
    import PIL.Image

    found = []
    for picture in pictures:
        with PIL.Image.open(BytesIO(picture)) as opened:
            found.append(opened.convert("RGB"))
    return found


def _numbers(rows: Any) -> Rows:
    found: Rows = rows.detach().float().cpu().numpy()
    return found
