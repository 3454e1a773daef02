"""Areas of the body: which one a word, a label, a modality or a department belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from benchsmith.documents.lexicon import ANY, Lexicon
from benchsmith.text.name_tokens import Tokens, tokens
from benchsmith.text.normal_form import normal

Areas = frozenset[str]

WORDS: Mapping[str, str] = {
    "brain": (
        "brain cerebrum cerebellum gyrus cortex hippocampus thalamus putamen caudate glioma"
        " meningioma pituitary ventricle midbrain pons brainstem sulcus lobule vermis amygdala"
        " stroke subdural epidural subarachnoid insula cingulum peritumoral cingulate thalami"
    ),
    "eye": (
        "eye retina fundus macula optic glaucoma retinopathy cataract drusen myopia cornea iris"
        " lens choroid vitreous fovea foveal maculopathy pupil eyelid sclera"
    ),
    "skin": (
        "skin nevus melanoma dermatofibroma keratosis dermatitis eczema psoriasis acne rosacea"
        " nail dermal epidermal dermoscopic hair"
    ),
    "mouth": (
        "tooth teeth molar premolar incisor canine mandible maxilla maxillary jaw jawbone tongue"
        " lip palate oral mouth gingiva dental caries pulp"
    ),
    "neck": (
        "neck larynx pharynx thyroid parotid submandibular salivary hyoid glottis supraglottis"
        " nasopharynx oropharynx hypopharynx tonsil ear cochlea nose sinus nasal trachea head"
    ),
    "chest": (
        "chest lung pleura mediastinum bronchus pneumonia pneumothorax atelectasis airway diaphragm"
        " trachea emphysema hilum tuberculosis thorax covid"
    ),
    "heart": "heart myocardium atrium ventricle pericardium cardiac coronary mitral valve",
    "breast": "breast mammography mammogram nipple bi rads",
    "digestive": (
        "digestive esophagus stomach duodenum jejunum ileum colon rectum cecum bowel intestine"
        " polyp anus colorectum appendix ileocecal pylorus gastroscopy colonoscopy colitis"
        " esophagitis gut gastroenteric"
    ),
    "liver": "liver hepatic gallbladder bile pancreas spleen hepatocellular portal cystic",
    "kidney": "kidney ureter bladder renal adrenal nephron glomerulus urinary tubule",
    "pelvis": (
        "prostate uterus ovary cervix vagina testicle testis penis seminal endometrium gleason isup"
        " cervical cervicovaginal"
    ),
    "fetus": "fetus fetal placenta umbilical amniotic pregnancy",
    "blood": (
        "blood erythrocyte leukocyte lymphocyte neutrophil platelet marrow leukemia hemoglobin"
        " monocyte basophil eosinophil myeloblast malaria plasmodium"
    ),
    "bone": (
        "bone vertebra rib femur tibia fibula humerus radius ulna spine pelvis hip knee wrist hand"
        " foot ankle elbow shoulder skeleton joint fracture scapula clavicle sternum sacrum coccyx"
        " meniscus ligament cartilage finger patella osteoarthritis muscle skull"
    ),
    "abdomen": "abdomen peritoneum omentum abdominal mesentery",
}
"""Words, in their comparable form, by area."""
WIDER = {
    "liver": {"abdomen"}, "kidney": {"abdomen"}, "digestive": {"abdomen"}, "heart": {"chest"},
    "mouth": {"neck"}, "pelvis": {"abdomen"}, "bone": {"abdomen", "chest", "neck"},
}  # fmt: skip
"""Areas that lie in others, wholly or in part."""
BY_MODALITY = {
    "fundus-photography": "eye", "oct": "eye", "infrared-reflectance": "eye",
    "adaptive-optics-ophthalmoscopy": "eye", "dermoscopy": "skin", "mammography": "breast",
    "panoramic-dental-x-ray": "mouth", "cardiac-mri": "heart", "echocardiography": "heart",
    "colonoscopy": "digestive", "capsule-endoscopy": "digestive", "colposcopy": "pelvis",
    "slit-lamp-photography": "eye",
}  # fmt: skip
"""Modalities that show one area only."""
BY_DEPARTMENT = {
    "ophthalmology": "eye", "dermatology": "skin", "pulmonary-medicine": "chest",
    "neurosurgery": "brain", "cardiovascular-surgery": "heart", "urology": "kidney",
    "nephrology-and-hypertension": "kidney",
}  # fmt: skip
"""Departments of labels whose names tell no area."""
EVERYWHERE = "vessel"
"""A kind of labels that no department confines to an area."""
NO_FINDING = "no-finding"
"""The label that denies every disease that its source lists, of whatever area."""
_AREA = {word: area for area, words in WORDS.items() for word in words.split()}
_AREA |= {folded: area for word, area in list(_AREA.items()) for folded in tokens(word)}


def area_words(found: Tokens) -> Tokens:
    """Return the tokens that name an organ or an area.

    >>> sorted(area_words(tokens("hepatic vessels and tumours")))
    ['liver']
    """
    return frozenset(w for w in found if w in _AREA)


def compounded(word: str) -> str:
    """Return the area word that a made-up name begins with, or an empty string.

    >>> compounded("retinamnist"), compounded("headache")
    ('retina', '')
    """
    return max((w for w in _AREA if len(w) > 4 and word.startswith(w)), key=len, default="")


def areas_of(found: Tokens) -> Areas:
    """Return the areas that tokens name."""
    return frozenset(_AREA[w] for w in found if w in _AREA)


@lru_cache(maxsize=1 << 16)
def _areas_of_name(name: str) -> Areas:
    return areas_of(tokens(normal(name)))


def apart(a: Areas, b: Areas) -> bool:
    """Return whether two sets of areas have nothing in common, and neither is unknown."""
    return bool(a and b) and not (_widened(a) & _widened(b))


def _widened(areas: Areas) -> Areas:
    return areas.union(*(WIDER.get(a, ()) for a in areas))


def area_of_modality(lexicon: Lexicon, modality: str) -> str:
    """Return the only area that a modality shows, or an empty string."""
    if modality not in lexicon.modalities:
        return ""
    return next(
        (BY_MODALITY[m] for m in lexicon.modalities.lineage(modality) if m in BY_MODALITY), ""
    )


def areas_of_label(lexicon: Lexicon, label: str) -> Areas:
    """Return the areas of a label: by its names, otherwise by the nearest ancestor, otherwise by department.

    A vessel belongs only to the areas in its own names: neither to the blood nor to a department. `no finding`
    belongs to none, whichever department reads most of its pictures.
    """
    labels = lexicon.labels
    if label == NO_FINDING:
        return frozenset()
    everywhere = labels[label].kind == EVERYWHERE
    for id_ in labels.lineage(label)[: 1 if everywhere else None]:
        for name in (labels[id_].name, *labels[id_].synonyms):
            if found := _areas_of_name(name) - ({"blood"} if everywhere else set()):
                return found
    place = None if everywhere else lexicon.placements.get((label, ANY))
    area = BY_DEPARTMENT.get(place.department, "") if place else ""
    return frozenset([area]) if area else frozenset()
