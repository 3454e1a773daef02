"""Broken, hostile and awkward files, each read in a child process.

There are two corpora: one that :mod:`tests.bad_file_maker` generates, and one of files that were
collected from other projects, in a folder beside this one. A manifest says of every file what is
wrong with it and what should come of it. What reads a file is chosen by its place in the corpus.

`python -m tests.badfiles` reads the generated files, and the collected ones where they are there,
prints those that end as they must not, and writes the tables in docs/reliability.md.
"""

from __future__ import annotations

import contextlib
import csv
import mimetypes
import multiprocessing
import os
import re
import resource
import shutil
import sys
import sysconfig
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

import numpy as np

from benchsmith.core.contracts import Annotations, DataFault, Image, Reading, Request
from benchsmith.core.reasons import REASONS

PROJECT = Path(__file__).resolve().parent.parent
CORPUS = PROJECT.parent / "shared" / "badfiles"
MODULES = PROJECT / "builder/benchsmith"
PAGE = PROJECT / "docs" / "reliability.md"
COLLECTED, GENERATED = "bad files", "generated bad files"
"""What the marks around a corpus's table in PAGE are called."""

MEMORY_BYTES = 6 << 30
SECONDS = 20.0
START_SECONDS = 120.0
"""A child may take this long to start: it imports the project on a busy machine."""
MOST_PARTS = 3
"""Of a file of several pictures so many are read."""
MARKER = "BADFILES_PWNED_*"
"""What a file leaves in the folder for temporary files when it is made to run its code."""

READ, REJECTED, CRASH, HANG, ESCAPE, PWNED = OUTCOMES = (
    "read",
    "rejected",
    "crash",
    "hang",
    "escape",
    "pwned",
)
"""An Image or Annotations came back; a DataFault, or a fault of an annotation; any other
exception, a reason that nobody knows, or a dead child; no end in SECONDS; a file elsewhere was
opened, or a program or a connection; a MARKER appeared."""
NEVER = (CRASH, HANG, ESCAPE, PWNED)

NOT_READ = "not read by an ingest"
NIFTI, LABELS, NRRD, META = "NIfTI", "NIfTI labels", "NRRD", "MetaImage"
DICOM, SERIES, SEG = "DICOM", "DICOM series", "DICOM segmentations"
PICTURES, MASKS, NUMPY = "pictures", "masks", "NumPy"
COCO, VOC, YOLO, TABLES = "COCO and JSON", "Pascal VOC", "YOLO", "tables"
MGH, MATLAB, OME, ZARR = "MGH", "MATLAB", "OME-TIFF", "Zarr"
LABELME, VIA = "LabelMe", "VGG Image Annotator"
NONE_COLLECTED = (MGH, MATLAB, OME, ZARR, LABELME, VIA)
"""Kinds of which the collected corpus has no files."""

PLACES = (
    ("made/nifti/label_*", LABELS, ""),
    ("made/nifti/good_ras_label.nii.gz", LABELS, ""),
    ("made/nifti/*", NIFTI, ""),
    ("made/nrrd/*", NRRD, ""),
    ("made/mha/*", META, ""),
    ("made/dicom/series_*", SERIES, ""),
    ("made/dicom/seg_*", SEG, ""),
    ("made/dicom/*", DICOM, ""),
    ("made/image/*", PICTURES, ""),
    ("made/mask/*", MASKS, ""),
    ("made/npz/*", NUMPY, ""),
    ("made/coco/*", COCO, ""),
    ("made/voc/*", VOC, ""),
    ("made/yolo/*", YOLO, ""),
    ("made/csv/*", TABLES, ""),
    ("made/mgh/*", MGH, ""),
    ("made/matlab/*", MATLAB, ""),
    ("made/ome/*", OME, ""),
    ("made/zarr/*", ZARR, ""),
    ("made/labelme/*", LABELME, ""),
    ("made/via/*", VIA, ""),
    ("fetched/pynrrd/*.nii.gz", NIFTI, ""),
    ("fetched/pynrrd/*", NRRD, ""),
    ("fetched/nibabel/*.dcm", DICOM, ""),
    ("fetched/nibabel/*", NIFTI, ".nii"),
    ("fetched/fodicom/*", DICOM, ""),
    ("fetched/pydicom*", DICOM, ".dcm"),
    ("fetched/presidio/*.dcm", DICOM, ""),
    ("fetched/presidio/*.png", PICTURES, ""),
    ("fetched/bmp_afl/*", PICTURES, ".bmp"),
    ("fetched/gif_afl/*", PICTURES, ".gif"),
    ("fetched/jpeg_afl/*", PICTURES, ".jpg"),
    ("fetched/pillow*", PICTURES, ".png"),
    ("fetched/png*", PICTURES, ".png"),
    ("fetched/tiff_fuzz/*", PICTURES, ".tif"),
    ("fetched/json_*", COCO, ""),
    ("fetched/arrow_csv_fuzz/*", TABLES, ".csv"),
    ("made/archive/*", NOT_READ, ""),
    ("made/llm/*", NOT_READ, ""),
    ("made/parquet/*", NOT_READ, ""),
    ("fetched/arrow_ipc_fuzz/*", NOT_READ, ""),
    ("fetched/arrow_parquet_fuzz/*", NOT_READ, ""),
    ("fetched/parquet_bad/*", NOT_READ, ""),
)
"""Place, what reads it, and the ending that a file gets whose own one no reader is known for; the
first line that fits counts."""

