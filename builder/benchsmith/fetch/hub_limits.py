"""Limits on what the Hugging Face Hub may send to a fetch of `hf://`: lists, redirects and files."""

from __future__ import annotations

from benchsmith.net.bounded_clients import ClientLimits, bound
from benchsmith.net.response_limits import ResponseBudget, ResponseLimits

PAGE = ResponseLimits(body_bytes=32 << 20, seconds=120.0)
"""Of a description, and of one page of a list of files."""
LISTING_BYTES = 512 << 20
"""Of all pages of a fetch's lists: about two million files."""
FILE = ResponseLimits(
    body_bytes=1 << 40, seconds=float("inf"), slowest_bytes_per_s=1024, stream_bytes=1 << 40
)
"""Of a file; the cache has a limit of its own."""
IDLE_S = 60.0
"""Longest wait for the next bytes."""


def bound_hub() -> None:
    """Limit the responses of the Hub's client, from now on."""
    from huggingface_hub.utils import get_session

    bound(get_session(), ClientLimits(PAGE, FILE, ResponseBudget(LISTING_BYTES)), IDLE_S)
