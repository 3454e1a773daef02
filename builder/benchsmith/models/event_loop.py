"""An event loop in a background thread, for callers that already run one, such as notebooks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@contextmanager
def background_loop() -> Iterator[Run]:
    """Yield a function that runs a coroutine on one background loop and returns its result.

    Tasks that a coroutine starts keep running between calls and are cancelled at the end. An
    interrupt ends the wait at once.

    >>> with background_loop() as run:
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
    """Cancel all other tasks and wait until they have ended."""
    loop = asyncio.get_running_loop()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await loop.shutdown_asyncgens()
