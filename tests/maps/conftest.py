"""Fixtures of the map tests: one browser for all of them."""

from __future__ import annotations

import pytest
from browser import BINARY, Browser


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """Return a headless Chromium without a network; skipped where there is none."""
    if BINARY is None:
        pytest.skip("no Chromium on this machine")
    started = Browser(tmp_path_factory.mktemp("profile"))
    yield started
    started.close()