MUST_REJECT = ("reject:", "reject or split:", "quarantine:", "n_*: reject")
MUST_READ = ("accept",)
NOT_MUST_READ = ("accept only",)
"""How the manifest's column `expect` begins where a file must be refused, and must be read."""

SETTLED = {
    "made/coco/box_partly_outside.json": (REJECTED, "most of the box is outside"),
    "made/coco/utf16.json": (REJECTED, "JSON is UTF-8 (RFC 8259, 8.1)"),
    "made/csv/semicolon.csv": (REJECTED, "the entry declares no separator"),
    "made/nifti/sform_shear.nii.gz": (REJECTED, "no axis of a sheared grid is one of the body"),
    "made/nifti/label_ignore255.nii.gz": (REJECTED, "the entry does not declare 255"),
    "made/mask/good_0255.png": (READ, "the entry declares 255"),
    "made/mask/mask16_instance.png": (READ, "the entry is of instances"),
    "made/image/animated.gif": (READ, "its frames are named, as parts"),
    "made/image/one_pixel.png": (READ, "left out when it is measured: it shows nothing"),
    "made/nifti/constant.nii.gz": (READ, "left out when it is measured: it shows nothing"),
    "made/nifti/gzip_bomb_dims_1GiB.nii.gz": (
        READ,
        "as large as it says and within the limit; sparse masks are packed as tightly",
    ),
    "made/dicom/seg_dangling_reference.dcm": (READ, "segments are placed by their geometry alone"),
    "made/nrrd/seg_html_names.seg.nrrd": (READ, "names are the recipe's, never the file's"),
}
"""Where `expect` leaves a choice, or where it is taken by something else than a reader."""
SHOWS_NOTHING = ("made/image/one_pixel.png", "made/nifti/constant.nii.gz")
SAME = {
    "made/nifti/good_ras.nii.gz": (
        "made/nifti/same_as_good_but_lps.nii.gz",
        "made/nifti/same_as_good_but_permuted.nii.gz",
        "made/nifti/gz_two_members.nii.gz",
        "made/nifti/plain_named_gz.nii.gz",
        "made/nifti/slope_nan.nii.gz",
    ),
}
"""One picture stored in several ways."""

SIZE = (64, 96)
"""Rows and columns of the picture that the annotations are of."""
VALUES = {1: "liver", 2: "spleen", 3: "kidney"}
MASK_ENTRIES: dict[str, dict[str, Any]] = {
    "good_0255.png": {"kind": "volume", "names": {255: "polyp"}},
    "lossy.jpg": {"kind": "volume", "names": {255: "polyp"}},
    "mask16_instance.png": {"kind": "instances", "label": "polyp"},
    "rgb_unknown_colour.png": {"kind": "colours", "names": {"#ff0000": "polyp"}},
}
"""What a recipe says of a mask; of all others that 1 is a polyp."""


