"""Builds without the audit, for tests that read questions, pictures or facts and no verdict."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from benchsmith.core.verdicts import Audit
from benchsmith.pipeline import run_audit


@contextmanager
def unaudited() -> Iterator[None]:
    """Let no check run in builds of this process, which takes a fifth to a third of a small build.

    What is asked and drawn does not depend on it. The demo has the same sources and is audited.
    """

    def none(*_: Any) -> Audit:
        return Audit()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_audit, "audit_release", none)
        yield
