"""Where work runs: here, in a few processes, or on a cluster. The work knows nothing of it."""

from __future__ import annotations

from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.engine.contract import Engine, Lost, WorkerLost, in_order
from benchsmith.engine.inline import InLine
from benchsmith.engine.machine import cores
from benchsmith.engine.processes import Processes

__all__ = ["KINDS", "Engine", "Lost", "WorkerLost", "cores", "engine", "in_order"]
KINDS = ("processes", "local-cluster:N", "tcp://HOST:PORT", "tls://HOST:PORT", "slurm:FILE.yaml")


def engine(workers: int = 0, kind: str = "processes") -> Engine:
    """Return an engine: of `KINDS`; 0 workers are as many as the machine has room for.

    Raises DocumentError for another kind, and WorkerLost where a cluster does not answer.
    """
    name, _, rest = kind.partition(":")
    if kind == "processes":
        return InLine() if (workers or cores()) == 1 else Processes(workers)
    if name == "local-cluster" and (not rest or (rest.isdigit() and int(rest))):
        from benchsmith.engine.cluster import local

        return local(int(rest or workers or cores()))
    if name in ("tcp", "tls") and rest.startswith("//"):
        from benchsmith.engine.cluster import remote

        return remote(kind)
    if name == "slurm" and rest:
        from benchsmith.engine.slurm import slurm

        return slurm(rest)
    said = f"`--engine {kind}` is none of those that there are"
    raise DocumentError([Problem.without_place(said, f"say one of {', '.join(KINDS)}")])
