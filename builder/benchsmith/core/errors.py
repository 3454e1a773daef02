"""The exceptions that stop a command, as one tree.

::

    BenchsmithError
    ├── DocumentError             2  documents.problems: documents or arguments are wrong
    ├── QueryError                2  documents.query: a query cannot be understood
    ├── UnknownCase               2  api.loaded_release: a release has no case with this id
    ├── BuildStopped
    │   ├── TooMuchRejected       3  too many faults, or no question is left
    │   ├── GateFailed            5  a release must not be published
    │   ├── InputMissing          4  sources, a build or a release are not here
    │   └── SourceChanged         4  a file changed during the build
    └── EnvironmentFailed         4  something outside the program failed
        ├── WorkerLost               engine.contract: no worker is left
        ├── ModelError               models.contract: no more can be asked of a model
        │   ├── EndpointLost         models.contract: an endpoint does not answer
        │   └── LocalModelError      models.contract: a local model fails or does not fit
        ├── HubError                 publish.hub_connection: the Hub does not answer or refuses
        ├── StorageError             fetch.storage_errors: storage does not answer or refuses
        │   └── SizeLimitError       fetch.storage_errors: more bytes than allowed
        ├── FetchError               fetch.packages: a package cannot be downloaded
        └── NotBuilt                 explore.find_build: a benchmark has no finished build

The number is the exit code. The command prints these errors as one message. Any other exception is
a bug, which ends with a traceback and exit code 1; only an OSError, such as a full disk, also ends
with 4. :class:`benchsmith.core.contracts.DataFault` is not in the tree: ingest turns it into a
rejection, and it stops nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class BenchsmithError(Exception):
    """The root of all errors that a user can cause or resolve."""

    exit_code: ClassVar[int] = 1
    """What the command exits with; the numbers are those of `benchsmith.cli.app`."""


class BuildStopped(BenchsmithError):
    """A build or a release cannot go on."""


class TooMuchRejected(BuildStopped):
    """A source has more faults than the benchmark tolerates, or no question is left."""

    exit_code = 3


class InputMissing(BuildStopped):
    """The sources are not downloaded, the benchmark is not built, or a folder is not a release."""

    exit_code = 4


class SourceChanged(BuildStopped):
    """A source's file changed while the build read it; nothing of that stage is kept."""

    exit_code = 4


class GateFailed(BuildStopped):
    """A release failed a check and must not be published."""

    exit_code = 5

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("nothing is published:\n" + "\n".join(f"  {r}" for r in reasons))


class EnvironmentFailed(BenchsmithError):
    """Something outside the program does not work: a worker, a network, a service."""

    exit_code = 4
