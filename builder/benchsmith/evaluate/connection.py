"""Where a model is asked: what any such place can do, and the one behind an address."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.evaluate.contract import Answerer
from benchsmith.models.address import KEY, Address, key_of


class Asked(Protocol):
    """Where a model is asked, and how."""

    @property
    def concurrency(self) -> int:
        """How many questions are under way at a time."""

    def name(self, model: str) -> str:
        """Return what a model is called in tables."""

    def answerer(self, model: str, settings: Mapping[str, Any]) -> Answerer:
        """Return who asks a model. Raises DocumentError, and EndpointLost where it is out of reach."""

    def kept(self, model: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is kept of it with the answers: with anything else in it, it is another run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How an endpoint is asked."""

    base_url: str
    """Where it is; what `OPENAI_BASE_URL` says where this is empty."""
    key_env: str = KEY
    concurrency: int = 16
    tries: int = 8
    timeout_s: float = 120.0
    stream: bool = False

    def answerer(self, model: str, settings: Mapping[str, Any]) -> Answerer:
        """Return who asks a model there. Raises DocumentError for an address that is none."""
        from benchsmith.evaluate.chat_messages import Model

        named = self.base_url or os.environ.get("OPENAI_BASE_URL", "")
        url = urlsplit(named)
        if url.scheme not in ("http", "https") or not url.hostname:
            what = f"{named!r} is no address" if named else "no endpoint is named"
            hint = "`--base-url http://localhost:8000/v1`, or the environment's OPENAI_BASE_URL"
            raise DocumentError([Problem.without_place(what, hint)])
        return Model(
            Address(
                model=model,
                base_url=named,
                key=key_of(self.key_env),
                settings=settings,
                concurrency=self.concurrency,
                tries=self.tries,
                timeout_s=self.timeout_s,
                stream=self.stream,
            )
        )

    def name(self, model: str) -> str:
        """Return the model's name there."""
        return model

    def kept(self, model: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings: an endpoint does not say more of a model."""
        return dict(settings)
