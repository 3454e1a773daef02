"""The verdicts of an audit as JSON values, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from benchsmith.core.verdicts import Audit, Offender, Part, Verdict

SUSPECTS = "suspects"


def as_json(audit: Audit, about: Mapping[str, Any]) -> dict[str, Any]:
    """Return an audit as JSON values, with further keys from `about`."""
    return {
        **about,
        "outcomes": audit.counts(),
        "publishable": not audit.stops(),
        "checks": [asdict(v) for v in audit.verdicts],
    }


def from_json(value: Mapping[str, Any]) -> Audit:
    """Return the audit that :func:`as_json` wrote, with the suspects if `about` had them."""
    suspects = tuple((check, case) for check, case in value.get(SUSPECTS, ()))
    return Audit(tuple(_verdict(v) for v in value["checks"]), suspects)


def suspects_json(audit: Audit) -> dict[str, Any]:
    """Return the suspects as a key of :func:`as_json`, for files that are not published."""
    return {SUSPECTS: [list(one) for one in audit.suspects]}


def _verdict(value: Mapping[str, Any]) -> Verdict:
    parts = tuple(Part(**p) for p in value["parts"])
    offenders = tuple(Offender(**o) for o in value["offenders"])
    return Verdict(**{**value, "parts": parts, "offenders": offenders})
