"""What more workers bring at most: Amdahl's bound of a build's serial and its divisible work.

    python -m performance.amdahl SERIAL_MINUTES CORE_HOURS [WORKERS ...]

`python -m performance.scale` prints it too, for the serial seconds that it measured.
"""

from __future__ import annotations

import sys

WORKERS = (8, 16, 64, 640)


def wall(serial: float, divisible: float, workers: int) -> float:
    """Return the least time of a build, in the unit of both shares of the work.

    >>> wall(1.0, 9.0, 3)
    4.0
    """
    return serial + divisible / workers


def table(serial: float, divisible: float, workers: tuple[int, ...] = WORKERS) -> str:
    """Return the bound as a table: seconds of serial and of divisible work, by number of workers."""
    whole = serial + divisible
    lines = [
        f"serial {serial / 60:.1f} min of {whole / 3600:.1f} core-hours: at most {whole / serial:.0f} x as fast",
        "",
        "| workers | at least | x as fast | workers used |",
        "| --- | --- | --- | --- |",
    ]
    for count in workers:
        least = wall(serial, divisible, count)
        fast = whole / least
        lines.append(f"| {count} | {least / 3600:.2f} h | {fast:.1f} | {fast / count:.0%} |")
    return "\n".join(lines)


if __name__ == "__main__":
    given = [float(word) for word in sys.argv[1:]]
    print(table(given[0] * 60, given[1] * 3600, tuple(map(int, given[2:])) or WORKERS))
