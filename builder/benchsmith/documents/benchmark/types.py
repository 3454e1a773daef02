"""Types that several sections of a benchmark file share."""

from __future__ import annotations

from typing import Annotated

import pydantic

Share = Annotated[float, pydantic.Field(ge=0, le=1)]
Count = Annotated[int, pydantic.Field(ge=1)]
NonEmpty = Annotated[str, pydantic.Field(min_length=1)]
SIMILARITY_BY_MODALITY = {"fundus-photography": 0.97}
"""Least similarity of two copies in modalities whose pictures all look alike.

Of 364 pairs of eyes of different people six had a similarity of 0.8 or more; the largest was 0.96.
"""
