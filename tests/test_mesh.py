"""NLM's files: what is read from them, and how each broken one is refused."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsmith.documents.problems import DocumentError
from benchsmith.mesh import concept, concept_table
from tests import nlm
from tests.conftest import Project
from tests.paths import PYTHONPATH

BOMB = """<?xml version="1.0"?>
<!DOCTYPE DescriptorRecordSet [
 <!ENTITY a "aaaaaaaaaaaaaaaa">
 <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
]>
<DescriptorRecordSet>&b;</DescriptorRecordSet>
"""
STEALER = """<?xml version="1.0"?>
<!DOCTYPE DescriptorRecordSet [<!ENTITY x SYSTEM "file:///etc/hostname">]>
<DescriptorRecordSet>&x;</DescriptorRecordSet>
"""


def put(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def imported(home: Path, *files: Path, year: str = "") -> tuple[list[concept.Concept], str]:
    said = "\n".join(concept_table.import_mesh(home, files, year))
    return concept_table.read(home), said


def test_descriptors_are_read_by_concept(tmp_path: Path) -> None:
    found, said = imported(tmp_path, put(tmp_path / "desc2025.xml", nlm.descriptors()))
    assert "3 records, 4 concepts, 9 terms in .cache/mesh/concepts.parquet" in said
    assert found[0] == concept.Concept(
        concept="M0012632",
        name="Liver",
        descriptor="D008099",
        descriptor_name="Liver",
        preferred=True,
        tree_numbers=("A03.620",),
        terms=("Liver", "Livers", "Hepatic Organ"),
        scope_note="Our own words on it, on two lines.",
    )
    narrow = found[2]
    assert (narrow.concept, narrow.descriptor_name, narrow.preferred) == (
        "M0023443", "Hodgkin Disease", False,
    )  # fmt: skip
    assert narrow.name == "Nodular Lymphocyte Predominant Hodgkin's & Kin"
    assert narrow.tree_numbers == ("C04.557.386.355", "C15.604.515.569.355")


def test_nlm_is_named_with_the_year_and_endorses_nothing(tmp_path: Path) -> None:
    _, said = imported(tmp_path, put(tmp_path / "mesh.xml", nlm.descriptors()))
    line = (tmp_path / ".cache/mesh/ATTRIBUTION.txt").read_text().strip()
    assert line in said
    for part in ("(MeSH) 2025", "courtesy of the U.S. National Library of Medicine", "mesh.xml",
                 "may not be the most current", "NLM has not endorsed this product"):  # fmt: skip
        assert part in line
    kept = pq.read_metadata(concept_table.path_of(tmp_path)).metadata[b"attribution"].decode()
    assert kept == line


def test_packed_and_plain_files_give_the_same_bytes(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a", tmp_path / "b"
    for home, data in ((plain, nlm.descriptors().encode()),
                       (packed, gzip.compress(nlm.descriptors().encode()))):  # fmt: skip
        home.mkdir()
        imported(home, put(home / "desc2025.xml", data))
    assert concept_table.path_of(plain).read_bytes() == concept_table.path_of(packed).read_bytes()


def test_ascii_files_have_no_concepts_and_say_so(tmp_path: Path) -> None:
    found, said = imported(tmp_path, put(tmp_path / "d2024.bin", nlm.ASCII))
    assert "2 of them are from an ASCII file, which has no concept UIs" in said
    assert "(MeSH) 2024" in said
    liver, hodgkin = found
    assert (liver.concept, liver.descriptor, liver.name) == ("", "D008099", "Liver")
    assert liver.terms == ("Liver", "Hepatic Organ", "Livers")
    assert liver.scope_note == "Our own words on it."
    assert hodgkin.terms == ("Hodgkin Disease", "Lymphoma, Hodgkin", "Mépivalymphoma")
    assert hodgkin.tree_numbers == ("C04.557.386.355", "C15.604.515.569.355")


def test_supplementary_records_may_come_along(tmp_path: Path) -> None:
    found, _ = imported(
        tmp_path,
        put(tmp_path / "desc2025.xml", nlm.descriptors()),
        put(tmp_path / "supp2025.xml", nlm.SUPPLEMENTARY),
    )
    assert (found[-1].descriptor, found[-1].name) == ("C535340", "Rare syndrome of nobody")
    assert len(found) == 5


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16", "utf-8-sig"])
def test_xml_in_other_encodings_is_read_as_it_says(tmp_path: Path, encoding: str) -> None:
    name = encoding.removesuffix("-sig")
    text = nlm.descriptors().replace("Livers", "Lív").replace("?>", f' encoding="{name}"?>', 1)
    found, _ = imported(tmp_path, put(tmp_path / "desc2025.xml", text.encode(encoding)))
    assert found[0].terms[1] == "Lív"


GOOD = nlm.descriptors().encode()
BROKEN = {
    "nothing": (b"", ":1: is empty; download it again"),
    "gzip cut off": (gzip.compress(GOOD)[:-20], ":1: the gzip stream is truncated"),
    "gzip with a wrong sum": (gzip.compress(GOOD)[:-8] + b"\0" * 8, "the gzip stream is damaged"),
    "gzip of nothing": (gzip.compress(b""), ":1: is empty"),
    "XML cut off": (GOOD[: len(GOOD) // 2], ":111: is truncated; download it again"),
    "XML cut off at a prologue": (nlm.PROLOGUE.encode(), ":3: is truncated; download it again"),
    "another root": (
        b"<QualifierRecordSet></QualifierRecordSet>",
        ":1: is not MeSH XML: its root is 'QualifierRecordSet'; use NLM's desc",
    ),
    "a web page": (b"<html><body>not here</body></html>", ":1: is a web page"),
    "no record": (b"<DescriptorRecordSet></DescriptorRecordSet>", "contains no record"),
    "entities that grow": (BOMB.encode(), ":3: contains the entity 'a'; NLM's files have none"),
    "an entity that reads a file": (STEALER.encode(), ":2: contains the entity 'x'"),
    "an entity that nobody declared": (
        GOOD.replace(b"Livers", b"&uuml;"), "contains the entity 'uuml'"),
    "latin-1 that says it is UTF-8": (
        GOOD.decode().replace("Livers", "Lív").encode("latin-1"), "is not valid XML: not well-formed"),
    "a record without UI": (
        GOOD.replace(b"<DescriptorUI>D008099</DescriptorUI>", b""), "record without UI, name or concept: Liver"),
    "a concept without UI": (GOOD.replace(b"M0012632", b"12632"), "D008099 has a concept without UI or name"),
    "a record twice": (GOOD.replace(b"D000001", b"D008099"), "D008099 is also in desc2025.xml"),
    "a depth without end": (b"<DescriptorRecordSet>" + b"<a>" * 99, "is nested deeper than 64"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"0" * 99, "starts neither with XML nor with *NEWRECORD"),
    "a ZIP": (b"PK\x03\x04" + b"0" * 99, "is a ZIP archive; unpack it"),
    "ASCII in latin-1": (
        nlm.ASCII.encode("latin-1"), ":15: is not UTF-8; MeSH files are UTF-8; `iconv -f latin1 -t utf-8`"),
    "ASCII cut off": (nlm.ASCII[:-14].encode(), ":11: has a record without MH or UI: Hodgkin Disease"),
    "ASCII of qualifiers": (b"*NEWRECORD\nRECTYPE = Q\nSH = imaging\nUI = Q1\n", "record of type 'Q'"),
    "ASCII with a stray line": (nlm.ASCII.replace("AQ = ", "AQ: ").encode(), ":4: is not a line of MeSH: 'AQ:"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_refused_with_its_remedy(tmp_path: Path, name: str) -> None:
    """One line with file, place, reason and what to do; the table that was there stays."""
    imported(tmp_path, put(tmp_path / "desc2024.xml", GOOD))
    before = concept_table.path_of(tmp_path).read_bytes()
    data, what = BROKEN[name]
    path = put(tmp_path / "desc2025.xml", data)
    with pytest.raises(DocumentError) as caught:
        imported(tmp_path, path, year="2025")
    said = str(caught.value)
    assert said.startswith(str(path)) and what in said and "; " in said
    assert concept_table.path_of(tmp_path).read_bytes() == before
    assert sorted(p.name for p in concept_table.path_of(tmp_path).parent.iterdir()) == [
        "ATTRIBUTION.txt", "concepts.parquet",
    ]  # fmt: skip


@settings(deadline=None)
@given(st.integers(0, len(GOOD)), st.binary(min_size=1, max_size=3))
def test_any_damage_is_a_fault_or_is_harmless(place: int, junk: bytes) -> None:
    """Whatever is put into a file, it is read to its end or refused, never answered by a crash."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        path = put(home / "desc2025.xml", GOOD[:place] + junk + GOOD[place + len(junk) :])
        try:
            found, _ = imported(home, path)
        except DocumentError:
            assert concept_table.read(home) == []
        else:
            assert len(found) == 4


