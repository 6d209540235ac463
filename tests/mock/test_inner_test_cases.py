"""TestCases inside a decorated class: pytest collects them by their type, whatever their name."""

from __future__ import annotations

import unittest

import pytest

from mock_cognitosync import current, mock_cognitosync


@mock_cognitosync
class Outer:
    class Inner(unittest.TestCase):
        __test__ = False

        def test(self):
            self.handle = current()

    class Helper:
        def test(self):
            return current()


def test_inner_test_cases_of_any_name_are_mocked():
    """Each inner TestCase runs mocked; an inner class that pytest does not collect is left alone."""
    case = Outer.Inner("test")
    case.debug()
    assert case.handle.region_name == "us-east-1"
    with pytest.raises(RuntimeError, match="no mock_cognitosync is active"):
        Outer.Helper().test()
