"""Authentication by personal links with secret tokens; only digests of tokens are stored."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Mapping
from hashlib import sha256

from benchsmith.review.act_store import ActionStore

TOKEN_BYTES = 32
"""Random bytes of a token."""


def issue(store: ActionStore, people: Iterable[str], *, anew: bool = False) -> dict[str, str]:
    """Make tokens for people without a link, or with `anew` new ones for all; return the new tokens by person.

    Only digests are stored, so a link can be shown only when it is made.
    """
    there = store.links()
    made = {}
    for who in people:
        if anew or who not in there:
            made[who] = secrets.token_urlsafe(TOKEN_BYTES)
            store.link(who, digest(made[who]))
    return made


def digest(token: str) -> str:
    """Return the digest of a token that is stored: SHA-256 in hex."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def owner_of(token: str, links: Mapping[str, str], people: Iterable[str]) -> str:
    """Return the person among `people` whose link has the token; empty if there is none.

    All digests are compared in constant time, so that the response time reveals nothing.
    """
    own, found = digest(token), ""
    for who in people:
        if secrets.compare_digest(own, links.get(who, "")):
            found = who
    return found


def form_token(token: str) -> str:
    """Return the CSRF token that a page sends with every action: an HMAC of the link's token."""
    return hmac.new(token.encode("utf-8", "surrogatepass"), b"form", sha256).hexdigest()
