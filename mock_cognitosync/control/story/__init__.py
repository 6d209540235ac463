"""
The story of a mock: its history as a sequence diagram, in text or in Mermaid.

It is a pure function of history entries, so that a handle for a mock in another process tells the same story.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from ...cognitosync.domain.keys import AccountRegion
from ..history import Entry
from . import mermaid, text
from .scenes import scenes_of

Format = Literal["text", "mermaid"]


def tell(
    entries: Sequence[Entry], account_region: AccountRegion, story_format: Format = "text", unused: Sequence[str] = ()
) -> str:
    """
    Tell what happened in an account and region.

    Args:
        entries: the history.
        account_region: the account and region to tell about. The others are only named.
        story_format: ``"text"`` or ``"mermaid"``.
        unused: sentences about faults and hooks that were never applied.

    Raises:
        ValueError: *story_format* is neither.
    """
    if story_format not in get_args(Format):
        raise ValueError(f"format must be one of {', '.join(map(repr, get_args(Format)))}, got {story_format!r}")
    story = scenes_of(entries, account_region)
    render = mermaid.render if story_format == "mermaid" else text.render
    return render(story, unused)
