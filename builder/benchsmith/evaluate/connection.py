"""Sources of models: the protocol, and models behind an HTTP endpoint."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.evaluate.contract import Answerer
from benchsmith.models.address import KEY, Address, key_of


def _silent(_: str) -> None:
    pass


class ModelSource(Protocol):
    """Where models are served, and how they are asked."""

    @property
    def concurrency(self) -> int:
        """Number of concurrent questions."""

    def name(self, model: str) -> str:
        """Return the name of a model in tables."""

    def answerer(self, model: str, settings: Mapping[str, Any]) -> Answerer:
        """Return an answerer for a model. Raises DocumentError, and EndpointLost if unreachable."""

    def identity(self, model: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings that identify a run; different settings make a different run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """An HTTP endpoint, and how requests are sent to it."""

    base_url: str
    """Its URL; if empty, the value of the environment variable `OPENAI_BASE_URL`."""
    key_env: str = KEY
    """Environment variable that holds the API key."""
    concurrency: int = 16
    tries: int = 8
    timeout_s: float = 120.0
    stream: bool = False
    notice: Callable[[str], None] = _silent
    """Called with a line if the endpoint does not accept a setting."""

    def answerer(self, model: str, settings: Mapping[str, Any]) -> Answerer:
        """Return an answerer for a model. Raises DocumentError for an invalid URL."""
        from benchsmith.evaluate.chat_messages import Model

        named = self.base_url or os.environ.get("OPENAI_BASE_URL", "")
        url = urlsplit(named)
        if url.scheme not in ("http", "https") or not url.hostname:
            what = f"{named!r} is not a URL" if named else "no endpoint is given"
            hint = "`--base-url http://localhost:8000/v1`, or set OPENAI_BASE_URL"
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
                notice=self.notice,
            )
        )

    def name(self, model: str) -> str:
        """Return the model's name at the endpoint."""
        return model

    def identity(self, model: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings, because an endpoint reports nothing else about a model."""
        return dict(settings)
