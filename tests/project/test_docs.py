"""The documentation is correct: its blocks run, and the rules that it lists are cited and tested."""

import re
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
RULE = re.compile(r"\b[a-z]+-\d+\b")
CITATION = re.compile(r"Source:\s+((?:[a-z]+-\d+(?:,\s+)?)+)\.")


def blocks(document):
    return re.findall(r"^```python\n(.*?)^```$", document.read_text(), re.MULTILINE | re.DOTALL)


def test_each_python_block_runs(run_pytest):
    """Each Python block of the documentation is a test module that passes, or a script that runs."""
    found = {
        f"test_{document.stem.replace('-', '_')}_{number}.py": block
        for document in DOCUMENTS
        for number, block in enumerate(blocks(document), 1)
    }
    result = run_pytest(found, "-p", "no:randomly")
    # A parametrized test counts more than once, a script does not count.
    tests = {name: len(re.findall(r"^\s*(?:async )?def test_", block, re.MULTILINE)) for name, block in found.items()}
    passed = {name: result.outcomes.get(name, {}) for name in found}
    assert len(found) > 5
    assert [name for name in found if set(passed[name].values()) - {"passed"} or len(passed[name]) < tests[name]] == []
    result.output.no_fnmatch_line("ERROR *")


def test_the_demo_shows_a_refused_and_an_accepted_update(capsys):
    """``make demo`` shows that the stale patch is refused and the current one accepted."""
    runpy.run_path(str(ROOT / "examples/high_score.py"), run_name="__main__")
    assert capsys.readouterr().out.splitlines()[4::4] == [
        " service  409 ResourceConflictException: Current SyncCount for: high_score is: 5 not: 4",
        " service  200, high_score is 550 at SyncCount 6",
    ]


def rules():
    lines = (ROOT / "docs/fidelity.md").read_text().splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [row for row in rows if RULE.fullmatch(row[0])]


def cited(folder):
    found = set()
    for path in (ROOT / folder).rglob("*.py"):
        for group in CITATION.findall(path.read_text()):
            found.update(RULE.findall(group))
    return found


def test_each_rule_is_listed_once_with_a_mark():
    """Each rule of docs/fidelity.md occurs once and has a valid mark."""
    found = rules()
    assert len(found) > 60
    assert len({row[0] for row in found}) == len(found)
    assert [row for row in found if len(row) != 5 or not re.fullmatch(r"[DLTCOU](/[DLTCOU])?", row[3])] == []


def test_each_rule_has_a_test_that_cites_it():
    """The test that a rule names exists in that file and cites the rule."""
    wrong = []
    for rule, *_, test in rules():
        file, _, name = test.strip("`").partition("::")
        text = (ROOT / "tests" / file).read_text() if file else ""
        body = re.search(rf"def {name}\(.*?(?=\n(?:@|def |class |async def )|\Z)", text, re.DOTALL)
        if (
            not name
            or not body
            or rule not in {found for group in CITATION.findall(body[0]) for found in RULE.findall(group)}
        ):
            wrong.append((rule, test))
    assert wrong == []


def test_each_cited_rule_is_listed():
    """The package cites each rule of docs/fidelity.md, and neither the package nor the tests cite any other."""
    listed = {row[0] for row in rules()}
    assert cited("mock_cognitosync") | cited("tests") == listed
    assert cited("mock_cognitosync") == listed