@dataclass(frozen=True, slots=True)
class Case:
    """A file of the manifest, or a folder that is one series."""

    path: str
    kind: str
    ending: str
    expect: str
    what: str

    @property
    def must(self) -> str:
        """The outcome that it must have; empty where the manifest leaves it open."""
        if self.path in SETTLED:
            return SETTLED[self.path][0]
        if self.expect.startswith(MUST_REJECT) and "/i_" not in self.path:
            return REJECTED
        if self.expect.startswith(MUST_READ) and not self.expect.startswith(NOT_MUST_READ):
            return READ
        return ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case."""

    case: Case
    name: str
    """One of OUTCOMES."""
    reason: str = ""
    detail: str = ""

    def __str__(self) -> str:
        said = ":".join(filter(None, (self.name, self.reason)))
        return f"{self.case.path} ({self.case.what}; {self.case.expect}): {said} {self.detail}"


def cases(corpus: Path = CORPUS) -> list[Case]:
    """Return what there is to read, in the manifest's order; a series or store once for all files."""
    found: dict[str, Case] = {}
    with (corpus / "manifest.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kind, ending = _place(row["path"])
            path = row["path"].rpartition("/")[0] if kind in (SERIES, ZARR) else row["path"]
            found[path] = Case(path, kind, ending, row["expect"], row["what_is_bad"])
    return list(found.values())


def _place(path: str) -> tuple[str, str]:
    for pattern, kind, ending in PLACES:
        if fnmatchcase(path, pattern):
            return kind, ending
    raise LookupError(f"nothing is said of how {path} is read")


# How each kind is read.

Reader = Callable[[Path], None]
"""Returns where the file was read, and raises DataFault where it was not."""


def read_image(path: Path) -> None:
    """Read a file as a picture or volume, its first parts, and as labels.

    What comes of it as labels does not count; it may only not crash.
    """
    from benchsmith import formats

    faults, parts = [], []
    with contextlib.suppress(DataFault):
        parts = formats.parts(path)
    ways = [partial(formats.read, path)]
    if len(parts) > 1:
        ways += [partial(formats.read, path, Reading(part=p)) for p in parts[:MOST_PARTS]]
    for way in ways:
        try:
            _sound(way())
        except DataFault as fault:
            faults.append(fault)
    with contextlib.suppress(DataFault):
        _sound(formats.read_labels(path))
    if len(faults) == len(ways):
        raise next((f for f in faults if f.reason != "dimensions"), faults[0])


def _sound(image: Image) -> None:
    """Hold an image to what `benchsmith.core.contracts` promises of it."""
    voxels = image.voxels
    assert voxels.ndim == 3 or (voxels.ndim == 4 and voxels.shape[3] == 3), voxels.shape
    assert voxels.dtype.kind in "iuf" and voxels.dtype.isnative and voxels.size, voxels.dtype
    assert voxels.ndim == 3 or voxels.dtype == np.uint8, voxels.dtype
    assert voxels.dtype.kind != "f" or np.isfinite(voxels).all(), "it has voxels that are no number"
    assert not image.planar or voxels.shape[0] == 1, voxels.shape
    assert all(0 < side < np.inf for side in image.spacing_mm), image.spacing_mm
    assert image.affine is None or np.isfinite(image.affine).all(), image.affine


def read_label_volume(path: Path) -> None:
    """Read labels of the reference volume, which lies beside them."""
    from benchsmith import formats

    read_image(path)
    _sound(formats.read_labels(path))
    image = formats.read(path.with_name("image.nii.gz"))
    _annotate(path, {"kind": "volume", "file": path.name, "names": VALUES}, image)


def read_mask(path: Path) -> None:
    """Read a mask of a picture."""
    read_image(path)
    entry = MASK_ENTRIES.get(path.name, {"kind": "volume", "names": {1: "polyp"}})
    _annotate(path, entry | {"file": path.name}, _picture())


def read_segmentation(path: Path) -> None:
    """Read a DICOM segmentation of the series that lies beside it."""
    from benchsmith import formats

    with contextlib.suppress(DataFault):
        read_image(path)
    image = formats.read(path.with_name("image"))
    _annotate(path, {"kind": "dicom-seg", "file": path.name}, image)


def read_coco(path: Path) -> None:
    """Read a COCO file's say on one picture, once by its outlines and once by its boxes."""
    entry = {"kind": "coco", "file": path.name}
    with contextlib.suppress(DataFault):
        _annotate(path, entry | {"use": "bbox"}, _picture())
    _annotate(path, entry, _picture())


def read_voc(path: Path) -> None:
    """Read a VOC file."""
    _annotate(path, {"kind": "voc", "file": path.name}, _picture())


def read_labelme(path: Path) -> None:
    """Read a LabelMe file."""
    _annotate(path, {"kind": "labelme", "file": path.name}, _picture())


def read_via(path: Path) -> None:
    """Read a file of the VGG Image Annotator."""
    _annotate(path, {"kind": "via", "file": path.name, "attribute": "type"}, _picture())


def read_yolo(path: Path) -> None:
    """Read a YOLO file; of a list of names, a box of its first name."""
    if path.suffix == ".yaml":
        entry = {"kind": "yolo", "file": "boxes.txt", "names_file": path.name}
    else:
        entry = {"kind": "yolo", "file": path.name, "names": {0: "polyp"}}
    _annotate(path, entry, _picture())


def read_table(path: Path) -> None:
    """Read every row of a table, then what it says of one picture."""
    from benchsmith.annotations import text_tables
    from benchsmith.documents.labels import Sheet

    entry = {"kind": "sheet", "file": path.name, "key": "image", "labels": ("label",)}
    sheet = Sheet.model_validate(entry)
    for _ in text_tables.rows(path, sheet):
        pass
    rows = text_tables.by_key(path, sheet)
    if rows and "a.png" not in rows:
        raise DataFault("not-listed", path, "has no row of a.png")
    if rows:
        _annotate(path, entry, _picture(), key="a.png", rows=rows["a.png"])


READERS: dict[str, Reader] = {
    NIFTI: read_image,
    LABELS: read_label_volume,
    NRRD: read_image,
    META: read_image,
    DICOM: read_image,
    SERIES: read_image,
    SEG: read_segmentation,
    PICTURES: read_image,
    MASKS: read_mask,
    NUMPY: read_image,
    COCO: read_coco,
    VOC: read_voc,
    YOLO: read_yolo,
    TABLES: read_table,
    MGH: read_image,
    MATLAB: read_image,
    OME: read_image,
    ZARR: read_image,
    LABELME: read_labelme,
    VIA: read_via,
}
"""In the order of the table in docs/reliability.md."""


def _picture() -> Image:
    return Image(np.zeros((1, *SIZE), np.uint8), None, planar=True)


def _annotate(
    path: Path, entry: dict[str, Any], image: Image, key: str = "good", rows: Sequence[Any] = ()
) -> None:
    """Read an entry's labels of `good.png`; a fault of one of them is a fault of the file."""
    from pydantic import TypeAdapter

    from benchsmith import annotations, formats
    from benchsmith.documents.labels import Labels
    from benchsmith.text import path_patterns

    request = Request(
        image=image,
        fields={"key": key},
        find=lambda pattern: [(m.path, m.fields) for m in path_patterns.find(path.parent, pattern)],
        show=lambda p: p.name,
        read_labels=formats.read_labels,
        read_image=formats.read,
        path=path.with_name("good.png"),
        part="",
        own_labels=lambda: np.zeros(1),
        rows={path.name: rows},
    )
    found = annotations.read(TypeAdapter(Labels).validate_python(entry), request)
    assert isinstance(found, Annotations)
    bad = [f for f in found.faults if REASONS[f.reason].fault]
    if not bad and not found.layers and not found.stated:
        bad = list(found.faults)
    if bad:
        raise DataFault(bad[0].reason, path, f"{bad[0].subject}: {bad[0].detail}")


# The child: it reads, and an audit hook looks at what it opens.


class Watch:
    """Notes what is opened, begun or called outside of one folder and the libraries."""

    ACTS = frozenset(
        {"os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.startfile", "os.system",
         "pickle.find_class", "socket.connect", "socket.getaddrinfo", "subprocess.Popen"}
    )  # fmt: skip
    """Events of what no reader has a reason for."""

    def __init__(self) -> None:
        homes = [sysconfig.get_path(n) for n in ("stdlib", "platstdlib", "purelib", "platlib")]
        homes += [p for p in sys.path if p and os.path.realpath(p) != str(PROJECT)]
        self._libraries = tuple(
            os.path.realpath(home)
            for home in (*homes, *PROJECT.glob("*.egg-info"), MODULES, *mimetypes.knownfiles)
        )
        self._folder = ""
        self.noted: list[str] = []
        sys.addaudithook(self._hook)

    @contextlib.contextmanager
    def over(self, folder: Path) -> Iterator[None]:
        """Watch while a file in `folder` is read."""
        self.noted = []
        self._folder = os.path.realpath(folder)
        try:
            yield
        finally:
            self._folder = ""

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._folder:
            return
        if event in self.ACTS:
            self.noted.append(f"{event} {arguments}")
        elif event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
            self._opened(os.path.realpath(os.fsdecode(arguments[0])), *arguments[1:])

    def _opened(self, path: str, mode: str | None, flags: int) -> None:
        homes = (self._folder, *self._libraries)
        inside = any(path == home or path.startswith(home + os.sep) for home in homes)
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        if not inside or (writes and "__pycache__" not in path):
            self.noted.append(f"opened {path} ({mode or flags})")


def serve(pipe: Connection) -> None:
    """Read what comes through the pipe, one file after the other, until it is closed."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for library in ("h5py", "zarr"):  # they ask the system for its name when they are imported
        with contextlib.suppress(ImportError):
            import_module(library)
    watch = Watch()
    pipe.send("ready")
    with Path(os.devnull).open("wb") as nowhere:
        for stream in (1, 2):  # libraries in C print what they stumble over
            os.dup2(nowhere.fileno(), stream)
    with contextlib.suppress(EOFError):
        while True:
            reader, path = pipe.recv()  # imports the reader's module, which takes its time too
            pipe.send("begun")
            pipe.send(_outcome(reader, path, watch))


def _outcome(reader: Reader, path: Path, watch: Watch) -> tuple[str, str, str]:
    """Return name, reason and detail of what comes of a file."""
    try:
        with watch.over(path.parent):
            reader(path)
        said = (READ, "", "")
    except DataFault as fault:
        known = REJECTED if fault.reason in REASONS else CRASH
        said = (known, fault.reason, fault.detail)
    except BaseException as error:  # noqa: BLE001
        said = (CRASH, "", f"{type(error).__name__}: {error}"[:500])
    return (ESCAPE, "", "; ".join(watch.noted)[:500]) if watch.noted else said


# The parent: it lays every file into a folder of its own, and waits for the child.


class Worker:
    """A child process that is kept from file to file, and made anew when it dies or hangs."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._process: Any = None
        self._pipe: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def read(self, reader: Reader, path: Path) -> tuple[str, str, str]:
        """Return name, reason and detail of what comes of a file."""
        if self._process is None:
            self._start()
        before = _markers()
        self._pipe.send((reader, path))
        said = self._answer(START_SECONDS)
        if said == "begun":
            said = self._answer(self._seconds)
        if new := _markers() - before:
            for marker in new:
                marker.unlink(missing_ok=True)
            return PWNED, "", ", ".join(sorted(map(str, new)))
        return said

    def _answer(self, seconds: float) -> Any:
        if not self._pipe.poll(seconds):
            self.stop()
            return HANG, "", f"no end in {seconds:g} s"
        try:
            said = self._pipe.recv()
        except (EOFError, OSError):
            self._process.join(START_SECONDS)
            code = self._process.exitcode
            self.stop()
            return CRASH, "", f"the child died with exit code {code}"
        return said

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        if not self._pipe.poll(START_SECONDS) or self._pipe.recv() != "ready":
            raise RuntimeError("the child does not start")

    def stop(self) -> None:
        """End the child."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._pipe.close()
            self._process = None


def measure(chosen: Sequence[Case], corpus: Path = CORPUS) -> list[Outcome]:
    """Read some cases, each from a copy in a folder of its own."""
    found = []
    with Worker() as worker, tempfile.TemporaryDirectory(prefix="badfiles-") as home:
        for number, case in enumerate(chosen):
            path = _laid_out(case, corpus, Path(home) / str(number))
            found.append(Outcome(case, *worker.read(READERS[case.kind], path)))
            shutil.rmtree(path.parent)
    return found


def wrong(outcomes: Sequence[Outcome]) -> list[str]:
    """Say which outcomes may not be."""
    return [
        str(one)
        for one in outcomes
        if one.name in NEVER
        or (one.case.must and one.name != one.case.must)
        or ("/json_n/" in one.case.path and "is not valid JSON" not in one.detail)
    ]


def _laid_out(case: Case, corpus: Path, folder: Path) -> Path:
    """Copy a case into a folder, with what its reader needs beside it."""
    from benchsmith import formats

    folder.mkdir()
    source = corpus / case.path
    path = folder / source.name
    if case.ending and not formats.ending(source):
        path = path.with_name(source.name + case.ending)
    _copy(source, path)
    if case.kind == LABELS:
        _copy(corpus / "made/nifti/good_ras.nii.gz", folder / "image.nii.gz")
    if case.kind == SEG:
        _copy(corpus / "made/dicom/series_mixed_slope", folder / "image")
    if case.kind == YOLO:
        (folder / "boxes.txt").write_text("0 0.5 0.5 0.25 0.25\n", "utf-8")
    return path


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        target.mkdir()
        for path in source.iterdir():
            shutil.copyfile(path, target / path.name)
    else:
        shutil.copyfile(source, target)


def _markers() -> set[Path]:
    folders = {Path(tempfile.gettempdir()), Path(os.sep, "tmp")}
    return {path for folder in folders for path in folder.glob(MARKER)}


# The page.

HEAD = (
    "| kind | tried | read | refused | crashed | hung | escaped | ran code | refused because of |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)


def row(title: str, outcomes: Sequence[Outcome]) -> str:
    """Return a line of the table."""
    names = Counter(one.name for one in outcomes)
    reasons = Counter(one.reason for one in outcomes if one.name == REJECTED)
    most_first = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    cells = [title, len(outcomes), *(names[name] for name in OUTCOMES)]
    return "| " + " | ".join(
        [*map(str, cells), ", ".join(f"{reason} {n}" for reason, n in most_first)]
    ) + " |"  # fmt: skip


def table(outcomes: Sequence[Outcome], not_read: int) -> str:
    """Return the table: a line a kind, one for all of them, and one for what nobody reads."""
    by_kind = {kind: [o for o in outcomes if o.case.kind == kind] for kind in READERS}
    lines = [row(kind, of) for kind, of in by_kind.items() if of]
    lines.append(row("all", outcomes))
    if not_read:
        lines.append(f"| {NOT_READ} | {not_read} | | | | | | | |")
    return "\n".join([HEAD, *lines])


def published(which: str, page: Path = PAGE) -> str:
    """Return a corpus's table on the page."""
    found = re.search(_marked(which), page.read_text("utf-8"), re.DOTALL)
    assert found, f"{page} has no table of {which}"
    return found[1].strip()


def _marked(which: str) -> str:
    return rf"<!-- {which}: begin -->(.*?)<!-- {which}: end -->"


def main() -> int:
    """Read every file, write the tables, and print what is wrong; return the exit code."""
    from tests import bad_file_maker

    failed = []
    with tempfile.TemporaryDirectory(prefix="badfiles-made-") as made:
        corpora = {GENERATED: bad_file_maker.write(Path(made))}
        if CORPUS.is_dir():
            corpora[COLLECTED] = CORPUS
        for which, corpus in corpora.items():
            everything = cases(corpus)
            outcomes = measure([case for case in everything if case.kind in READERS], corpus)
            text = table(outcomes, len(everything) - len(outcomes))
            block = f"<!-- {which}: begin -->\n{text}\n<!-- {which}: end -->"
            page = PAGE.read_text("utf-8")
            PAGE.write_text(
                re.sub(_marked(which), lambda _, b=block: b, page, flags=re.DOTALL), "utf-8"
            )
            bad = wrong(outcomes)
            print(
                f"{which}: {len(outcomes)} read or refused, {len(bad)} of them not as they must be"
            )
            failed += bad
    for line in failed:
        print(line)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
