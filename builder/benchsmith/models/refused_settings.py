"""Settings that an endpoint refuses, and their replacements.

Reasoning models take `max_completion_tokens` instead of `max_tokens`, and no `temperature`; older
servers know only `max_tokens`. The words are those of OpenAI's, Azure's, vLLM's and LiteLLM's errors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

STATUSES = (400, 422)
_REFUSED = re.compile(
    r"unsupported|not support|unknown|unrecogni[sz]ed|unexpected|extra inputs|not permitted|not allowed"
    r"|deprecated|invalid (?:parameter|argument)|use '?max_"
)
_TOKENS = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}


def accepted(
    settings: Mapping[str, Any], status: int, parameter: str, message: str
) -> tuple[dict[str, Any], str] | None:
    """Return the settings without what an error refuses, and a line about it; None for another error.

    >>> accepted({"max_tokens": 9}, 400, "max_tokens", "Unsupported parameter: use max_completion_tokens")
    ({'max_completion_tokens': 9}, 'it accepts max_completion_tokens instead of max_tokens')
    >>> accepted({"max_tokens": 9}, 400, "max_tokens", "max_tokens is too large: 9")
    """
    text = message.lower()
    if status not in STATUSES or not _REFUSED.search(text):
        return None
    name = parameter if parameter in settings else _named(settings, text)
    if name in _TOKENS and _TOKENS[name] not in settings:
        changed = {_TOKENS[name] if key == name else key: v for key, v in settings.items()}
        return changed, f"it accepts {_TOKENS[name]} instead of {name}"
    if name == "temperature":
        changed = {key: v for key, v in settings.items() if key != name}
        return changed, "it accepts no temperature, so replies may differ from run to run"
    return None


def _named(settings: Mapping[str, Any], text: str) -> str:
    """Return the setting that an error names; the first one, since the second is the replacement."""
    places = {name: found.start() for name in (*_TOKENS, "temperature") if name in settings
              if (found := re.search(rf"\b{name}\b", text))}  # fmt: skip
    return min(places, key=places.__getitem__, default="")
