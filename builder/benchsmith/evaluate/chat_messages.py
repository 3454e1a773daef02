"""Models that are asked by chat messages, behind an endpoint or in this process."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from benchsmith.evaluate.contract import Answer, Ask
from benchsmith.models.address import Address
from benchsmith.models.contract import Question, Reply
from benchsmith.models.endpoint import replies
from benchsmith.models.local.chat import Chat

Replies = Callable[[Iterable[Question[Ask]]], Iterator[tuple[Ask, Reply]]]


class Model:
    """A chat model as an answerer. See :class:`benchsmith.evaluate.contract.Answerer`."""

    def __init__(self, at: Address | Chat) -> None:
        """Take the address of an endpoint, or a model in this process."""
        self._replies: Replies = at.replies if isinstance(at, Chat) else partial(replies, at)

    def answers(self, asks: Iterable[Ask]) -> Iterator[Answer]:
        """Yield each answer when it arrives. Raises EndpointLost."""
        for ask, reply in self._replies(map(_question, asks)):
            yield Answer(
                case=ask.item.id,
                shift=ask.shift,
                content=ask.item.content,
                text=reply.text,
                finish=reply.finish,
                fault=reply.fault,
                asked=reply.input_tokens,
                told=reply.output_tokens,
                seconds=reply.seconds,
            )


def _question(ask: Ask) -> Question[Ask]:
    return Question(ask, f"{ask.item.id}\n{ask.shift}", messages(ask))


def messages(ask: Ask) -> list[dict[str, Any]]:
    """Return a question as chat messages, with the picture as a data URL before the text."""
    parts: list[dict[str, Any]] = []
    if ask.picture:
        kind = "jpeg" if ask.picture.startswith(b"\xff\xd8") else "png"
        url = f"data:image/{kind};base64,{base64.b64encode(ask.picture).decode()}"
        parts.append({"type": "image_url", "image_url": {"url": url}})
    parts.append({"type": "text", "text": ask.text})
    first = [{"role": "system", "content": ask.system}] if ask.system else []
    return [*first, {"role": "user", "content": parts if ask.picture else ask.text}]
