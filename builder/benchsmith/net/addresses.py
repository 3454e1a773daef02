"""Which network addresses are public: not this machine, a private network, or a cloud's metadata.

Registries: RFC 6890 and IANA's special-purpose address tables, as `ipaddress` has them.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from unicodedata import normalize

_NAT64 = IPv6Network("64:ff9b::/96")
_GLOBAL = IPv6Network("2000::/3")
"""All that IANA gives out; `ipaddress` counts site-local and IPv4-compatible addresses as global."""
_LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal")


def is_public(address: str) -> bool:
    """Return whether an IP address is reachable from anywhere; embedded IPv4 ones count.

    >>> is_public("93.184.215.14"), is_public("169.254.169.254"), is_public("::ffff:10.0.0.1")
    (True, False, False)
    """
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        found = _embedded(found) or found
    if isinstance(found, IPv6Address) and found not in _GLOBAL:
        return False
    return found.is_global and not found.is_multicast


def is_public_host(host: str) -> bool:
    r"""Return whether a URL's host may be public, by its text alone; names are not resolved.

    IPv4 addresses in other notations (`127.1`, `0x7f000001`, `2130706433`) are understood.

    >>> is_public_host("example.org"), is_public_host("127.1"), is_public_host("[::1]")
    (True, False, False)
    >>> is_public_host("\uff11\uff12\uff17.0.0.1"), is_public_host("127\u30020\u30020\u30021")
    (False, False)
    """
    # as clients read it: wide letters, digits in circles and wide dots stand for plain ones
    name = normalize("NFKC", host).replace("\u3002", ".").strip("[]").rstrip(".").lower()
    if not name or name == "localhost" or name.endswith(_LOCAL_NAMES):
        return False
    try:
        return is_public(name)
    except ValueError:
        pass
    try:
        return is_public(socket.inet_ntoa(socket.inet_aton(name)))
    except (OSError, ValueError):
        return True


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 one embeds; None if it embeds none."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
