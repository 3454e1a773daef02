"""croissant.json: metadata in the Croissant vocabulary, with its responsible-AI extension."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchsmith import __version__
from benchsmith.exporters import parquet, summary
from benchsmith.release.model import Release
from benchsmith.tables.atomic_files import write_json

CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The JSON-LD context of the Croissant 1.1 specification."""
DESCRIPTIONS = {
    "id": "Id of the case; the key of `provenance.parquet`.",
    "image": "The picture: PNG, RGB.",
    "question": "The stem.",
    "options": "The options, in order.",
    "answer": "Letter of the right option, or of all of them: `A,C`; null where hidden.",
    "label": "The right options in words; null where hidden.",
    "task": "Clinical VQA task.",
    "department": "Clinical department of the label; null where hidden.",
    "modality": "Imaging modality.",
    "granularity": "What is asked about: image, box, mask or contour.",
    "split": "`val` or `test`.",
    "source": "The data set of the picture; null where hidden.",
    "licence": "Licence of the source, an id of ATTRIBUTION.tsv; null where hidden.",
    "target": "Shared by the granularities of one target; null where hidden.",
    "answers": "`one` or `several`.",
    "mirror": "Shared by questions with the same stem and options but different answers.",
    "group": "Shared by the cases of one person; null where hidden.",
    "pair": "Shared by a question and its counterfactual, which is about an altered picture.",
    "altered": "How the picture was altered: erase, move, mirror, turn or shift; null for an original question.",
    "skill": "What the question takes: recognition, or a skill such as comparison or position.",
}
"""Descriptions of the Parquet columns."""


ALTERED_SENTENCE = (
    " Some questions are asked again about an altered picture (the column altered): painted out in part, "
    "mirrored, turned, or with another mark."
)


def write(release: Release, folder: Path) -> None:
    """Write the metadata; its record set reads `data/*.parquet` if the release has them."""
    benchmark = release.benchmark
    used = [release.sources[s] for s in sorted(release.sources) if release.cases_by_source.get(s)]
    licences = sorted({recipe.licence for recipe in used})
    document: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": [
            "http://mlcommons.org/croissant/1.1",
            "http://mlcommons.org/croissant/RAI/1.0",
        ],
        "name": release.name,
        "description": benchmark.description.strip(),
        "version": benchmark.version,
        **({"datePublished": benchmark.published} if benchmark.published else {}),
        "license": [
            release.lexicon.licences[one].url or release.lexicon.licences[one].name
            for one in licences
        ],
        "keywords": ["medical imaging", "visual question answering", "benchmark"],
        "citeAs": " ".join(" ".join(r.citation.split()) for r in used),
        "isLiveDataset": False,
        **_responsible(release),
    }
    if (folder / "data").is_dir():
        document |= {
            "distribution": [{
                "@type": "cr:FileSet",
                "@id": "cases-parquet",
                "description": "The cases, one file for each split, task and department.",
                "encodingFormat": "application/x-parquet",
                "includes": "data/*.parquet",
            }],
            "recordSet": [_splits(release), _records(release)],
        }  # fmt: skip
    write_json(folder / "croissant.json", document)


def _records(release: Release) -> dict[str, Any]:
    fields = []
    for name in parquet.schema(paired=release.paired, skilled=release.skilled).names:
        source: dict[str, Any] = {"fileSet": {"@id": "cases-parquet"}, "extract": {"column": name}}
        field: dict[str, Any] = {
            "@type": "cr:Field",
            "@id": f"cases/{name}",
            "description": DESCRIPTIONS[name],
            "dataType": "sc:Text",
            "source": source,
        }
        if name == "image":
            field["dataType"] = "sc:ImageObject"
            source["transform"] = {"jsonPath": "bytes"}
        elif name == "options":
            field |= {"isArray": True, "arrayShape": "-1"}
        elif name == "split":
            field["references"] = {"field": {"@id": "splits/name"}}
        fields.append(field)
    return {
        "@type": "cr:RecordSet",
        "@id": "cases",
        "key": {"@id": "cases/id"},
        "description": "Multiple-choice questions, each about one picture.",
        "field": fields,
    }


def _splits(release: Release) -> dict[str, Any]:
    kinds = {"val": "cr:ValidationSplit", "test": "cr:TestSplit"}
    return {
        "@type": "cr:RecordSet",
        "@id": "splits",
        "dataType": "cr:Split",
        "key": {"@id": "splits/name"},
        "field": [
            {"@type": "cr:Field", "@id": "splits/name", "dataType": "sc:Text"},
            {"@type": "cr:Field", "@id": "splits/url", "dataType": ["sc:URL", "wd:Q3985153"]},
        ],
        "data": [{"splits/name": s, "splits/url": kinds[s]} for s in release.splits()],
    }


def _responsible(release: Release) -> dict[str, Any]:
    """Return the fields of Croissant's responsible-AI vocabulary for this build."""
    used = {s: r for s, r in sorted(release.sources.items()) if release.cases_by_source.get(s)}
    made = sorted({recipe.labels_are for recipe in used.values()})
    machine = sorted(s for s, r in used.items() if r.labels_are == "model-output")
    left_out: dict[str, int] = {}
    for _, reason, n, _ in summary.rejections(release):
        left_out[reason] = left_out.get(reason, 0) + n
    counts = ", ".join(f"{n} {reason}" for reason, n in sorted(left_out.items()))
    shares = ", ".join(
        f"{line.name} {line.cases}" for line in summary.branches(release, "modality")
    )
    return {
        "rai:dataCollection": "Pictures and labels of the data sets in ATTRIBUTION.tsv; no new data were collected.",
        "rai:dataCollectionType": ["Secondary Data Analysis", "Software Collection"],
        "rai:dataCollectionRawData": "; ".join(f"{r.title} ({r.homepage})" for r in used.values()),
        "rai:dataCollectionMissingData": f"Left out, each with its reason: {counts or 'nothing'}.",
        "rai:dataPreprocessingProtocol": [
            "Volumes are cut into axial, coronal and sagittal planes with square pixels; CT by anatomical windows, other modalities by percentiles of the foreground.",
            f"Longer side {release.benchmark.picture.long_side} pixels; pictures carry no metadata; all files were searched for identifiers of the sources.",
        ],
        "rai:dataManipulationProtocol": "Targets and options are chosen by hashes of names with a seed, by Benchsmith "
        f"{__version__}; the same inputs give the same files."
        + (ALTERED_SENTENCE if release.paired else ""),
        "rai:dataAnnotationProtocol": "Labels are those of the sources, mapped to one lexicon by signed rows; stems are written for each task and granularity.",
        "rai:dataAnnotationAnalysis": "Origin of the labels: " + ", ".join(made) + ".",
        "rai:machineAnnotationTools": [f"labels of {s} are a model's output" for s in machine],
        "rai:dataBiases": f"Questions by modality: {shares}. Populations, devices and disease rates are those of the sources, not of any clinic.",
        "rai:dataUseCases": "Measuring how well a model recognises what a medical picture shows or what is marked in it. Not for training, and not evidence of fitness for clinical use.",
        "rai:dataLimitations": "Recognition only: no history, no report, one picture per question. Labels contain the errors of their annotation method.",
        "rai:dataSocialImpact": "Scores may be mistaken for clinical competence; report them by task and with intervals.",
        "rai:personalSensitiveInformation": "Medical pictures of people, released by the sources. The files contain no name, number or date of a person; ids are hashes.",
        "rai:dataReleaseMaintenancePlan": "A new version is a new build under a higher version number; `benchsmith diff` lists what changed, case by case.",
    }  # fmt: skip
