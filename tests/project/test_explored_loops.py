"""The table of explored loops in the documentation is what the script prints."""

import runpy
import sys
from pathlib import Path

from mock_cognitosync import explore

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/how-to/explore-your-sync-loop.md"


def test_the_table_is_what_the_script_prints(monkeypatch, capsys):
    """Each loop is explored again; a change of the mock or of a loop changes the table."""
    monkeypatch.setattr(sys, "path", [str(ROOT / "examples"), *sys.path])
    runpy.run_path(str(ROOT / "examples/explored_loops.py"), run_name="__main__")
    table = PAGE.read_text().partition("explored_loops.py -->\n")[2].partition("<!-- end -->")[0]

    assert capsys.readouterr().out == table
    assert "| another device wrote the same key | **breaks** | survives |" in table


def test_the_page_lists_each_disturbance():
    """The page names the calls that each disturbance can affect."""

    def scenario(sync):
        import boto3

        boto3.client("cognito-sync").list_records(**sync.new_user().parameters("settings"))

    exploration = explore(scenario, max_runs=0, region_name="us-east-1")
    rows = PAGE.read_text().partition("| disturbance | calls")[2].partition("\n\n")[0]
    assert [name for name, _ in exploration.disturbances if f"`{name}`" not in rows] == []
