"""Devices write every kind of str as the text that it is."""

from __future__ import annotations

from enum import Enum

import pytest
from driver import remove, replace


class Colour(str, Enum):
    DARK = "dark"

    def __str__(self) -> str:
        return "another text"


class Text(str):
    __slots__ = ()


@pytest.mark.parametrize("kind", [Text, Colour], ids=["subclass", "enum"])
def test_a_subclass_of_str_is_written_as_its_text(profile, kind):
    """A name, key or value may be an instance of a subclass, as for boto3; a KeyError would not explain the mistake."""
    device = profile.device()
    assert device.put(kind("dark"), {kind("dark"): kind("dark")}) == 1

    dark = profile.named("dark")
    assert dark.records() == {"dark": "dark"}
    assert dark.write(replace("dark", "light", 1)) == [("dark", "light", 2)]
    assert {type(part) for item in dark.records().items() for part in item} == {str}
    assert device.remove(kind("dark"), kind("dark")) == 3
    device.delete_dataset(kind("dark"))
    assert not dark.state().exists


@pytest.mark.parametrize("value", [None, 5, b"dark", ["dark"]])
def test_what_is_not_a_str_is_refused(profile, value):
    """The message names what it is about, and the type."""
    device, shown = profile.device(), f"must be a str, got {type(value).__name__} "
    uses = {
        "dataset": lambda: device.put(value, {"theme": "dark"}),
        "the value of 'theme'": lambda: device.put("profile", {"theme": value}),
        "a key": lambda: device.remove("profile", value),
    }
    for name, use in uses.items():
        with pytest.raises(TypeError) as error:
            use()
        assert str(error.value).startswith(f"{name} {shown}")
    assert not profile.state().exists


def test_a_long_value_of_the_wrong_type_is_cut(profile):
    """The message stays short."""
    with pytest.raises(TypeError) as error:
        profile.device().put("profile", {"theme": b"x" * 10_000})
    assert len(str(error.value)) < 120


def test_a_surrogate_pair_is_one_character(cognitosync, profile, tmp_path):
    """Two halves in a str become the character that they encode, so that sizes are those of a snapshot."""
    profile.device().put("profile", {"\ud83d\ude00": "\ud83d\ude00\ud83d"})
    size_bytes = profile.state().size_bytes
    cognitosync.save(tmp_path / "state.json")
    cognitosync.load(tmp_path / "state.json")

    assert profile.records() == {"\U0001f600": "\U0001f600\ud83d"}
    assert (size_bytes, profile.state().size_bytes) == (11, 11)
    assert profile.device().remove("profile", "\ud83d\ude00") == 2
    assert profile.write(remove("\U0001f600", 2)) == [("\U0001f600", None, 3)]


def test_texts_about_a_lone_surrogate_can_be_encoded(cognitosync, profile):
    """One failing test whose report could not be sent between processes would end the run of all others."""
    profile.refused_update(replace("\ud800", sync_count=-1))
    [_, call] = cognitosync.calls
    assert "\ud800" in call.message
    for text in (str(call), cognitosync.report(), cognitosync.story(), cognitosync.story("mermaid")):
        assert b"ud800" in text.encode()
