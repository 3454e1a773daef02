"""What one choice of a response holds: its text, how it ended, and an error of the provider in it."""

from __future__ import annotations

from typing import Any

_CUT = {"length", "max_tokens", "token_limit", "model_length"}
_REFUSED = {"content_filter", "refusal", "safety", "sensitive"}
_BROKEN = {"abort", "aborted", "canceled", "cancelled", "error", "insufficient_system_resource",
           "network_error", "not_finished", "time_limit", "timeout"}  # fmt: skip
"""Reasons, as servers name them, for an answer that a fault of the server ended."""
_TEXTS = (None, "text", "output_text")
"""Types of the parts of a message that are its answer; others hold thoughts, refusals or calls."""


class ReportedError(Exception):
    """The provider reports that it failed in the middle of an answer."""


def place(choice: Any) -> int:
    """Return the index of a choice: a server that sends several may send them in any order."""
    index = getattr(choice, "index", None)
    return index if isinstance(index, int) else 0


def first(choices: Any) -> Any:
    """Return the choice with the lowest index. Raises ValueError if there is none."""
    if not choices:
        raise ValueError("it has no choice")
    return min(choices, key=place)


def raise_reported(response: Any) -> None:
    """Raise ReportedError if a response, a chunk or a choice has an error in it."""
    error = getattr(response, "error", None)
    if error:
        said = (error.get("code"), error.get("message")) if isinstance(error, dict) else (error,)
        raise ReportedError(": ".join(str(one) for one in said if one) or "no reason given")


def text_of(content: Any) -> str:
    """Return a message's text; some servers send a list of parts."""
    if isinstance(content, list):
        return "".join(_part(part, _TEXTS, "text") for part in content)
    return "" if content is None else str(content)


def refusal_of(message: Any) -> str:
    """Return the text of a refusal that a message or one of its parts holds; empty if there is none."""
    refusal = getattr(message, "refusal", None)
    if not refusal and isinstance(message.content, list):
        refusal = "".join(_part(part, ("refusal",), "refusal") for part in message.content)
    return str(refusal or "")


def finish_of(reason: Any, *, refused: bool) -> str:
    """Return how an answer ended: "refused", "length" or "stop".

    Raises ReportedError if the provider broke it off.
    """
    named = str(reason).casefold()
    if named in _BROKEN:
        raise ReportedError(f"the answer ended with {named!r}")
    if refused or named in _REFUSED:
        return "refused"
    return "length" if named in _CUT else "stop"


def _part(part: Any, types: tuple[str | None, ...], key: str) -> str:
    if isinstance(part, str):
        return part if "text" in types else ""
    if not isinstance(part, dict) or part.get("type") not in types:
        return ""
    said = part.get(key)
    return said if isinstance(said, str) else ""
