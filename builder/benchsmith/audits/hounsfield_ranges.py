"""Range of the median of a structure's values in CT, by label, in Hounsfield units.

A range is what is published for the tissue, widened by us: down to severe fat or air where a disease
puts them, up to the values of contrast medium, and by some 50 HU for noise and a mask that is not
exact. So a value beyond it is physics, not a finding.

Sources of the published values:

A. Buzug TM, Computed Tomography, Springer 2008, and Prokop M, Spiral and Multislice Computed Tomography
   of the Body, Thieme 2003, as given by radclass.mudr.org: air -1000, lung at inspiration -910 to -850,
   fat -100 to -50, white matter 20 to 30, grey matter 37 to 45, kidney 20 to 40, spleen 35 to 55, blood
   45 to 65, liver 45 to 65, bone up to 3000.
B. radgray.com, Hounsfield scale: lung -950 to -550, cancellous bone 50 to 200, compact bone 250 to 1000,
   heart 40 to 100.
C. Jang S et al., Radiology 2019;291:360: trabecular bone of L1, 226 +- 44 below the age of 30 and
   89 +- 38 from 90.
D. Starekova J et al., Radiology 2021;301:250: liver from 65 without fat to -3 with 40 % of fat.

Values with contrast medium, of arteries up to 600 and of urine up to 1500, are ours.
"""

from __future__ import annotations

HOUNSFIELD: dict[str, tuple[int, int] | None] = {
    "lung": (-1000, -250),  # A, B; from emphysema to dependent or inflamed lung
    "trachea": (-1050, -300),  # A: air; the wall is part of some masks
    "bone": (-50, 3100),  # A, B, C: three deviations below the mean at 90 years
    "liver": (-90, 300),  # A, D; down to fat itself
    "spleen": (-50, 400),  # A
    "kidney": (-50, 500),  # A
    "renal-pelvis": (-50, 1500),  # urine
    "pancreas": (-100, 300),  # soft tissue, down to fat: lipomatosis
    "brain": (-50, 150),  # A; up to blood with a high hematocrit or contrast medium
    "muscle": (-100, 250),  # soft tissue, down to fat: wasting
    "heart": (-50, 600),  # A, B
    "aorta": (-50, 900),  # A: blood; the first pass at 80 kV
    "urinary-bladder": (-50, 1500),  # urine
    # these are below a bone in the tree, but are not bones
    "spinal-canal": (-100, 500),  # fat, fluid; myelography
    "intervertebral-disc": None,  # from gas to calcium
    "annulus-fibrosus": None,
    "nucleus-pulposus": None,
    "bone-marrow": None,  # fat to cancellous bone
    "orbit": None,  # fat, muscle and air
    "inferior-alveolar-canal": None,  # narrower than a voxel
    "lingual-canal": None,
    "mandibular-incisive-canal": None,
}
"""Lowest and highest median; a range holds for the labels below its own, up to the next one. None: not
judged."""
