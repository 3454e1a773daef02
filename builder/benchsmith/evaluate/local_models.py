"""Models of this machine, by the names that the command line has for them."""

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

NEEDED = ("torch", "transformers")
MEMORY = ".digests.jsonl"
"""The output folder's memory of files' digests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """How a model is asked on this machine. See :class:`benchsmith.evaluate.connection.Asked`."""

    checkpoint: Checkpoint
    machine: machine.Machine
    concurrency: int
    """Questions of a batch."""

    def name(self, model: str) -> str:
        """Return the prefix with the model's name; never the place of a folder."""
        return f"{PREFIX}{self.checkpoint.name}"

    def answerer(self, model: str, settings: Mapping[str, Any]) -> Answerer:
        """Return who asks it; it is loaded with the first question. Raises DocumentError."""
        from benchsmith.evaluate.chat_messages import Model
        from benchsmith.models.local.chat import Chat, generation_settings

        return Model(
            Chat(self.checkpoint, self.machine, generation_settings(settings), self.concurrency)
        )

    def kept(self, model: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings, and what makes it another model: its revision, numbers, and code."""
        own = {"trust_remote_code": True} if self.checkpoint.own_code else {}
        return {
            **settings,
            "revision": self.checkpoint.revision,
            "dtype": self.machine.dtype,
            **own,
        }


def here(model: str, output: Path, *, device: str, dtype: str, batch: int, own_code: bool) -> Here:
    """Return the model ``local:NAME``.

    Raises DocumentError where it, the device or a library is not there, EndpointLost where the Hub
    cannot be asked.
    """
    at = machine.check(device, dtype)
    checkpoint.needs(NEEDED, model)
    digests = Digests(output / MEMORY)
    found = checkpoint.find(model.removeprefix(PREFIX), digests, own_code=own_code)
    return Here(checkpoint=found, machine=at, concurrency=batch)


def is_local(model: str) -> bool:
    """Say whether a model is to be loaded here."""
    return model.startswith(PREFIX)


def encoder(
    model: str, output: Path, *, device: str, dtype: str, own_code: bool
) -> tuple[Encoder, str]:
    """Load an encoder, ``local:NAME`` or ``open-clip:NAME``; return it, and a short name for it.

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
        what = f"{model!r} names no encoder"
        hint = f"{PREFIX}ORG/NAME, {PREFIX}FOLDER or {OPEN_CLIP}ARCHITECTURE/WEIGHTS"
        raise DocumentError([Problem.without_place(what, hint)])
    checkpoint.needs(NEEDED, model)
    digests = Digests(output / MEMORY)
    found = checkpoint.find(model.removeprefix(PREFIX), digests, own_code=own_code)
    return transformers_encoder(found, at), found.name.rpartition("/")[2]
