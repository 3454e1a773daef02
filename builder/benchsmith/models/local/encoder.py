"""Encoders of pictures and texts into feature vectors, from transformers and open_clip."""

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
from benchsmith.models.contract import LocalModelError
from benchsmith.models.local import device
from benchsmith.models.local.checkpoint import Checkpoint
from benchsmith.models.local.device import Machine

Rows = npt.NDArray[np.float32]
OPEN_CLIP = "open-clip:"
"""Prefix of an encoder's name that open_clip loads."""
DEFAULT_TEXT_TOKENS = 512
"""Longest text if neither the tokenizer nor the model states a limit."""
POOLER = "pooler."
"""Prefix of the pooling layer's weights, which many checkpoints leave out."""


class Encoder(Protocol):
    """A loaded encoder."""

    @property
    def identity(self) -> Mapping[str, str]:
        """Return the name, revision and dtype; features of different identities do not mix."""

    @property
    def reads_texts(self) -> bool:
        """Return whether it encodes texts too."""

    def pictures(self, pictures: Sequence[bytes]) -> Rows:
        """Return float32 features of shape (pictures, width), from PNG or JPEG bytes.

        Raises LocalModelError if a batch does not fit into memory.
        """

    def texts(self, texts: Sequence[str]) -> Rows:
        """Return float32 features of shape (texts, width), in the space of the pictures' features."""

    def too_long(self, texts: Sequence[str]) -> list[str]:
        """Return the texts that would be truncated."""


def transformers_encoder(at: Checkpoint, on: Machine) -> Encoder:
    """Load an encoder with transformers: of pictures and texts (CLIP, SigLIP), or of pictures only.

    Raises DocumentError, and LocalModelError if it does not fit into memory.
    """
    with device.quiet():
        return device.loaded(at.name, lambda: _Transformers(at, on))


