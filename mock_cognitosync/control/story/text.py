"""A story as text: one line for each arrow, the service on the right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .scenes import Scene, Story
from .steps import SERVICE, Step

_ARROWS = 18
_INDENT = 5


def render(story: Story, unused: Sequence[str]) -> str:
    """The diagram, below the number of calls and the ids, and above the faults and hooks that were never applied."""
    earlier, scenes = story.latest()
    lines = [f"{story.heading}{':' if scenes else '.'}", *(f"  {line}" for line in story.legend)]
    if earlier:
        lines.append(f"{'':{_INDENT}} {earlier}")
    for scene in scenes:
        lines.extend(_scene(scene))
    return "\n".join([*lines, *unused])


def answer_text(step: Step) -> str:
    """The text of a step, with the attempts that it answers."""
    if step.attempts is None:
        return step.text
    first, last = step.attempts
    return f"attempt {first}: {step.text}" if first == last else f"attempts {first} to {last}: {step.text}"


def _scene(scene: Scene) -> Iterator[str]:
    label = _label(scene.numbers)
    for position, step in enumerate(scene.steps):
        times = f", {scene.times} times" if scene.times > 1 and position == 0 else ""
        yield f"{label:>{_INDENT}} {_arrow(step):{_ARROWS}}  {answer_text(step)}{times}"
        yield from (f"{'':{_INDENT}} {'':{_ARROWS}}    {line}" for line in step.details)
        label = ""


def _label(numbers: Sequence[int]) -> str:
    if len(numbers) > 1:
        return f"{numbers[0]}-{numbers[-1]}"
    return str(numbers[0]) if numbers else ""


def _arrow(step: Step) -> str:
    if step.kind == "note":
        return ""
    return f"{step.sender} -> {SERVICE}" if step.receiver == SERVICE else f"{step.receiver} <- {SERVICE}"
