"""Run the work on a Slurm cluster: a file describes the jobs, dask-jobqueue submits them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pydantic

from benchsmith.documents import yaml
from benchsmith.documents.labels import Text
from benchsmith.engine.dask_cluster import Cluster, require

Count = Annotated[int, pydantic.Field(ge=1)]


class SlurmJobs(yaml.Document):
    """The jobs to submit: their number and the resources of each."""

    jobs: Count
    workers: Count
    """Workers of a job, each one process on one processor."""
    memory: Annotated[str, pydantic.Field(pattern=r"^[0-9.]+ ?[KMGT]i?B$")]
    """Of a whole job; each worker is limited to an equal share."""
    walltime: Annotated[str, pydantic.Field(pattern=r"^([0-9]+-)?[0-9]{1,2}:[0-9]{2}:[0-9]{2}$")]
    queue: Text | None = None
    account: Text | None = None
    interface: Text | None = None
    """Network interface of the nodes and of the machine that runs the build, such as ib0."""
    python: Text | None = None
    """Python interpreter on the nodes; default: the one that runs the build."""
    scratch: Text | None = None
    """Folder on the nodes for temporary files of the workers."""
    before: tuple[Text, ...] = ()
    """Lines of the job script to run before the worker starts: `module load ...`."""
    directives: tuple[Text, ...] = ()
    """Additional `#SBATCH` directives: `--constraint=...`."""


def slurm(file: str, limit_s: float = 0) -> Cluster:
    """Submit the jobs that `file` describes, and use their workers as they start.

    Raises DocumentError with every problem of the file.
    """
    require("dask_jobqueue", f"slurm:{file}")
    path = Path(file).resolve()
    jobs = yaml.read(path, SlurmJobs)
    from distributed import Client

    own = cluster_of(jobs)
    own.scale(jobs=jobs.jobs)
    about = f"{jobs.jobs} jobs submitted; dashboard: {own.dashboard_link}"
    return Cluster(Client(own), about, own, limit_s=limit_s, jobs=jobs.jobs)


def cluster_of(jobs: SlurmJobs) -> Any:
    """Return the cluster before any job is submitted; its `job_script()` is that of one job."""
    import dask
    from dask_jobqueue import SLURMCluster

    python: dict[str, Any] = {"python": jobs.python} if jobs.python else {}
    # jobs end at their walltime, so a unit may lose several workers without being the cause
    with dask.config.set({"distributed.scheduler.allowed-failures": 3}):
        return SLURMCluster(
            cores=jobs.workers, processes=jobs.workers, memory=jobs.memory,
            walltime=jobs.walltime, queue=jobs.queue, account=jobs.account,
            interface=jobs.interface, local_directory=jobs.scratch,
            job_script_prologue=list(jobs.before), job_extra_directives=list(jobs.directives),
            job_name="benchsmith", **python,
        )  # fmt: skip
