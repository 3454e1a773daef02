"""NLM's XML: descriptors (`desc2025.xml`) and supplementary records (`supp2025.xml`), as a stream.

Elements as in NLM's DTD (nlm.nih.gov/mesh/xml_data_elements.html). expat is used directly: memory
holds one record at a time, and entity declarations are rejected, so nothing is expanded or fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from benchsmith.documents.problems import DocumentError
from benchsmith.mesh.concept import MAX_RECORD_BYTES, Concept, fault

ROOTS = {"DescriptorRecordSet": "DescriptorRecord", "SupplementalRecordSet": "SupplementalRecord"}
UIS = {"DescriptorRecord": "DescriptorUI", "SupplementalRecord": "SupplementalRecordUI"}
NAMES = {"DescriptorRecord": "DescriptorName", "SupplementalRecord": "SupplementalRecordName"}
TEXT_ELEMENTS = frozenset({"String", "TreeNumber", "ConceptUI", "ScopeNote", *UIS.values()})
"""Elements whose text is read."""
MAX_DEPTH = 64
TRUNCATED = {
    expat.errors.codes[what]
    for what in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
}
"""expat's error codes for a truncated file."""
_UI = re.compile(r"[DC]\d{6,9}")
_CONCEPT_UI = re.compile(r"M\d{7,9}")


@dataclass(slots=True)
class _PartialRecord:
    """The part of a record read so far."""

    ui: str = ""
    name: str = ""
    trees: list[str] = field(default_factory=list)
    concepts: list[_PartialConcept] = field(default_factory=list)


@dataclass(slots=True)
class _PartialConcept:
    """The part of a concept read so far."""

    preferred: bool
    ui: str = ""
    name: str = ""
    note: str = ""
    terms: dict[str, None] = field(default_factory=dict)


class Reader:
    """Reads one file; `year` is the MeSH year in its document type, or empty."""

    def __init__(self, path: Path) -> None:
        self.path, self.year = path, ""
        self._done: list[Concept] = []
        self._stack: list[str] = []
        self._text: list[str] = []
        self._kind = ""
        self._record = _PartialRecord()
        self._since = self._records = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.EntityDeclHandler = self._entity
        self._parser.SkippedEntityHandler = self._entity
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def concepts(self, chunks: Iterable[bytes]) -> Iterator[Concept]:
        """Yield every concept. Raises DocumentError for files that are not MeSH or not valid XML."""
        try:
            for piece in chunks:
                self._since += len(piece)
                self._parser.Parse(piece, False)
                if self._since > MAX_RECORD_BYTES:
                    raise self._fault("has a record of more than 64 MiB", "download it again")
                yield from self._take()
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            what = f"is not valid XML: {expat.ErrorString(error.code)}"
            if error.code in TRUNCATED:
                what = "is truncated"
            raise fault(self.path, error.lineno, what, "download it again") from None
        yield from self._take()
        if not self._records:
            raise self._fault("contains no record", "use NLM's descYEAR.xml")

    def _take(self) -> list[Concept]:
        done, self._done = self._done, []
        return done

    def _fault(self, what: str, hint: str) -> DocumentError:
        return fault(self.path, self._parser.CurrentLineNumber, what, hint)

    def _doctype(self, name: str, system: str | None, public: str | None, inside: int) -> None:
        if found := re.search(r"(?:_|desc|supp)((?:19|20)\d\d)(?:\d{4})?\.dtd$", system or ""):
            self.year = found[1]

    def _entity(self, name: str, *_: object) -> None:
        raise self._fault(
            f"contains the entity {name!r}; NLM's files have none", "use the file from NLM"
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._stack:
            self._root(tag)
        self._stack.append(tag)
        if tag in TEXT_ELEMENTS:
            self._text = []
            self._parser.CharacterDataHandler = self._text.append
        elif tag == "Concept":
            self._record.concepts.append(
                _PartialConcept(attributes.get("PreferredConceptYN") == "Y")
            )
        elif tag == self._kind and len(self._stack) == 2:
            self._record = _PartialRecord()
        elif len(self._stack) > MAX_DEPTH:
            raise self._fault(
                f"is nested deeper than {MAX_DEPTH} elements", "use the file from NLM"
            )

    def _root(self, tag: str) -> None:
        if tag not in ROOTS:
            hint = "use NLM's descYEAR.xml"
            if tag.casefold() == "html":
                raise self._fault("is a web page", hint)
            raise self._fault(f"is not MeSH XML: its root is {tag!r}", hint)
        self._kind = ROOTS[tag]

    def _end(self, tag: str) -> None:
        self._stack.pop()
        if tag in TEXT_ELEMENTS:
            self._parser.CharacterDataHandler = None
            self._keep(tag, " ".join("".join(self._text).split()))
        elif tag == self._kind and len(self._stack) == 1:
            self._finish()

    def _keep(self, tag: str, text: str) -> None:
        """Store a text in the current record; texts about other records are ignored."""
        record, parent = self._record, self._stack[-1]
        if tag == UIS[self._kind] and parent == self._kind:
            record.ui = text
        elif tag == "TreeNumber" and parent == "TreeNumberList":
            record.trees.append(text)
        elif tag == "String" and parent == NAMES[self._kind] and len(self._stack) == 3:
            record.name = text
        elif not record.concepts:
            return
        elif parent == "Term":
            record.concepts[-1].terms[text] = None
        elif tag == "String" and parent == "ConceptName":
            record.concepts[-1].name = text
        elif tag == "ConceptUI" and parent == "Concept":
            record.concepts[-1].ui = text
        elif tag == "ScopeNote":
            record.concepts[-1].note = text

    def _finish(self) -> None:
        record = self._record
        if not _UI.fullmatch(record.ui) or not record.name or not record.concepts:
            raise self._fault(
                f"has a record without UI, name or concept: {record.ui or record.name or '?'}",
                "download it again",
            )
        for part in record.concepts:
            if not _CONCEPT_UI.fullmatch(part.ui) or not part.name:
                raise self._fault(f"{record.ui} has a concept without UI or name: {part.ui or '?'}",
                                  "download it again")  # fmt: skip
            self._done.append(
                Concept(
                    concept=part.ui,
                    name=part.name,
                    descriptor=record.ui,
                    descriptor_name=record.name,
                    preferred=part.preferred,
                    tree_numbers=tuple(record.trees),
                    terms=tuple({part.name: None} | part.terms),
                    scope_note=part.note,
                )
            )
        self._records += 1
        self._since = 0
        self._record = _PartialRecord()
