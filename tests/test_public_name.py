"""A folder may be named after a patient: only words that nobody is called become an id and a title."""

from __future__ import annotations

import pytest

from benchsmith.cli.app import read_lexicon
from benchsmith.documents.recipe import source_ids
from benchsmith.drafting.recipes.public_name import public_name, words_of_ids
from benchsmith.drafting.recipes.write_recipe import id_of
from tests.conftest import PROJECT


@pytest.mark.parametrize(
    ("folder", "title", "source"),
    [
        ("Kowalski_Anna", "my data", "my-data"),
        ("Kowalski_Anna_ct_2024", "ct 2024", "ct-2024"),
        ("KowalskiAnna-liver scans", "liver scans", "liver-scans"),
        ("MRN778899", "my data", "my-data"),
        ("19670402", "my data", "my-data"),
        ("scan_19670402_head", "scan head", "scan-head"),
        ("山田太郎", "my data", "my-data"),
        ("Müller", "my data", "my-data"),
        ("Liver Scans", "Liver Scans", "liver-scans"),
        ("Chest X-ray 14", "Chest X-ray 14", "chest-x-ray-14"),
        ("LIDC-IDRI", "LIDC-IDRI", "lidc-idri"),
        ("2023", "my data 2023", "my-data-2023"),
        ("kidneys", "kidneys", "kidneys"),
    ],
)
def test_what_of_a_name_may_be_published(folder: str, title: str, source: str) -> None:
    lexicon = read_lexicon(PROJECT, mappings=False)
    known = words_of_ids(source_ids(PROJECT))
    found = public_name(folder, lexicon, known)
    assert (found, id_of(found)) == (title, source)
