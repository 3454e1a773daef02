"""An event loop in a thread of its own, so that the caller may have one already (a notebook has)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@contextmanager
def loop_apart() -> Iterator[Run]:
    """Give what runs a coroutine to its end, on one loop; at the end what still runs is cancelled.

    Tasks that a coroutine leaves behind go on between two calls. An interrupt ends the wait at once.

    >>> with loop_apart() as run:
    ...     run(asyncio.sleep(0, "slept"))
    'slept'
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="asking", daemon=True)
    thread.start()

    def run(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    try:
        yield run
    finally:
        run(_cancelled())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _cancelled() -> None:
    """Cancel every other task, and see them end."""
    loop = asyncio.get_running_loop()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await loop.shutdown_asyncgens()
