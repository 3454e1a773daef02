"""The names of the files and folders of a build: ``output/<benchmark>/`` and its partitions."""

from __future__ import annotations

# of a build
STAGES_FOLDER = "stages"
"""``stages/<stage>/<cache key>/`` holds one partition."""
RELEASE_FOLDER = "release"
PRIVATE_FOLDER = "private"
"""What must not be published: the answers and the key of hidden splits."""
LATEST = "latest.json"
"""The cache keys of the last build's partitions, by stage and part."""
BUILD = "build.json"
"""What the last build ran, with times and memory."""
BUILD_PAGE = "build.html"
AUDIT = "audit.json"
"""Every verdict of the last audit."""
REPORT = "report.html"
"""The report of a release; beside the verdicts, that of a release that failed the audit."""
LEFT_OUT = "left_out.tsv"
"""Every rejection, under the sources' own names."""

# of a partition
MANIFEST = "manifest.json"
"""Written last: a folder that has one is finished. A release has one too."""
INPUTS = "inputs.json"
"""The facts that the cache key is the digest of."""
ROWS = "rows.parquet"
REJECTED = "rejected.parquet"
ALTERED = "altered.parquet"
"""Beside ask's questions, what the pictures of the counterfactual ones show."""
SAMPLES = "samples.parquet"
"""Beside ingest's findings, their images."""
WORDS = "words.parquet"
"""Beside ingest's findings, their distinct words."""
ROW_DIGESTS = "made.parquet"
"""By sample or question, the digest of what its rows were made from."""
REJECTED_SAMPLES = "lost.parquet"
"""Ingest's rejections, each with its sample."""
VERDICTS = "verdicts.json"

# of the private folder
ANSWERS = "answers.parquet"
HIDDEN_KEY = "key"
