"""UUIDs and random bytes from moto's seeded generator, so that ``/moto-api/seed`` makes them repeatable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from moto.moto_api._internal import mock_random


def new_uuid() -> str:
    """A UUID of moto's generator, which ``/moto-api/seed`` makes repeatable."""
    # The same as uuid4() of these bits, in a third of the time.
    text = f"{mock_random.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{'89ab'[int(text[16], 16) & 3]}{text[17:20]}-{text[20:]}"


def random_bytes(number: int) -> bytes:
    """*number* bytes of the same generator."""
    return mock_random.randbytes(number)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed the generator; at the end it continues as if it had not been seeded."""
    state = mock_random.getstate()
    mock_random.seed(seed)
    try:
        yield
    finally:
        mock_random.setstate(state)
