"""The address of a model endpoint, and the key for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

KEY = "OPENAI_API_KEY"
"""The environment variable that holds the key by default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where and how a model is asked."""

    model: str
    base_url: str
    key: str = field(default="", repr=False)
    """Never logged and never stored."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Request parameters sent beside the messages, such as `temperature`."""
    concurrency: int = 16
    """Requests in flight at a time."""
    tries: int = 8
    timeout_s: float = 120.0
    """Limit of each try, from the request to the last byte of the reply."""
    first_wait_s: float = 0.5
    """Wait before the first retry; later ones double."""
    stream: bool = False
    notice: Callable[[str], None] = field(default=lambda _: None, repr=False, compare=False)
    """Called once for each setting that the endpoint does not take as it is given."""

    def __str__(self) -> str:
        """Return the model and its URL."""
        return f"{self.model} at {self.base_url}"


def key_of(variable: str = KEY) -> str:
    """Return the key in an environment variable; empty if the variable is not set."""
    return os.environ.get(variable, "")