def test_the_year_must_be_known_and_be_one(tmp_path: Path) -> None:
    bare = nlm.descriptors().replace(nlm.PROLOGUE, "")
    path = put(tmp_path / "mesh.xml", bare)
    with pytest.raises(DocumentError, match="does not state its MeSH year; give it with --year"):
        imported(tmp_path, path)
    assert "(MeSH) 2023" in imported(tmp_path, path, year="2023")[1]
    with pytest.raises(DocumentError, match="'23' is not a year"):
        imported(tmp_path, path, year="23")
    other = put(tmp_path / "supp2024.xml", nlm.SUPPLEMENTARY)
    with pytest.raises(DocumentError, match=r"is MeSH of 2023.*\n.*is MeSH of 2025; use files of one"):  # fmt: skip
        imported(tmp_path, path, other, year="2023")


def test_a_stream_that_inflates_without_end_takes_no_memory(tmp_path: Path) -> None:
    """A gigabyte of blanks in a megabyte is refused after 64 MiB, in the memory of a block."""
    path = tmp_path / "desc2025.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b"<DescriptorRecordSet>")
        for _ in range(1 << 10):
            file.write(b" " * (1 << 20))
    code = (
        "import resource, sys\nfrom pathlib import Path\nfrom benchsmith.mesh import concept_table\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n    list(concept_table.import_mesh(Path('.'), [Path('desc2025.gz')]))\n"
        "except Exception as error:\n    print(error)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": PYTHONPATH},
    )  # fmt: skip
    said, grown = done.stdout.splitlines()
    assert "has a record of more than 64 MiB" in said
    assert int(grown) < 32 << 10, "kilobytes"


def test_the_command_reads_and_refuses(project: Project) -> None:
    put(project.folder / "desc2025.xml", nlm.descriptors())
    said = project.run("lexicon", "import-mesh", "desc2025.xml")
    assert "3 records, 4 concepts" in said and "NLM has not endorsed" in said
    put(project.folder / "desc2025.xml", BOMB)
    said = project.run("lexicon", "import-mesh", "desc2025.xml", code=2)
    assert "desc2025.xml:3: contains the entity" in said and "Traceback" not in said
    assert "the file is missing" in project.run("lexicon", "import-mesh", "gone.xml", code=2)
    assert "the file is missing" in project.run("lexicon", "import-mesh", ".", code=2)
