"""Models on this machine, by their names on the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.evaluate.contract import Answerer
from benchsmith.models.local import checkpoint
from benchsmith.models.local import device as machine
from benchsmith.models.local.checkpoint import PREFIX, Checkpoint
from benchsmith.models.local.encoder import (
    OPEN_CLIP,
    Encoder,
    open_clip_encoder,
    transformers_encoder,
)
from benchsmith.tables.file_digests import Digests

PACKAGES = ("torch", "transformers")
DIGEST_CACHE = ".digests.bin"
"""Cache of file digests, in the output folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """A model on this machine. See :class:`benchsmith.evaluate.connection.ModelSource`."""

    checkpoint: Checkpoint
    machine: machine.Machine
    concurrency: int
    """Batch size."""

    def name(self, model: str) -> str:
        """Return the prefix with the model's name; never the path of a folder."""
        return f"{PREFIX}{self.checkpoint.name}"

    def answerer(self, model: str, settings: Mapping[str, Any]) -> Answerer:
        """Return an answerer; the model is loaded with the first question. Raises DocumentError."""
        from benchsmith.evaluate.chat_messages import Model
        from benchsmith.models.local.chat import Chat, generation_settings

        return Model(
            Chat(self.checkpoint, self.machine, generation_settings(settings), self.concurrency)
        )

    def identity(self, model: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings with the model's revision, dtype, and whether its own code runs."""
        own = {"trust_remote_code": True} if self.checkpoint.own_code else {}
        return {
            **settings,
            "revision": self.checkpoint.revision,
            "dtype": self.machine.dtype,
            **own,
        }


def here(model: str, output: Path, *, device: str, dtype: str, batch: int, own_code: bool) -> Here:
    """Return the model ``local:NAME``.

    Raises DocumentError if the model, the device or a library is missing, and EndpointLost if the
    Hub is unreachable.
    """
    at = machine.check(device, dtype)
    checkpoint.needs(PACKAGES, model)
    digests = Digests(output / DIGEST_CACHE)
    found = checkpoint.find(model.removeprefix(PREFIX), digests, own_code=own_code)
    return Here(checkpoint=found, machine=at, concurrency=batch)


def is_local(model: str) -> bool:
    """Return whether a model name means a local model."""
    return model.startswith(PREFIX)


def encoder(
    model: str, output: Path, *, device: str, dtype: str, own_code: bool
) -> tuple[Encoder, str]:
    """Load an encoder, ``local:NAME`` or ``open-clip:NAME``; return it with a short name.

    Raises DocumentError and EndpointLost.
    """
    at = machine.check(device, dtype)
    if model.startswith(OPEN_CLIP):
        checkpoint.needs(("torch", "open_clip"), model)
        name = model.removeprefix(OPEN_CLIP)
        made = open_clip_encoder(name, at)
        short = (
            name.rpartition("/")[2] if ":" in name else name.replace("/", "-", 1).rpartition("/")[2]
        )
        return made, short
    if not is_local(model):
        what = f"{model!r} is not the name of an encoder"
        hint = f"{PREFIX}ORG/NAME, {PREFIX}FOLDER or {OPEN_CLIP}ARCHITECTURE/WEIGHTS"
        raise DocumentError([Problem.without_place(what, hint)])
    checkpoint.needs(PACKAGES, model)
    digests = Digests(output / DIGEST_CACHE)
    found = checkpoint.find(model.removeprefix(PREFIX), digests, own_code=own_code)
    return transformers_encoder(found, at), found.name.rpartition("/")[2]
