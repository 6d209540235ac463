"""The HTTP door: moto's whole server with Cognito Sync in it, for clients in every language."""

from __future__ import annotations

from importlib.util import find_spec

_NEEDED = ("flask", "flask_cors", "waitress")


def missing_dependencies() -> str | None:
    """A sentence about what is not installed, None where all is."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    return f'{", ".join(missing)} not installed: pip install "mock-cognitosync[server]"' if missing else None


def variables(url: str, region_name: str) -> dict[str, str]:
    """What leads AWS's clients, in any language, to the server at *url*, as variables of the environment."""
    return {
        "AWS_ENDPOINT_URL": url,
        # moto goes by the access key alone, and knows this one as nobody's.
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        # Some read the one, some the other.
        "AWS_DEFAULT_REGION": region_name,
        "AWS_REGION": region_name,
    }
