"""Generated requests never meet an internal error or an undocumented answer."""

from __future__ import annotations

import pytest
from fuzz_control_api import COMMAND, fuzz

from mock_cognitosync.server.control_api.routes import ROUTES

pytestmark = pytest.mark.subprocess


def test_generated_requests_get_documented_answers():
    """A few cases for each request; `make fuzz-api` runs thousands."""
    if not COMMAND.exists():
        pytest.skip("schemathesis is missing: `make test` installs it")
    assert fuzz(1, coverage=False) >= 2 * len(ROUTES)