def open_clip_encoder(name: str, on: Machine) -> Encoder:
    """Load an encoder with open_clip: ``ARCHITECTURE/WEIGHTS``, ``hf-hub:ORG/NAME``, ``local-dir:FOLDER``.

    WEIGHTS is a name known to open_clip, or a file. Raises the errors of `transformers_encoder`.
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
        hint = did_you_mean(architecture, known) or "give ARCHITECTURE/WEIGHTS or hf-hub:ORG/NAME"
        return Problem.without_place(f"open_clip has no architecture {architecture!r}", hint)
    tags = open_clip.list_pretrained_tags_by_model(architecture)
    if weights in tags or (weights and Path(weights).is_file()):
        return None
    hint = did_you_mean(weights, tags) or f"there are {', '.join(tags) or 'none'}, or give a file"
    return Problem.without_place(f"{architecture} has no weights {weights!r}", hint)


class _Transformers:
    """See :class:`Encoder`."""

    def __init__(self, at: Checkpoint, on: Machine) -> None:
        from transformers import AutoImageProcessor, AutoModel, AutoTokenizer

        options = at.load_options()
        device_ = on.torch_device()
        try:
            self._pixels = AutoImageProcessor.from_pretrained(at.source, **options)
        except OSError:
            what = f"{at.name} has no image processor"
            hint = "choose a CLIP, SigLIP or vision-only model with a preprocessor_config.json"
            raise DocumentError([Problem.without_place(what, hint)]) from None
        model, info = AutoModel.from_pretrained(
            at.source, **options, dtype=on.torch_dtype(), output_loading_info=True
        )
        lost = sorted(info["missing_keys"])
        self._pooled = not any(POOLER in name for name in lost)
        if lost := [name for name in lost if POOLER not in name]:
            what = f"{at.name} lacks {len(lost)} of its weights, such as {lost[0]}"
            raise DocumentError([Problem.without_place(what, "download it again")])
        self.reads_texts = all(hasattr(model, f"get_{w}_features") for w in ("image", "text"))
        if not self.reads_texts and model.main_input_name != "pixel_values":
            what = f"{at.name} has the architecture {model.config.model_type}, which does not encode pictures"
            hint = "choose a CLIP, SigLIP or vision-only model"
            raise DocumentError([Problem.without_place(what, hint)])
        self._model = model.to(device_).eval()
        self.identity = {"encoder": at.name, "revision": at.revision, "dtype": on.dtype}
        if self.reads_texts:
            self._tokenizer = AutoTokenizer.from_pretrained(at.source, **options)
            texts = getattr(model.config, "text_config", None)
            context = getattr(texts, "max_position_embeddings", DEFAULT_TEXT_TOKENS)
            self._longest = min(self._tokenizer.model_max_length, context)

    def pictures(self, pictures: Sequence[bytes]) -> Rows:
        inputs = self._pixels(images=_opened(pictures), return_tensors="pt")
        if self.reads_texts:
            return self._rows(self._model.get_image_features, inputs)
        return self._rows(self._model, inputs)

    def texts(self, texts: Sequence[str]) -> Rows:
        # SigLIP was trained on texts padded to one length; other models mask the padding
        inputs = self._tokenizer(
            list(texts), padding="max_length", truncation=True, max_length=self._longest,
            return_tensors="pt",
        )  # fmt: skip
        return self._rows(self._model.get_text_features, inputs)

    def too_long(self, texts: Sequence[str]) -> list[str]:
        return [text for text in texts if len(self._tokenizer(text)["input_ids"]) > self._longest]

    def _rows(self, call: Any, inputs: Any) -> Rows:
        import torch

        inputs = {
            name: value.to(self._model.device, self._model.dtype)
            if value.is_floating_point()
            else value.to(self._model.device)
            for name, value in inputs.items()
        }
        with torch.inference_mode(), _out_of_memory():
            return _as_array(self._pool(call(**inputs)))

    def _pool(self, out: Any) -> Any:
        """Return the pooled features, of shape (batch, width), from a model's output."""
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

        self._device = on.torch_device()
        self._dtype = torch.float32 if on.dtype == device.AUTO else on.torch_dtype()
        model, _, self._transform = open_clip.create_model_and_transforms(
            architecture, pretrained=weights
        )
        digest = blake2b(digest_size=12)
        for key, value in sorted(model.state_dict().items()):
            digest.update(key.encode())
            digest.update(value.cpu().reshape(-1).view(torch.uint8).numpy().data)
        self._model = model.to(self._device, self._dtype).eval()
        self._tokenizer = open_clip.get_tokenizer(architecture)
        self.identity = {
            "encoder": f"{OPEN_CLIP}{_public_name(name, architecture, weights)}",
            "revision": digest.hexdigest(),
            "dtype": on.dtype,
        }

    def pictures(self, pictures: Sequence[bytes]) -> Rows:
        import torch

        stack = torch.stack([self._transform(picture) for picture in _opened(pictures)])
        with torch.inference_mode(), _out_of_memory():
            return _as_array(self._model.encode_image(stack.to(self._device, self._dtype)))

    def texts(self, texts: Sequence[str]) -> Rows:
        import torch

        with torch.inference_mode(), _out_of_memory():
            return _as_array(self._model.encode_text(self._tokenizer(list(texts)).to(self._device)))

    def too_long(self, texts: Sequence[str]) -> list[str]:
        # the tokenizer truncates silently: if another word changes nothing, it has truncated
        more = self._tokenizer([f"{text} x" for text in texts])
        same = (self._tokenizer(list(texts)) == more).all(dim=1).tolist()
        return [text for text, cut in zip(texts, same, strict=True) if cut]


def _public_name(name: str, architecture: str, weights: str | None) -> str:
    """Return an encoder's name without the path of a file or folder."""
    if weights is not None and Path(weights).is_file():
        return f"{architecture}/{Path(weights).name}"
    if name.startswith("local-dir:"):
        return Path(name.removeprefix("local-dir:")).resolve().name
    return name


@contextmanager
def _out_of_memory() -> Iterator[None]:
    """Turn an out-of-memory error into LocalModelError."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not device.is_full(error):
            raise
        raise LocalModelError(
            f"out of memory; use a smaller --batch, or {device.USE_LESS}"
        ) from None


def _opened(pictures: Sequence[bytes]) -> list[Any]:
    import PIL.Image

    found = []
    for picture in pictures:
        with PIL.Image.open(BytesIO(picture)) as opened:
            found.append(opened.convert("RGB"))
    return found


def _as_array(rows: Any) -> Rows:
    found: Rows = rows.detach().float().cpu().numpy()
    return found
