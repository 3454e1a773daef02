"""The one step of a wheel's build that pyproject.toml cannot state: the shipped documents.

`lexicon/`, `question_pools/`, `raw_sources/` and `benchmarks/` lie at the top of the project, where
people edit them. A wheel holds them in `benchsmith/shipped/`. Only files that match `ALLOWED` are
copied, so that no data, answer or key of a working copy gets into a wheel. MANIFEST.in has the same
list for source distributions.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
ALLOWED = (
    "benchmarks/*.yaml",
    "lexicon/*.tsv",
    "lexicon/mappings/*.tsv",
    "lexicon/tree/*.tsv",
    "question_pools/*.tsv",
    "question_pools/*.yaml",
    "question_pools/prompts/*.txt",
    "question_pools/skills/*.yaml",
    "question_pools/tasks/*.yaml",
    "raw_sources/*.tsv",
    "raw_sources/*/labels.csv",
    "raw_sources/*/recipe.yaml",
)


class BuildWithDocuments(build_py):
    """Copies the shipped documents into the package."""

    def run(self) -> None:
        """Build the modules, then copy the documents beside them."""
        super().run()
        if self.editable_mode:  # they are read where they lie
            return
        target = Path(self.build_lib) / "benchsmith" / "shipped"
        shutil.rmtree(target, ignore_errors=True)
        for pattern in ALLOWED:
            for path in sorted(HERE.glob(pattern)):
                copy = target / path.relative_to(HERE)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)


setup(cmdclass={"build_py": BuildWithDocuments})
