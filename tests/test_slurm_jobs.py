"""The file of Slurm jobs: what a job asks Slurm for, and each mistake by line."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import pytest

from benchsmith.documents.problems import DocumentError
from benchsmith.engine import engine
from benchsmith.engine.slurm import SlurmJobs, cluster_of

JOBS = """\
jobs: 40
workers: 16
memory: 64GB
walltime: 04:00:00
queue: short
account: imaging
scratch: /scratch/me
before: [module load python/3.12]
directives: [--constraint=avx2]
"""


def test_a_job_asks_slurm_for_what_the_file_says(tmp_path: Path) -> None:
    pytest.importorskip("dask_jobqueue")
    jobs = SlurmJobs(jobs=40, workers=16, memory="64GB", walltime="04:00:00", queue="short",
                account="imaging", scratch="/scratch/me", before=("module load python/3.12",),
                directives=("--constraint=avx2",))  # fmt: skip
    with closing(cluster_of(jobs)) as own:
        script = own.job_script().splitlines()
    for line in ("#SBATCH -J benchsmith", "#SBATCH -p short", "#SBATCH -A imaging",
                 "#SBATCH --cpus-per-task=16", "#SBATCH --mem=60G", "#SBATCH -t 04:00:00",
                 "#SBATCH --constraint=avx2"):  # fmt: skip
        assert line in script
    last = script[-1]
    assert script.index("module load python/3.12") < script.index(last)
    assert sys.executable in last
    assert "--nworkers 16" in last and "--nthreads 1" in last and "--memory-limit 3.73GiB" in last


def test_every_mistake_in_a_slurm_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cluster.yaml"
    path.write_text(JOBS.replace("64GB", "much").replace("jobs: 40", "job: 40"))
    with pytest.raises(DocumentError) as said:
        engine(0, f"slurm:{path}")
    text = str(said.value)
    assert "cluster.yaml:3" in text and "job" in text and "jobs" in text
