"""Words as wide public data sets spell them mean their label, and what is true together is not an option."""

from __future__ import annotations

import itertools

import pytest

from benchsmith.documents.lexicon.body_areas import area_words
from benchsmith.documents.library import Library
from benchsmith.stages.normaliser import Normaliser
from benchsmith.text.name_tokens import tokens
from benchsmith.text.normal_form import normal
from tests.paths import PROJECT
from tests.shipped_documents import shipped_library


@pytest.fixture(scope="module")
def library() -> Library:
    return shipped_library()


@pytest.fixture(scope="module")
def normaliser(library: Library) -> Normaliser:
    return Normaliser(library.lexicon)


MEANT = """
NSG tube|x-ray|nasogastric-tube
reservoir central venous catheter|x-ray|port-catheter
dual chamber device|x-ray|dual-chamber-pacemaker
ascendent aortic elongation|x-ray|ascending-aortic-elongation
pectum excavatum|x-ray|pectus-excavatum
loculated fissural effusion|x-ray|effusion-in-lung-fissure
Round(ed) Atelectasis|x-ray|round-atelectasis
hypoexpansion basal|x-ray|hypoexpansion-of-lung-base
costophrenic angle blunting|x-ray|blunting-of-costophrenic-angle
empyema|x-ray|pleural-empyema
Brocho-pneumonia|x-ray|bronchopneumonia
lumbar vertebrae 2 (L2)|ct|lumbar-vertebra
thoracic vertebrae 13 (t13)|ct|thoracic-vertebra
L6 (Lumbar 6)|ct|lumbar-vertebra
L5/S disc|mri|intervertebral-disc
intervertebral disc between lumbar vertebrae 5 (L5) and sacrum|mri|intervertebral-disc
sterno_thyroid_left|ct|sternothyroid-muscle|left
superior_oblique_muscle_right|ct|superior-oblique-muscle-of-eye|right
recurrent laryngeal nerve|mri|recurrent-laryngeal-nerve
ventricle_frontal_horn_left|ct|frontal-horn-of-lateral-ventricle|left
ctx-rh-rostralmiddlefrontal|mri|rostral-middle-frontal-gyrus|right
upper_right_canine_pulp_fdi113|ct|dental-pulp|right
Upper Right Third Molar (Wisdom Tooth)|ct|third-molar|right
pancreas_head|ct|head-of-pancreas
pancreatic_pdac|ct|pancreatic-ductal-adenocarcinoma
IRMA|fundus-photography|intraretinal-microvascular-abnormality
SHRM|oct|subretinal-hyperreflective-material
baring of the circumlinear vessel superiorly|fundus-photography|superior-baring-of-circumlinear-vessel
Epidermoid Cyst|clinical-photography|epidermal-cyst
Hyperkeratosis Palmaris Et Plantaris|clinical-photography|palmoplantar-keratoderma
angioma|dermoscopy|hemangioma-of-skin
nevus (痣)|dermoscopy|nevus
Seborrheic Keratosis (SEK)|dermoscopy|seborrheic-keratosis
Dragged Disc (10)|fundus-photography|dragged-disc
Chocolate cyst|ultrasound|endometrioma
PLAX|echocardiography|parasternal-long-axis-view
Joint Bodies|mri|loose-body-in-joint
Spondylolysthesis|x-ray|spondylolisthesis
Gleason grade 4|histopathology|gleason-pattern-4
Mayo 0|colonoscopy|ulcerative-colitis-mayo-grade-0
grasp|laparoscopy|grasping-of-tissue
I/A Handpiece|endoscopy|irrigation-aspiration-handpiece
""".strip().splitlines()  # fmt: skip


@pytest.mark.parametrize("row", MEANT)
def test_a_word_of_a_public_set_means_its_label(
    library: Library, normaliser: Normaliser, row: str
) -> None:
    raw, modality, label, side = (row + "|").split("|")[:4]
    found = normaliser.resolve(raw, "", modality)
    assert (found.label, found.laterality) == (label, side)
    assert library.lexicon.place(label, modality) is not None


@pytest.mark.parametrize(
    ("raw", "modality"),
    [
        ("cervical vertebrae 8", "ct"),
        ("lumbar vertebrae 2 (L3)", "ct"),
        ("disc L9-L10 degenerated", "mri"),
        ("tooth 36", "panoramic-dental-x-ray"),
        ("pneumonia (0)", "x-ray"),
        ("volume loss", "mri"),
        ("scar", "cardiac-mri"),
        ("angioma", "ct"),
        ("braces", "clinical-photography"),
        ("DENSITY A", "ct"),
        ("grasp", "x-ray"),
        ("plaque", "ultrasound"),
        ("Gleason grade 6", "histopathology"),
        ("heart insufficiency", "x-ray"),
    ],
)
def test_a_word_that_does_not_tell_has_no_label(
    normaliser: Normaliser, raw: str, modality: str
) -> None:
    assert normaliser.resolve(raw, "", modality).reason == "unmapped-label"


