"""The HTTP server: moto's server with Cognito Sync added, for clients in any language."""

from __future__ import annotations

from importlib.util import find_spec

_NEEDED = ("flask", "flask_cors", "waitress")


def missing_dependencies() -> str | None:
    """A sentence that names what is not installed; None if everything is."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    return f'{", ".join(missing)} not installed: pip install "mock-cognitosync[server]"' if missing else None


def variables(url: str, region_name: str) -> dict[str, str]:
    """
    The environment variables that direct AWS clients in any language to the server at *url*.

    If botocore has no model of the service, they direct Python programs on this machine to the package's own.
    """
    from ..environment import own_service_model

    return {
        "AWS_ENDPOINT_URL": url,
        # Takes precedence over the first, and may be inherited.
        "AWS_ENDPOINT_URL_COGNITO_SYNC": url,
        # A mock sets it to true for its own clients, and programs inherit it.
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        # moto identifies callers by the access key, and no account owns this one.
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        # Some clients read one of them, some the other.
        "AWS_DEFAULT_REGION": region_name,
        "AWS_REGION": region_name,
        **own_service_model(),
    }
