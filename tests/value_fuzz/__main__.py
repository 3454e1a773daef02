"""`python -m tests.value_fuzz` makes all mutants and writes the tables.

`--keep FOLDER` keeps what came of each format there, and takes formats from there that were run
whole: a run that was stopped goes on. `--only FORMAT ...` runs some formats; with `--count` so many
mutants of each, for a look. `--page` writes the tables from what was kept and runs nothing: a format
that was not run is listed as such.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.value_fuzz import page
from tests.value_fuzz.formats import FORMATS
from tests.value_fuzz.kept import all_kept, keep, kept
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


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.value_fuzz")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", nargs="+", choices=[form.name for form in FORMATS], default=())
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--page", action="store_true")
    return parser.parse_args()


def main() -> int:
    """Run the fuzz; return the exit code."""
    options = _options()
    found = all_kept(options.keep) if options.page else []
    for form in () if options.page else FORMATS:
        if options.only and form.name not in options.only:
            continue
        some = kept(options.keep, form) if options.keep and not options.count else []
        if not some:
            some = list(measure(form, range(options.count or form.mutants)))
            if options.keep and not options.count:
                keep(options.keep, form, some)
        print(form.name, *page.counts(some), flush=True)
        found += some
    bad = wrong(found)
    for one in bad:
        print(one)
    if options.page or not (options.only or options.count):
        page.write(found)
    print(f"{len(found)} mutants, {len(bad)} of them not as they must be")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
