"""A story as a sequence diagram of Mermaid. https://mermaid.js.org/syntax/sequenceDiagram.html"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .scenes import Scene, Story
from .steps import CLIENT, SERVICE, Step
from .text import answer_text

# All other ASCII characters are written as entity codes, because some of them end or change a line.
_PLAIN = re.compile(r"[^A-Za-z0-9 '()\[\],.:=/_+*\u0080-\U0010ffff-]")


def render(story: Story, unused: Sequence[str]) -> str:
    """The same as the text, in the same order."""
    earlier, scenes = story.latest()
    used = dict.fromkeys(name for scene in scenes for step in scene.steps for name in (step.sender, step.receiver))
    lines = ["sequenceDiagram"]
    for name in dict.fromkeys([CLIENT, SERVICE, *used]):
        lines.append(f"participant {name} as Cognito Sync" if name == SERVICE else f"participant {name}")
    lines.extend(_note(line) for line in [story.heading, *story.legend, *([earlier] if earlier else [])])
    for scene in scenes:
        lines.extend(_scene(scene))
    lines.extend(map(_note, unused))
    return "\n    ".join(lines)


def _scene(scene: Scene) -> Iterator[str]:
    if scene.times > 1:
        yield f"loop {scene.times} times"
    for step in scene.steps:
        yield _note(step.text) if step.kind == "note" else _arrow(step)
        yield from map(_note, step.details)
    if scene.times > 1:
        yield "end"


def _arrow(step: Step) -> str:
    arrow = "->>" if step.kind == "request" else "--x" if step.has_failed else "-->>"
    return f"{step.sender}{arrow}{step.receiver}: {_escaped(answer_text(step))}"


def _note(line: str) -> str:
    return f"Note over {SERVICE}: {_escaped(line)}"


def _escaped(text: str) -> str:
    return _PLAIN.sub(lambda found: f"#{ord(found[0])};", text)
