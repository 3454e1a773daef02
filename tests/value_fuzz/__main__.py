"""`python -m tests.value_fuzz [MUTANTS]` makes so many mutants of each format, and writes the tables."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tests.value_fuzz import page
from tests.value_fuzz.formats import FORMATS
from tests.value_fuzz.run import CRASH, DIFFER, HANG, OURS_ALONE, Outcome, explained, measure


def wrong(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the outcomes that may not be: differences, crashes, and what nobody can explain."""
    forms = {form.name: form for form in FORMATS}
    return [
        one
        for one in outcomes
        if one.name in (DIFFER, CRASH, HANG)
        or (one.name == OURS_ALONE and not explained(forms[one.format], one))
    ]


def main() -> int:
    """Run the fuzz; return the exit code."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    chosen = sys.argv[2:]
    found: list[Outcome] = []
    for form in FORMATS:
        if not chosen or form.name in chosen:
            found += measure(form, range(count or form.mutants))
            print(form.name, *page.counts([o for o in found if o.format == form.name]), flush=True)
    bad = wrong(found)
    for one in bad:
        print(one)
    if not chosen and not count:
        page.write(found)
    print(f"{len(found)} mutants, {len(bad)} of them not as they must be")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
