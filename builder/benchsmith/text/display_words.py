"""Words of four letters or more that devices and radiographers write into pictures and that name no person."""

from __future__ import annotations

_VIEWS = """
    left right links rechts gauche droite izquierda derecha side anterior posterior superior inferior
    lateral medial frontal oblique axial coronal sagittal transverse longitudinal long short axis
    upright erect supine prone sitting standing semi portable mobile bedside expiration inspiration
    decubitus recumbent weight bearing head feet view views front back cranial caudal proximal distal
    cross table stand liegend stehend upper lower middle center centre marker postero antero
"""
_ORGANS = """
    chest thorax lung lungs heart cardiac abdomen abdominal pelvis spine cervical thoracic lumbar sacral
    skull brain neck thyroid shoulder elbow wrist hand finger knee ankle foot hip femur tibia humerus
    liver kidney renal spleen pancreas bladder gallbladder prostate uterus ovary fetal fetus breast
    mammography carotid artery aorta aortic vein venous arterial vessel ventricle atrium mitral valve
    muscle nerve retina macula optic disc cornea colon stomach esophagus duodenum bowel rectum teeth
    nodule tumor tumour lesion cyst mass node bone tissue soft
"""
_SETTINGS = """
    zoom gain depth freq frequency power frame frames rate scale level window width slice thickness
    image series scan angle tilt pitch dose time phase contrast delay flow speed velocity mode doppler
    color colour pulse high general standard default preset filter enhance quality focus field matrix
    raw lossy lossless compressed compression jpeg mean area length volume distance diameter dist circ
    size mmhg khz kvp mgy seconds minutes degree degrees auto manual live freeze freezed frozen page
    total line lines plane planes dynamic range persist harmonic harmonics tissue spectral convex linear
    probe transducer magn magnification spot mapping post pre-contrast native early late portal store
    print full half none normal reference index number pixel spacing display version
    arms down swallow valsalva rest stress exam test ultrasound sonography radiograph x-ray xray tomography
    magnetic resonance angiography fluoroscopy endoscopy fundus slit lamp microscopy stain staining
"""
DISPLAY_WORDS = frozenset(f"{_VIEWS} {_ORGANS} {_SETTINGS}".split())
"""In lower case; singular where the plural is regular."""
