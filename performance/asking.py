"""Asking a server, against the plain loop of asyncio and `openai` that a good engineer writes.

    python -m performance.asking [--questions 1000] [--rounds 3]

A server of its own process answers every request at once, so what is measured is the client: 32 requests in
flight, each with a picture of 100 kB, each answer written to a file as a line. Both run in turn, each in a process of
its own. What the plain loop leaves out: retries and their waits, the server's wish to wait, limits on bytes
and time of a response, a key that must not be logged, and answers that are on disk before they count.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
AT_ONCE = 32
PICTURE = base64.b64encode(bytes(range(256)) * 400).decode()
ANSWER = json.dumps({
    "id": "1", "object": "chat.completion", "created": 0, "model": "m",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "A"}}],
    "usage": {"prompt_tokens": 100, "completion_tokens": 1, "total_tokens": 101},
}).encode()  # fmt: skip
Way = Callable[[str, int, Path], None]


def messages(number: int) -> list[dict[str, Any]]:
    """Return the question of a number, with its picture."""
    url = f"data:image/png;base64,{PICTURE}"
    content = [
        {"type": "image_url", "image_url": {"url": url}},
        {"type": "text", "text": f"{number}: which organ is shown? Answer with A, B, C or D."},
    ]
    return [{"role": "user", "content": content}]


async def _serve() -> None:
    """Answer every request of a connection that stays open, and print the port."""

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.lower().split(b"\r\n")
                size = next(int(v[15:]) for v in lines if v.startswith(b"content-length:"))
                await reader.readexactly(size)
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER)
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answered, "127.0.0.1", 0, limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def ours(url: str, count: int, file: Path) -> None:
    """Ask with the program's client, and append each answer."""
    from benchsmith.evaluate.answer_log import SYNC_S
    from benchsmith.models.address import Address
    from benchsmith.models.contract import Question
    from benchsmith.models.endpoint import replies
    from benchsmith.tables.append_log import AppendLog

    def questions() -> Iterator[Question[int]]:
        return (Question(n, str(n), messages(n)) for n in range(count))

    with AppendLog(file, sync_s=SYNC_S) as log:
        for number, reply in replies(
            Address(model="m", base_url=url, concurrency=AT_ONCE), questions()
        ):
            assert reply.text == "A", reply
            log.append({"id": number, "text": reply.text, "asked": reply.input_tokens})


def plain(url: str, count: int, file: Path) -> None:
    """Ask with a semaphore around `openai`, and append each answer."""
    from openai import AsyncOpenAI

    async def every() -> None:
        client, slots = AsyncOpenAI(base_url=url, api_key="none"), asyncio.Semaphore(AT_ONCE)
        with file.open("w", encoding="utf-8") as lines:

            async def ask(number: int) -> None:
                async with slots:
                    sent: Any = messages(number)
                    reply = await client.chat.completions.create(model="m", messages=sent)
                    assert reply.choices[0].message.content == "A"
                    assert reply.usage
                    said = {"id": number, "text": "A", "asked": reply.usage.prompt_tokens}
                    lines.write(json.dumps(said) + "\n")

            await asyncio.gather(*(ask(n) for n in range(count)))

    asyncio.run(every())


WAYS: dict[str, Way] = {"ours": ours, "asyncio and openai": plain}


def child(name: str, url: str, count: int) -> None:
    """Ask one question, so that all is imported, then the others; print what these took."""
    with tempfile.TemporaryDirectory(prefix="asking-") as scratch:
        WAYS[name](url, 1, Path(scratch) / "first.jsonl")
        start = time.perf_counter(), time.process_time()
        WAYS[name](url, count, Path(scratch) / "answers.jsonl")
        print(json.dumps([time.perf_counter() - start[0], time.process_time() - start[1]]))
        assert len((Path(scratch) / "answers.jsonl").read_text("utf-8").splitlines()) == count


def main() -> None:
    """Measure both in turn, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--child", nargs=2)
    given = parser.parse_args()
    if given.serve:
        asyncio.run(_serve())
    if given.child:
        child(*given.child, given.questions)
        return
    again = [sys.executable, "-m", "performance.asking", "--questions", str(given.questions)]
    found: dict[str, list[list[float]]] = {name: [] for name in WAYS}
    with subprocess.Popen(
        [*again, "--serve"], stdout=subprocess.PIPE, text=True, cwd=PROJECT
    ) as server:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}/v1"
        try:
            for _ in range(given.rounds):
                for name in WAYS:
                    done = subprocess.run(
                        [*again, "--child", name, url], check=True, capture_output=True, text=True, cwd=PROJECT
                    )  # fmt: skip
                    found[name].append(json.loads(done.stdout.splitlines()[-1]))
        finally:
            server.terminate()
    print("| way | questions/s | us of CPU each | spread |\n| --- | --- | --- | --- |")
    for name, runs in found.items():
        wall, cpu = (statistics.median(r[i] for r in runs) for i in (0, 1))
        each = [r[1] / given.questions * 1e6 for r in runs]
        print(f"| {name} | {given.questions / wall:.0f} | {cpu / given.questions * 1e6:.0f} "
              f"| {min(each):.0f} to {max(each):.0f} |")  # fmt: skip


if __name__ == "__main__":
    main()
