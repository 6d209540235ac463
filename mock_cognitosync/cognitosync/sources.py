"""Where time and chance come from: the one module that asks for either, so that a test can set both."""

from __future__ import annotations

from moto.moto_api._internal import mock_random

from . import settings


def now_ms() -> int:
    """Milliseconds since the epoch on the mock's clock, see :class:`.clock.Clock`."""
    return settings.current().clock.now_ms()


def new_uuid() -> str:
    """A UUID of moto's generator, which ``/moto-api/seed`` makes repeatable."""
    # What uuid4() makes of the same bits, in a third of the time.
    text = f"{mock_random.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{'89ab'[int(text[16], 16) & 3]}{text[17:20]}-{text[20:]}"


def random_bytes(number: int) -> bytes:
    """*number* bytes of the same generator."""
    return mock_random.randbytes(number)