@pytest.mark.parametrize(
    "together",
    [
        "air-bronchogram alveolar-pattern consolidation-of-lung pneumonia lung-opacity",
        "kerley-lines interstitial-pulmonary-edema pulmonary-edema interstitial-pattern",
        "nasogastric-tube support-device",
        "blunting-of-costophrenic-angle pleural-effusion pleural-thickening",
        "vertebral-compression-fracture vertebral-fracture bone-fracture",
        "osteophyte vertebral-degenerative-changes disc-space-narrowing",
        "subretinal-fluid intraretinal-fluid macular-edema",
        "subretinal-fluid central-serous-chorioretinopathy",
        "laminar-dots-of-optic-disc glaucoma increased-cup-to-disc-ratio",
        "solar-lentigo lentigo seborrheic-keratosis",
        "nail-psoriasis onycholysis onychomycosis",
        "lateral-pterygoid-muscle pterygoid-muscle skeletal-muscle",
        "deep-gray-matter thalamus",
        "inferior-alveolar-nerve inferior-alveolar-canal",
        "right-coronary-cusp cusp-of-aortic-valve aortic-valve",
        "gastric-ulcer ulcer-of-digestive-tract gastric-lesion",
        "breast-cyst breast-lesion breast-mass",
    ],
)
def test_what_is_true_together_is_never_offered_together(library: Library, together: str) -> None:
    lexicon = library.lexicon
    for a, b in itertools.combinations(together.split(), 2):
        assert a in lexicon.labels and b in lexicon.labels
        assert lexicon.exclude(a, b), (a, b)


INHERITED = (
    "a hollow in the lung",
    "all are bright in FLAIR",
    "an adenoma is dysplastic",
    "an opaque lung looks alike",
    "bleeding in the brain",
    "bone is broken or collapsed",
    "changes after tuberculosis",
    "degenerative change of joints",
    "degenerative change of the spine",
    "disease of the gum",
    "drusen and the others are signs of macular degeneration",
    "emphysema is part of the disease",
    "fluid under or in the retina",
    "lies in the gland",
    "look alike",
    "may be true together",
    "microaneurysms are a sign of diabetic retinopathy",
    "one fracture under two names",
    "opacities of the lung that one picture cannot tell apart",
    "polyps by shape and by tissue",
    "round shadow that may be a nodule",
    "seen at one place",
    "seen together",
    "show a polyp",
    "signs of diabetic retinopathy",
    "signs of glaucoma",
    "signs of one disease",
    "small opacities of both lungs",
    "swelling inside a joint",
    "the cup is the sign of glaucoma",
    "the edema is a sign of the retinopathy",
    "the heart may be large in all",
    "the interstitium is marked in all",
    "the lung is larger than normal",
    "the vitreous and its surface",
    "thyroid is large",
    "tissue of the brain is lost",
    "vessels of the wall are diseased",
)
"""Reasons that hold for every kind of a disease as for the disease: signs, looks, things true together.
Others, such as `kinds of each other` and `near-synonyms`, are of the wide word alone: a melanoma and a
nevus of any kind may be one, a melanoma and a melanocytic nevus are what is asked."""


def test_a_kind_of_a_disease_inherits_its_pairs(library: Library) -> None:
    """A pair whose reason says `as PARENT:` was derived so; no row of an older disease may lack its kinds."""
    lexicon = library.lexicon
    labels = lexicon.labels
    lines = (PROJECT / "lexicon/confusables.tsv").read_text("utf-8").splitlines()[1:]
    rows = [line.split("\t")[:3] for line in lines]
    assert {why for _, _, why in rows} >= set(INHERITED)
    kinds: dict[str, list[str]] = {}
    for label in labels:
        for above in labels.lineage(label.id)[1:] if label.kind == "disease" else ():
            kinds.setdefault(above, []).append(label.id)
    for a, b, why in rows:
        reason = why.partition(": ")[2] if why.startswith("as ") else why
        if reason not in INHERITED or {labels[a].kind, labels[b].kind} != {"disease"}:
            continue
        for one, other in ((a, b), (b, a)):
            for kind in kinds.get(one, ()):
                apart = _of_two_places(labels[kind].name, labels[other].name)
                assert apart or lexicon.exclude(kind, other), (kind, other, why)


def _of_two_places(one: str, other: str) -> bool:
    """Return whether two names tell different organs, such as a hip and a shoulder."""
    a, b = (area_words(tokens(normal(name))) for name in (one, other))
    return bool(a and b and not a & b)


def test_a_label_meets_none_that_its_parent_must_not_meet(library: Library) -> None:
    """What may be true beside a disease may be true beside a kind of it."""
    lexicon = library.lexicon
    kinds = ["solar-lentigo", "lobar-atelectasis", "guttate-psoriasis", "tension-pneumothorax",
             "interstitial-pulmonary-edema", "bone-metastasis", "soft-drusen"]  # fmt: skip
    checked = 0
    for kind in kinds:
        for pair in lexicon.confusables:
            if lexicon.labels[kind].parent in pair:
                (other,) = pair - {lexicon.labels[kind].parent}
                assert lexicon.exclude(kind, other), (kind, other)
                checked += 1
    assert checked > 20
