"""Time the audit of a generated benchmark, check by check, in one process on one thread.

    python -m performance.audit [QUESTIONS] [PATIENTS]

The default is 26,000 questions of 9,000 patients, about the size of GMAI-MMBench.
"""

from __future__ import annotations

import os
import resource
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"


def main() -> None:
    """Print seconds of the slowest checks and of all."""
    from benchsmith.audits.audit import load
    from benchsmith.audits.registry import CHECKS
    from benchsmith.documents.benchmark import Marks
    from tests.audit_tables import audit_table

    items, patients = (int(a) for a in (*sys.argv[1:], "26000", "9000")[:2])
    made = audit_table(1, items=items, patients=patients)
    seconds: dict[str, float] = {}
    start = time.process_time()
    for name in CHECKS:
        before = time.process_time()
        load(name)(made, Marks())
        seconds[name] = time.process_time() - before
    whole = time.process_time() - start
    print("| check | s |\n| --- | --- |")
    for name, taken in sorted(seconds.items(), key=lambda e: -e[1])[:10]:
        print(f"| `{name}` | {taken:.1f} |")
    print(f"| all {len(CHECKS)} | {whole:.1f} |")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"\n{items} questions of {patients} patients, peak {peak} MB")


if __name__ == "__main__":
    main()
