"""Settings of a request to a model, such as the temperature."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.evaluate.answer_log import PANEL

RESERVED = {"model", "messages", "stream", "stream_options", "n", PANEL}
"""Fields of a request that are set by options of the command, not by settings."""
SECRET_WORDS = ("key", "token", "secret", "password", "authorization", "header")
DEFAULTS: Mapping[str, Any] = {"temperature": 0, "max_tokens": 1024}
JUDGE_DEFAULTS: Mapping[str, Any] = {"temperature": 0, "max_tokens": 256}


def settings(given: Sequence[str]) -> dict[str, Any]:
    """Return the default settings, changed by `KEY=JSON` entries; null removes a setting.

    Raises DocumentError with all problems.

    >>> settings(["max_tokens=null", "max_completion_tokens=2000", "reasoning_effort=low"])
    {'temperature': 0, 'max_completion_tokens': 2000, 'reasoning_effort': 'low'}
    """
    found, problems = dict(DEFAULTS), []
    for one in given:
        name, equals, text = one.partition("=")
        if not equals or not name:
            problems.append(Problem.without_place(f"{one!r} is not a setting", "write KEY=VALUE"))
        elif name in RESERVED:
            problems.append(Problem.without_place(f"{name} is not a setting", "it has an option"))
        elif any(word in name.lower() for word in SECRET_WORDS) and "tokens" not in name:
            hint = "settings are saved with the answers; keys belong in the environment"
            problems.append(Problem.without_place(f"{name} looks like a secret", hint))
        else:
            try:
                value = json.loads(text)
            except ValueError:
                value = text
            found[name] = value
    if problems:
        raise DocumentError(problems)
    return {name: value for name, value in found.items() if value is not None}
