"""The folder ``cognitosync``, copied into moto, is a service of moto."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from driver import needs_botocores_model

import moto

SERVICE = Path(__file__).parents[2] / "mock_cognitosync/cognitosync"
ENTRY = '    ("cognitosync", re.compile(r"https?://cognito-sync\\.(.+)\\.amazonaws\\.com")),\n'
PROGRAM = """
import sys

import boto3
from moto import mock_aws


@mock_aws
def main():
    pool = boto3.client("cognito-identity", region_name="eu-west-1").create_identity_pool(
        IdentityPoolName="game", AllowUnauthenticatedIdentities=True
    )["IdentityPoolId"]
    profile = {"IdentityPoolId": pool, "IdentityId": pool, "DatasetName": "profile"}
    client = boto3.client("cognito-sync", region_name="eu-west-1")
    token = client.list_records(**profile)["SyncSessionToken"]
    patch = {"Op": "replace", "Key": "theme", "Value": "dark", "SyncCount": 0}
    client.update_records(**profile, SyncSessionToken=token, RecordPatches=[patch])
    print(client.list_records(**profile)["Records"][0]["Value"])


main()
sys.exit("mock_cognitosync" in sys.modules)
"""


@pytest.fixture
def moto_with_the_service(tmp_path):
    """A folder with a copy of the installed moto that has the service and one entry more in its index."""
    copy = tmp_path / "moto"
    copy.mkdir()
    for path in Path(moto.__file__).parent.iterdir():
        if path.name not in ("backend_index.py", "__pycache__"):
            (copy / path.name).symlink_to(path, target_is_directory=path.is_dir())
    index = (Path(moto.__file__).parent / "backend_index.py").read_text()
    (copy / "backend_index.py").write_text(
        index.replace("backend_url_patterns = [\n", f"backend_url_patterns = [\n{ENTRY}")
    )
    shutil.copytree(SERVICE, copy / "cognitosync", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@needs_botocores_model
def test_the_service_answers_under_plain_mock_aws_when_it_is_copied_into_moto(moto_with_the_service):
    """One entry in moto's index is enough; nothing else of this package is imported."""
    environment = {**os.environ, "PYTHONPATH": str(moto_with_the_service)}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "dark\n", "")


def test_the_service_imports_nothing_outside_its_folder():
    """Its modules import each other relatively and never this package by name, so that they can be copied."""
    outside = [
        str(path.relative_to(SERVICE))
        for path in SERVICE.rglob("*.py")
        for line in path.read_text().splitlines()
        if "import mock_cognitosync" in line
        or "from mock_cognitosync" in line
        or line.strip().startswith("from " + "." * (len(path.relative_to(SERVICE).parts) + 1))
    ]
    assert outside == []
