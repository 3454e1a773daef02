"""Shipped recipes read their sets' own forms: lists in cells, names that changed, labels of a study."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from pydicom.uid import generate_uid

from benchsmith import plugins
from benchsmith.core.model import Box, Finding
from benchsmith.documents.benchmark import Slices
from benchsmith.documents.library import Library
from benchsmith.drafting.recipes.draft_recipe import draft
from benchsmith.stages.ingest import ingest
from benchsmith.stages.list_units import list_units
from tests.backwards_shapes import write_dicom
from tests.shipped_documents import shipped_library

NOISE = (np.arange(90 * 80) * 7919 % 4001).reshape(90, 80).astype(np.int16)


@pytest.fixture(scope="module")
def library() -> Library:
    return shipped_library()


def read(library: Library, name: str, data: Path) -> tuple[list[Finding], set[str]]:
    """Return the findings of a set's files, and the reasons of what is left out."""
    source, readers = library.sources[name], plugins.readers()
    units, left = list_units(source, {"": data, "recipe": source.folder}, readers)
    results = [ingest(unit, Slices(min_share=0.0), readers) for unit in units]
    lost = [*left, *(r for result in results for r in result.rejected)]
    return [f for result in results for f in result.findings], {r.reason for r in lost}


def picture(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    PIL.Image.fromarray((NOISE % 256).astype(np.uint8)).save(path)


def test_padchest_lists_labels_in_brackets_and_quotation_marks(
    library: Library, tmp_path: Path
) -> None:
    for name in "abcd":
        picture(tmp_path / f"images/{name}.png")
    (tmp_path / "PADCHEST_chest_x_ray_images_labels_160K_01.02.19.csv").write_text(
        "ImageID,PatientID,Projection,MethodLabel,Labels\n"
        "a.png,1,PA,Physician,\"['pleural effusion', ' cardiomegaly', 'pleural effusion']\"\n"
        "b.png,2,L,Physician,['normal']\n"
        "c.png,3,AP,RNN_model,['normal']\n"
        "d.png,4,AP_horizontal,Physician,['normal']\n"
    )
    found, lost = read(library, "padchest", tmp_path)
    assert [(f.sample, f.patient, f.raw) for f in found] == [
        ("padchest/a", "padchest/1", "pleural effusion"),
        ("padchest/a", "padchest/1", "cardiomegaly"),
        ("padchest/d", "padchest/4", "normal"),
    ]
    assert lost == {"row-unwanted"}
    drafted = draft(tmp_path, plugins.readers(), library.lexicon)
    keys = [labels.keys for entry in drafted.samples for labels in entry.labels]
    lists = next(k for k in keys if k.get("labels") == ["Labels"])
    # how a label was made is not a label
    assert not [k for k in keys if "MethodLabel" in (k.get("labels") or ())]
    assert lists["delimiter"] == "'" and {"[", "]", ","} < set(lists["silent"])


def test_mimic_labels_the_frontal_pictures_of_a_study(library: Library, tmp_path: Path) -> None:
    for name in ("one", "two", "side"):
        picture(tmp_path / f"files/p10/p10000032/s50414267/{name}.jpg")
    (tmp_path / "mimic-cxr-2.0.0-metadata.csv").write_text(
        "dicom_id,subject_id,study_id,ViewPosition\n"
        "one,10000032,50414267,PA\ntwo,10000032,50414267,AP\nside,10000032,50414267,LATERAL\n"
    )
    names = library.sources["mimic-cxr-jpg"].recipe.samples[0].sheets[1].one_hot  # type: ignore[union-attr]
    cells = ["1.0" if n == "Cardiomegaly" else "-1.0" if n == "Edema" else "" for n in names]
    (tmp_path / "mimic-cxr-2.0.0-chexpert.csv").write_text(
        f"subject_id,study_id,{','.join(names)}\n10000032,50414267,{','.join(cells)}\n"
    )
    found, _ = read(library, "mimic-cxr-jpg", tmp_path)
    assert {(f.sample.rpartition("/")[2], f.raw) for f in found} == {
        ("one", "Cardiomegaly"),
        ("two", "Cardiomegaly"),
    }
    assert all("Edema" in f.searched.unknown for f in found)


def test_cbis_finds_the_mask_of_the_film_s_size_under_any_name(
    library: Library, tmp_path: Path
) -> None:
    case, study = "Mass-Training_P_00001_LEFT_CC", "1.3.6"
    mask = np.zeros_like(NOISE)
    mask[20:50, 30:70] = 255
    files = {
        f"{case}/{study}.1/{study}.2/1-1.dcm": NOISE,
        f"{case}_1/{study}.3/{study}.4/1-1.dcm": mask,
        f"{case}_1/{study}.3/{study}.4/1-2.dcm": NOISE[20:50, 30:70],
    }
    for name, pixels in files.items():
        path = tmp_path / "CBIS-DDSM" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_dicom(path, pixels, generate_uid(), 0)
    rois = f"{case}_1/{study}.3/{study}.4"
    for kind in ("mass", "calc"):
        for split in ("train", "test"):
            own = (kind, split) == ("mass", "train")
            row = f'P_00001,mass,{case}/{study}.1/{study}.2/000000.dcm,"{rois}/000001.dcm\n"\n'
            (tmp_path / f"{kind}_case_description_{split}_set.csv").write_text(
                "patient_id,abnormality type,image file path,ROI mask file path\n" + row * own
            )
    found, lost = read(library, "cbis-ddsm", tmp_path)
    assert [(f.raw, f.area_px) for f in found] == [("mass", int((mask > 0).sum()))]
    assert found[0].box == Box(x0=30, y0=20, x1=70, y1=50)
    assert lost == {"file-missing"}  # the entries of the other three tables have no films here
