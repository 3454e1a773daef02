"""HTTP clients that apply response limits, on top of the httpx that another library uses.

openai and huggingface_hub each name their own httpx (older versions `httpx`, newer ones `httpx2`),
so the module is looked up from a class of theirs instead of being imported here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from benchsmith.net.response_limits import (
    ResponseBudget,
    ResponseLimits,
    ResponseMeter,
    ResponseRefused,
    check_json_depth,
)

_STREAMED = "benchsmith.streamed"
"""Extension of a request whose response is read in pieces; a redirect keeps it."""


def httpx_of(cls: type[Any], name: str) -> Any:
    """Return the httpx module whose class `name` is a base of `cls` (or is `cls`)."""
    base = next(base for base in cls.__mro__ if base.__name__ == name)
    return import_module(base.__module__.partition(".")[0])


def async_client(base: type[Any], limits: ResponseLimits, **settings: Any) -> Any:
    """Return an asynchronous client, derived from `base`, whose responses are limited.

    Redirects are not followed: an API answers where it is, and the request carries a key.
    Responses that exceed a limit raise ResponseRefused while they are read.
    """
    httpx = httpx_of(base, "AsyncClient")

    class Stream(httpx.AsyncByteStream):  # type: ignore[misc, name-defined]
        def __init__(self, inner: Any, meter: ResponseMeter) -> None:
            self._inner, self._meter = inner, meter

        async def __aiter__(self) -> AsyncIterator[bytes]:
            async for chunk in self._inner:
                self._meter.take(chunk)
                yield chunk

        async def aclose(self) -> None:
            await self._inner.aclose()

    class Client(base):  # type: ignore[misc]
        async def send(self, request: Any, *, stream: bool = False, **options: Any) -> Any:
            response = await super().send(request, stream=True, **options)
            try:
                response.stream = Stream(response.stream, _meter(response, limits))
                if not stream:
                    await response.aread()
                    _check(response, limits)
            except BaseException:
                await response.aclose()
                raise
            return response

    return Client(
        follow_redirects=False, headers={"Accept-Encoding": "identity"}, **settings
    )  # compressed bodies would be counted before they are inflated


@dataclass(frozen=True, slots=True)
class ClientLimits:
    """Limits on the responses to one client."""

    whole: ResponseLimits
    """Of each response that is read as a whole; of the body of each redirect."""
    streamed: ResponseLimits
    """Of each response that is read in pieces: a download."""
    budget: ResponseBudget | None = None
    """What all that are read as a whole may take together."""


def bound(client: Any, limits: ClientLimits, idle_s: float) -> None:
    """Limit the responses of an existing synchronous client; its handling of redirects does not change.

    `idle_s` is the longest wait for the next bytes where a request sets none. Responses that exceed
    a limit raise ResponseRefused. A client that is limited already gets the new limits.
    """
    base = type(client)
    if base.__name__ == "BoundedClient":
        client.limits = limits
        return
    httpx = httpx_of(base, "Client")

    class Stream(httpx.SyncByteStream):  # type: ignore[misc, name-defined]
        def __init__(self, inner: Any, meter: ResponseMeter) -> None:
            self._inner, self._meter = inner, meter

        def __iter__(self) -> Iterator[bytes]:
            for chunk in self._inner:
                self._meter.take(chunk)
                yield chunk

        def close(self) -> None:
            self._inner.close()

    class BoundedClient(base):  # type: ignore[misc, valid-type]
        limits: ClientLimits

        def send(self, request: Any, *, stream: bool = False, **options: Any) -> Any:
            request.extensions = {**request.extensions, _STREAMED: stream}
            response = super().send(request, stream=True, **options)
            if not stream:
                try:
                    response.read()
                    _check(response, self.limits.whole)
                except BaseException:
                    response.close()
                    raise
            return response

    def metered(response: Any) -> None:
        """Count the bytes of each response; the client reads a redirect's body by itself."""
        own: ClientLimits = client.limits
        streamed = response.request.extensions.get(_STREAMED) and not response.has_redirect_location
        which = own.streamed if streamed else own.whole
        meter = _meter(response, which, None if streamed else own.budget)
        response.stream = Stream(response.stream, meter)

    client.__class__ = BoundedClient
    client.limits = limits
    client.event_hooks = {
        **client.event_hooks, "response": [metered, *client.event_hooks["response"]]
    }  # fmt: skip
    client.timeout = httpx.Timeout(idle_s)
    client.headers["Accept-Encoding"] = "identity"


def _meter(
    response: Any, limits: ResponseLimits, budget: ResponseBudget | None = None
) -> ResponseMeter:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise ResponseRefused(
            f"the response is compressed ({encoding:.20}), which was not asked for"
        )
    return ResponseMeter(limits, _kind(response) == "text/event-stream", budget)


def _check(response: Any, limits: ResponseLimits) -> None:
    if _kind(response).endswith("json"):
        check_json_depth(response.content, limits.json_depth)


def _kind(response: Any) -> str:
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()
