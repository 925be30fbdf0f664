"""A stage on which the look back may find something: its tests falsify what we wrote down."""

from __future__ import annotations

import pytest

from tests.product import Stage


@pytest.fixture
def stage(stage: Stage) -> Stage:
    stage.reads_zero = False
    return stage
