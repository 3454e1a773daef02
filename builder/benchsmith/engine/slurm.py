"""Work on a Slurm cluster: a file says what a job asks for, dask-jobqueue hands the jobs in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pydantic

from benchsmith.documents import yaml
from benchsmith.documents.labels import Text
from benchsmith.documents.problems import Problems
from benchsmith.engine.cluster import Cluster, needs

Count = Annotated[int, pydantic.Field(ge=1)]


class Jobs(yaml.Document):
    """What is asked of Slurm: so many jobs, each with some workers of one process."""

    jobs: Count
    workers: Count
    """Workers of a job, each a process on one processor."""
    memory: Annotated[str, pydantic.Field(pattern=r"^[0-9.]+ ?[KMGT]i?B$")]
    """Of a whole job: its workers share it, each with its part as its limit."""
    walltime: Annotated[str, pydantic.Field(pattern=r"^([0-9]+-)?[0-9]{1,2}:[0-9]{2}:[0-9]{2}$")]
    queue: Text | None = None
    account: Text | None = None
    interface: Text | None = None
    """Network interface of the nodes and of the machine that builds, such as ib0."""
    python: Text | None = None
    """Python of the nodes; default: the one that runs here."""
    scratch: Text | None = None
    """Folder of the nodes for what workers put aside."""
    before: tuple[Text, ...] = ()
    """Lines of the job's script before the worker starts: `module load ...`."""
    directives: tuple[Text, ...] = ()
    """More `#SBATCH` lines: `--constraint=...`."""


def slurm(file: str) -> Cluster:
    """Hand jobs in and use their workers as they come.

    Raises DocumentError with every problem of the file.
    """
    needs("dask_jobqueue", f"slurm:{file}")
    path = Path(file).resolve()
    problems = Problems(path.parent)
    jobs, _ = yaml.read(path, Jobs, problems)
    problems.raise_any()
    assert jobs is not None
    from distributed import Client

    own = waiting(jobs)
    own.scale(jobs=jobs.jobs)
    about = f"{jobs.jobs} jobs handed in; watch them at {own.dashboard_link}"
    return Cluster(Client(own), about, own, jobs=jobs.jobs)


def waiting(jobs: Jobs) -> Any:
    """Return the cluster before any job is handed in; `job_script()` says what one would be."""
    import dask
    from dask_jobqueue import SLURMCluster

    asked: dict[str, Any] = {"python": jobs.python} if jobs.python else {}
    # jobs end at their walltime: a worker that ends before it is no death of a unit
    with dask.config.set({"distributed.scheduler.allowed-failures": 3}):
        return SLURMCluster(
            cores=jobs.workers, processes=jobs.workers, memory=jobs.memory,
            walltime=jobs.walltime, queue=jobs.queue, account=jobs.account,
            interface=jobs.interface, local_directory=jobs.scratch,
            job_script_prologue=list(jobs.before), job_extra_directives=list(jobs.directives),
            job_name="benchsmith", **asked,
        )  # fmt: skip
