"""Who somebody is: a link of their own, whose token is as long as a key and is stored nowhere."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Mapping
from hashlib import sha256

from benchsmith.review.act_store import Store

BYTES = 32
"""Random bytes of a token."""


def give(store: Store, people: Iterable[str], *, anew: bool = False) -> dict[str, str]:
    """Make a link for everybody who has none, or `anew` for all, and return the new tokens.

    Only a token's digest is kept, so a link is seen once, when it is made.
    """
    there = store.links()
    made = {}
    for who in people:
        if anew or who not in there:
            made[who] = secrets.token_urlsafe(BYTES)
            store.link(who, digest(made[who]))
    return made


def digest(token: str) -> str:
    """Return what is kept of a token."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def whose(token: str, links: Mapping[str, str], people: Iterable[str]) -> str:
    """Return whose link a token is; empty where it is nobody's who was asked.

    Everybody's is compared, each in constant time, so that no answer comes sooner than another.
    """
    own, found = digest(token), ""
    for who in people:
        if secrets.compare_digest(own, links.get(who, "")):
            found = who
    return found


def form_token(token: str) -> str:
    """Return what a page sends back with every act, to show that it is ours: an HMAC of the token."""
    return hmac.new(token.encode("utf-8", "surrogatepass"), b"form", sha256).hexdigest()
