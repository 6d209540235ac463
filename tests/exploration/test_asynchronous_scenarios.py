"""A scenario that uses aiobotocore, in the environment that pins its botocore."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from loops import naive

from mock_cognitosync import explore

ROOT = Path(__file__).parents[2]


def test_a_scenario_of_aiobotocore_is_explored(tmp_path):
    """The outcomes are those of the same loop with boto3, and its waits pass on the mock's clock too."""
    python = ROOT / ".venv-aiobotocore/bin/python"
    assert python.exists(), f"{python} is missing: `make test` installs it"
    done = subprocess.run(
        [python, ROOT / "tests/exploration/aio.py"],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert found.pop("waits") == [True, 0]
    assert found == {cell.id: cell.outcome for cell in explore(naive, region_name="us-east-1").cells}
