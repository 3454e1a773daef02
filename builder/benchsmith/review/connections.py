"""Connections of the desk's server, with limits, so that a slow client does not block others.

uvicorn limits idle connections and the size of a request's head, but not the time a head takes, the
time a client takes to read a response, or the number of connections.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_TIMEOUT_S = 8.0
"""From the start of a connection, or from the end of a response, to the end of the next head."""
UNREAD_TIMEOUT_S = 2.0
"""How long the rest of a body is discarded after the response; closing at once would lose it."""
WRITE_TIMEOUT_S = 20.0
"""How long a client may leave a response unread."""
MAX_CONNECTIONS = 256
"""Open connections; a browser makes up to six."""
HEAD, UNREAD, CLOSING = "head", "unread", "closing"
TOO_SLOW = b"the request did not arrive in time"
TOO_MANY = b"too many connections"


class LimitedConnection(H11Protocol):
    """A connection whose head, unread body and unread response are limited in time.

    If there are too many connections, a new one replaces the one that has been idle the longest.
    Slow clients therefore do not block others. A body that a handler reads is limited by
    :mod:`benchsmith.review.request_body`.
    """

    phase = ""
    """What the client is expected to finish; empty while the server is at work."""
    since = 0.0
    """Start of the phase, by the clock of the event loop."""
    _limit: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection; if there are too many, close one."""
        super().connection_made(transport)
        self._begin(HEAD, HEAD_TIMEOUT_S)
        if len(self.connections) > MAX_CONNECTIONS:
            others = [c for c in self.connections if isinstance(c, LimitedConnection)]
            slow = [c for c in others if c.phase and c is not self]
            if slow:
                min(slow, key=lambda c: c.since).abort()
            else:
                self._refuse(503, TOO_MANY)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clocks."""
        super().connection_lost(exc)
        self._begin("", 0)
        self.resume_writing()

    def data_received(self, data: bytes) -> None:
        """Take bytes; bytes of an unfinished head or body do not extend its time."""
        super().data_received(data)
        self._update()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._update()

    def pause_writing(self) -> None:
        """Start the clock of a response that the client does not read."""
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(WRITE_TIMEOUT_S, self.abort)

    def resume_writing(self) -> None:
        """Stop that clock."""
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _update(self) -> None:
        """Find the phase from the states of both sides of the connection."""
        if self.transport.is_closing():
            phase, limit = CLOSING, WRITE_TIMEOUT_S
        elif self.conn.their_state is h11.IDLE:
            phase, limit = HEAD, HEAD_TIMEOUT_S
        elif self.conn.their_state is h11.SEND_BODY and self.conn.our_state in (
            h11.DONE,
            h11.MUST_CLOSE,
        ):
            phase, limit = UNREAD, UNREAD_TIMEOUT_S
        else:
            phase, limit = "", 0.0
        if phase != self.phase:
            self._begin(phase, limit)

    def _begin(self, phase: str, limit: float) -> None:
        self.phase, self.since = phase, self.loop.time()
        if self._limit is not None:
            self._limit.cancel()
        self._limit = self.loop.call_later(limit, self._expired) if phase else None

    def _expired(self) -> None:
        """End a connection whose phase took too long; the client gets a response if it had started a header."""
        begun = bool(self.conn.trailing_data[0])
        if self.phase == HEAD and begun and not self.transport.is_closing():
            self._refuse(408, TOO_SLOW)
        else:
            self.transport.close()
        # what the client does not read is dropped
        self.loop.call_later(UNREAD_TIMEOUT_S, self.abort)

    def _refuse(self, status: int, why: bytes) -> None:
        """Respond without the application, and close."""
        headers = [
            ("content-type", "text/plain; charset=utf-8"),
            ("content-length", str(len(why))),
            ("connection", "close"),
        ]
        events: list[Any] = [
            h11.Response(status_code=status, headers=headers),
            h11.Data(data=why),
            h11.EndOfMessage(),
        ]
        for event in events:
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def abort(self) -> None:
        """Drop the connection and what is not sent yet."""
        self.transport.abort()
