"""The server of `benchsmith explore`, and the clients that it must not serve or mind."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchsmith.gallery.serve_folder import MAX_CONNECTIONS, server_of


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "index.html").write_text("<p>page", "utf-8")
    with server_of(tmp_path, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def asked(port: int, path: str) -> bytes:
    """Return all that the server sends for a path."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        parts = []
        while part := client.recv(65536):
            parts.append(part)
    return b"".join(parts)


def test_no_other_page_can_read_an_answer(port: int) -> None:
    """The shards are scripts, which any page could load and read without this header."""
    head = asked(port, "/").partition(b"\r\n\r\n")[0].lower()
    assert b"cross-origin-resource-policy: same-origin" in head
    assert b"x-content-type-options: nosniff" in head
    assert b"x-frame-options: deny" in head


def test_a_path_that_no_file_can_have_is_not_found(
    port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(port, "/%00").startswith(b"HTTP/1.0 404")
    assert asked(port, "/").endswith(b"<p>page")
    assert capsys.readouterr().err == ""


def test_a_client_that_leaves_is_no_message(port: int, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        client = socket.create_connection(("127.0.0.1", port))
        client.sendall(b"GET /")
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
    assert asked(port, "/").endswith(b"<p>page")
    time.sleep(0.2)
    assert capsys.readouterr().err == ""


def test_slow_clients_keep_nobody_out_and_take_few_threads(port: int) -> None:
    before, slow = threading.active_count(), []
    for _ in range(3 * MAX_CONNECTIONS):
        slow.append(socket.create_connection(("127.0.0.1", port), timeout=10))
        slow[-1].sendall(b"GET / HTTP/1.1\r\nX: ")
    assert asked(port, "/").endswith(b"<p>page")
    deadline = time.monotonic() + 20
    while (more := threading.active_count() - before) > 2 * MAX_CONNECTIONS:
        assert time.monotonic() < deadline, f"{more} threads"
        time.sleep(0.1)
    for client in slow:
        client.close()
