"""Engines run the work: in this process, in local processes, or on a cluster.

The work functions do not know which.
"""

from __future__ import annotations

from functools import partial

from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.engine.contract import Engine, Lost, WorkerLost, in_order
from benchsmith.engine.inline import InLine
from benchsmith.engine.lazy_engine import AtFirstWork
from benchsmith.engine.machine import cores

__all__ = ["KINDS", "Engine", "Lost", "WorkerLost", "cores", "engine", "in_order", "is_local"]
KINDS = ("processes", "local-cluster:N", "tcp://HOST:PORT", "tls://HOST:PORT", "slurm:FILE.yaml")


def engine(workers: int = 0, kind: str = "processes", limit_s: float = 0) -> Engine:
    """Return an engine of one of `KINDS`; 0 workers means as many as processors and memory allow.

    `limit_s` is the time that one unit may take; 0 for no limit. Raises DocumentError for an unknown kind, and WorkerLost if a cluster does not answer.
    """
    name, _, rest = kind.partition(":")
    if kind == "processes":
        if (workers or cores()) == 1:
            return InLine(limit_s)
        return AtFirstWork(partial(_processes, workers, limit_s))
    if name == "local-cluster" and (not rest or (rest.isdigit() and int(rest))):
        from benchsmith.engine.dask_cluster import local

        return local(int(rest or workers or cores()), limit_s)
    if name in ("tcp", "tls") and rest.startswith("//"):
        from benchsmith.engine.dask_cluster import remote

        return remote(kind, limit_s)
    if name == "slurm" and rest:
        from benchsmith.engine.slurm import slurm

        return slurm(rest, limit_s)
    unknown = f"`--engine {kind}` is not a known engine"
    raise DocumentError([Problem.without_place(unknown, f"use one of {', '.join(KINDS)}")])


def is_local(at_work: Engine) -> bool:
    """Return whether an engine's workers share the disk of this machine."""
    from benchsmith.engine.processes import Processes

    # an engine made at the first work consists of local processes
    return isinstance(at_work, InLine | AtFirstWork | Processes)


def _processes(workers: int, limit_s: float) -> Engine:
    from benchsmith.engine.processes import Processes

    return Processes(workers, limit_s)
