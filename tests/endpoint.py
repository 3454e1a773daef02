"""A scripted server that speaks OpenAI's chat completions over HTTP, for tests of its clients.

```
def answers(request):                      # the request's JSON
    return chat("A")                       # or Reply(429, headers={"Retry-After": "1"}), ...

with scripted_server(answers) as server:
    client = AsyncOpenAI(base_url=server.base_url, api_key="x")
    ...
    assert len(server.requests) == 1
```
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DROP = 0
"""A status that closes the connection without an answer."""


@dataclass(frozen=True)
class Reply:
    """What the server answers: a body of bytes is sent as it is, anything else as JSON."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0
    """Seconds before the answer; the end of the server cuts it short."""


@dataclass(frozen=True)
class Request:
    """What a client asked."""

    path: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: Any
    """The JSON; the bytes where they are none."""


@dataclass(frozen=True)
class Endpoint:
    """A server that runs."""

    base_url: str
    """What a client gets as `base_url`, such as http://127.0.0.1:40001/v1."""
    requests: list[Request]
    """Every request in the order of its arrival, those that were answered with a fault too."""


def chat(text: str, *, asked: int = 100, told: int = 50, finish: str = "stop") -> Reply:
    """Answer with one message and its usage: `asked` tokens of prompt, `told` of answer."""
    return Reply(
        body={
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 0,
            "model": "scripted",
            "choices": [
                {
                    "index": 0,
                    "finish_reason": finish,
                    "message": {"role": "assistant", "content": text},
                }
            ],
            "usage": {
                "prompt_tokens": asked,
                "completion_tokens": told,
                "total_tokens": asked + told,
            },
        }
    )


def streamed(*parts: str, finish: str | None = "stop") -> Reply:
    """Answer piece by piece, as `stream: true` asks for; without `finish` the end is missing."""
    chunks: list[dict[str, Any]] = [{"content": part} for part in parts]
    events = [
        {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": "scripted",
            "choices": [{"index": 0, "delta": delta, "finish_reason": None}],
        }
        for delta in chunks
    ]
    if finish:
        last = {**events[0], "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}
        events.append(last)
    text = "".join(f"data: {json.dumps(e)}\n\n" for e in events)
    text += "data: [DONE]\n\n" if finish else ""
    return Reply(body=text.encode(), headers={"Content-Type": "text/event-stream"})


@contextmanager
def scripted_server(answers: Callable[[Any], Reply]) -> Iterator[Endpoint]:
    """Run a server whose every answer `answers` makes from the request's JSON.

    Requests are answered at the same time, each in its own thread; `answers` runs under a lock,
    so it may count.
    """
    requests: list[Request] = []
    lock, closing = threading.Lock(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            raw = self.rfile.read(length)
            if len(raw) < length:  # whoever asked was killed in the middle: nothing was asked
                self.close_connection = True
                return
            try:
                body = json.loads(raw)
            except ValueError:
                body = raw
            names = {name.lower(): value for name, value in self.headers.items()}
            with lock:
                requests.append(Request(self.path, names, body))
                reply = answers(body)
            if reply.wait:
                closing.wait(reply.wait)
            if reply.status == DROP:
                self.close_connection = True
                return
            sent = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            try:
                self.send_response(reply.status)
                for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)
            except OSError:  # the client has gone, as one does that waited too long
                self.close_connection = True

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield Endpoint(f"http://127.0.0.1:{server.server_address[1]}/v1", requests)
    finally:
        closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
