"""What leaves the machine that built a benchmark is below the gate: every exporter's files, and what commands write."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import nibabel as nib
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchsmith import plugins
from benchsmith.api.project import Project as Opened
from benchsmith.audits.identifiers import Hit, scan
from benchsmith.audits.sought_identifiers import Sought
from benchsmith.core.silent_progress import Silent
from benchsmith.engine import engine
from benchsmith.imaging.picture_segments import is_picture
from benchsmith.release import export
from benchsmith.release.model import Release
from tests.conftest import Project
from tests.test_release_texts import png_chunk

NAME = "Kowalska"
SOUGHT = Sought({NAME: "PatientName"}, "")


def plant(path: Path) -> None:
    """Write a name into a file, as something that writes this kind of file would."""
    data = path.read_bytes()
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        pq.write_table(table.append_column("more", pa.array([NAME] * len(table))), path)
    elif path.suffix == ".tar":
        with tarfile.open(path, "a") as members:
            entry = tarfile.TarInfo("more.txt")
            entry.size = len(NAME)
            members.addfile(entry, io.BytesIO(NAME.encode()))
    elif data.startswith(b"\x89PNG"):
        path.write_bytes(data[:-12] + png_chunk(b"tEXt", f"by\0{NAME}".encode()) + data[-12:])
    elif is_picture(data):
        path.write_bytes(data + NAME.encode())
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path, "a") as members:
            members.writestr("more.txt", NAME)
    else:
        path.write_bytes(data + f"\n{NAME}\n".encode())


@pytest.fixture(scope="module")
def release(built: Project) -> Iterator[Release]:
    """Yield the release of the built project, in memory."""
    with closing(engine(1)) as running:
        yield Opened(built.folder)._build("small", running, Silent()).audited()  # noqa: SLF001


def test_a_name_in_any_file_of_any_exporter_is_found(release: Release, tmp_path: Path) -> None:
    """The registry is walked, so an exporter that is added is held to it too."""
    folder = tmp_path / "release"
    folder.mkdir()
    release.beside = tmp_path
    every = {"exports": tuple(plugins.EXPORTS)}
    release.benchmark = release.benchmark.model_copy(update=every)
    written: dict[str, set[Path]] = {}
    before: set[Path] = set()
    for name, exporter in plugins.EXPORTS.items():
        export.write(release.public(), exporter, folder)
        now = {path for path in folder.rglob("*") if path.is_file()}
        written[name], before = now - before, now
    nothing = {name for name, files in written.items() if not files}
    # rehydrate writes of withheld sources only
    assert nothing <= {"rehydrate"}
    assert not scan(folder, SOUGHT)
    for path in sorted(before):
        plant(path)
    named = {path.relative_to(folder).as_posix() for path in before}
    found = scan(folder, SOUGHT)
    assert found == sorted(Hit(name, "PatientName") for name in named)


def test_what_commands_write_for_others_has_no_name_of_the_sources(
    project: Project, tmp_path: Path
) -> None:
    """Pages, tasks for other tools, logs of evaluations and subsets: none has what the build's own lists have."""
    data = project.folder / "raw_sources/abdomen/data"
    for path in sorted(data.rglob("b.nii.gz")):
        image = nib.load(path)
        image.header["descrip"] = b"Nowakowski^Ewa"
        nib.save(nib.Nifti1Image(np.asarray(image.dataobj), image.affine, image.header), path)
        path.rename(path.with_name("muster_mann_1967.nii.gz"))
    project.run("build", "small", "--workers", "1")
    out = tmp_path / "out"
    out.mkdir()
    project.run("explore", "small", "--out", str(out / "explorer"))
    project.run("review", "small", "--to-label-studio", str(out / "tasks"))
    project.run("subset", "modality=ct", "--from", "small", "--to", str(out / "ct"))
    project.run("evaluate", "small", "--model", "baseline:random")
    answers = project.folder / "output/small/answers"
    assert any(answers.rglob("*")) and len(list(out.iterdir())) == 3
    keys = {"muster_mann_1967": "the name of a sample", "Nowakowski^Ewa": "descrip"}
    sought = Sought(keys, "")
    assert not scan(out, sought)
    assert not scan(answers, sought)
    kept = scan(project.folder / "output/small/stages", sought)
    assert any(hit.kind == "the name of a sample" for hit in kept), "it would be found"
