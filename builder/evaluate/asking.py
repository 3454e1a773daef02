"""Put questions to a model behind an endpoint, as chat messages with their picture."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from typing import Any

from builder.endpoint import Address, Question, replies
from builder.evaluate.answering import Answer, Ask


class Model:
    """A model behind an endpoint. See :class:`builder.evaluate.answering.Answerer`."""

    def __init__(self, at: Address) -> None:
        self._at = at

    def answers(self, asks: Iterable[Ask]) -> Iterator[Answer]:
        """Ask, and yield answers as they come. Raises EndpointLost."""
        for ask, reply in replies(self._at, map(_question, asks)):
            yield Answer(
                case=ask.item.id, shift=ask.shift, content=ask.item.content, **reply._asdict()
            )


def _question(ask: Ask) -> Question[Ask]:
    return Question(ask, f"{ask.item.id}\n{ask.shift}", messages(ask))


def messages(ask: Ask) -> list[dict[str, Any]]:
    """Return a question as chat messages: the picture first, as a data URL, then the text."""
    parts: list[dict[str, Any]] = []
    if ask.picture:
        kind = "jpeg" if ask.picture.startswith(b"\xff\xd8") else "png"
        url = f"data:image/{kind};base64,{base64.b64encode(ask.picture).decode()}"
        parts.append({"type": "image_url", "image_url": {"url": url}})
    parts.append({"type": "text", "text": ask.text})
    first = [{"role": "system", "content": ask.system}] if ask.system else []
    return [*first, {"role": "user", "content": parts if ask.picture else ask.text}]
