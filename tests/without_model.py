"""A botocore that knows nothing of the service: `python tests/without_model.py` takes it out of this environment's."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from botocore.loaders import Loader

SERVICE = "cognito-sync"


def mirror(data: Path, folder: Path) -> Path:
    """Make *folder* botocore's folder *data* without the service: links to the rest, and shorter endpoints."""
    folder.mkdir()
    for entry in data.iterdir():
        if entry.name not in (SERVICE, "endpoints.json"):
            (folder / entry.name).symlink_to(entry)
    (folder / "endpoints.json").write_text(endpoints_without_service(data))
    return folder


def endpoints_without_service(data: Path) -> str:
    """Botocore's endpoints without those of the service."""
    endpoints = json.loads((data / "endpoints.json").read_text())
    for partition in endpoints["partitions"]:
        partition["services"].pop(SERVICE, None)
    return json.dumps(endpoints)


def take_out(data: Path) -> None:
    """Remove the service from *data* for good."""
    shutil.rmtree(data / SERVICE, ignore_errors=True)
    # Not in place: an installer may have linked the file to one that others share.
    shorter = data / "endpoints.new"
    shorter.write_text(endpoints_without_service(data))
    shorter.replace(data / "endpoints.json")


if __name__ == "__main__":
    take_out(Path(Loader.BUILTIN_DATA_PATH))
