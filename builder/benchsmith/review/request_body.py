"""The body of a request: a small JSON object that arrives in time and can be stored as text."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.requests import ClientDisconnect, Request

from benchsmith.review.plain_json import parse

MAX_BODY_BYTES = 64 * 1024
BODY_TIMEOUT_S = 10.0
"""From the end of the head to the end of the body."""


class BodyTimeout(Exception):
    """The body did not arrive in time."""


async def read_body(request: Request) -> Mapping[str, Any]:
    """Return the JSON object of a request.

    Raises BodyTimeout, and ValueError if the body is incomplete, too large or malformed.
    """
    data = bytearray()
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            async for chunk in request.stream():
                data += chunk
                if len(data) > MAX_BODY_BYTES:
                    raise ValueError("the request is too large")
    except TimeoutError:
        raise BodyTimeout from None
    except ClientDisconnect:
        raise ValueError("the request is incomplete") from None
    try:
        found = parse(bytes(data))
    except ValueError as error:
        raise ValueError(f"the request is not usable JSON: {error}") from None
    if not isinstance(found, dict):
        raise ValueError("the request is not a JSON object")  # noqa: TRY004
    return found
