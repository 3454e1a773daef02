"""The interface to models: what is asked, what comes back, and which errors end a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from benchsmith.core.errors import EnvironmentFailed

Message = Mapping[str, Any]
"""A chat message in the form of OpenAI's API: `role` and `content`."""
T = TypeVar("T")


class ModelError(EnvironmentFailed):
    """No more questions can be asked of a model; the answers so far are kept."""


class EndpointLost(ModelError):
    """An endpoint, or the Hub that holds a model, cannot be reached or refuses every request."""


class LocalModelError(ModelError):
    """A model in this process does not fit into memory, or fails on every question."""


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """One request to a model."""

    about: T
    """The caller's own object; returned with the reply."""
    name: str
    """Spreads the waits between retries; not sent."""
    messages: Sequence[Message]


class Reply(NamedTuple):
    """The reply to one question."""

    text: str
    finish: str = "stop"
    """Why it ended: ``stop``, ``length``, or ``refused`` (by the model or the endpoint's filter)."""
    input_tokens: int = 0
    """As the endpoint counts them; 0 if it does not."""
    output_tokens: int = 0
    """As the endpoint counts them; 0 if it does not."""
    seconds: float = 0.0
    """From the first try to the reply, waits included."""
    fault: str = ""
    """Why there is no answer; empty if there is one."""
