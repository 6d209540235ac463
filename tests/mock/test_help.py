"""What a REPL shows of the object `mock_cognitosync`."""

from __future__ import annotations

import inspect
import pydoc

from mock_cognitosync import MockCognitoSync, mock_cognitosync


def test_help_shows_the_forms_and_the_options():
    """help(mock_cognitosync) explains how to use the object and each of its options."""
    text = pydoc.plain(pydoc.render_doc(mock_cognitosync))
    for form in ("@mock_cognitosync ", "with mock_cognitosync() as sync:", "mock_cognitosync.current()"):
        assert form in text
    for option in inspect.signature(MockCognitoSync).parameters:
        assert f"        {option}: " in text


def test_the_signature_lists_the_options():
    """Editors and `mock_cognitosync?` show the options and their defaults."""
    assert inspect.signature(mock_cognitosync) == inspect.signature(MockCognitoSync)
    assert repr(mock_cognitosync) == "<mock_cognitosync, a decorator and a factory of mocks>"
