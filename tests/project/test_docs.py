"""The documentation is correct: its blocks run, and the rules that it lists are cited and tested."""

import re
import runpy
from pathlib import Path

from mock_cognitosync.verify.checks import all_checks

ROOT = Path(__file__).parents[2]
# Its block needs aioboto3, which has an environment of its own: tests/mock/test_aiobotocore.py runs it there.
ASYNCHRONOUS = ROOT / "docs/how-to/test-fastapi-with-aioboto3.md"
DOCUMENTS = [ROOT / "README.md", *sorted({*ROOT.glob("docs/**/*.md")} - {ASYNCHRONOUS})]
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
    """Each rule of docs/fidelity.md occurs once and has a valid mark; V has the date of the report."""
    found = rules()
    assert len(found) > 60
    assert len({row[0] for row in found}) == len(found)
    mark = r"[DLTCOU](/[DLTCOU])?|V \d{4}-\d\d-\d\d"
    assert [row for row in found if len(row) != 5 or not re.fullmatch(mark, row[3])] == []


def test_each_rule_has_a_test_that_cites_it():
    """The test that a rule names exists in that file and cites the rule; a check of the package is one of its rule."""
    assert unproven(rules()) == []


def test_a_rule_without_a_check_is_noticed():
    """A row that names no test, a missing one, one of another rule, or the check of another rule is wrong."""
    row = ["counts-1", "", "", "D"]
    named = [
        "",
        "`operations/test_tokens.py`",
        "`operations/test_tokens.py::test_that_is_missing`",
        "`operations/test_tokens.py::test_a_forged_token_is_refused`",
        "`verify/checks/tokens.py::a_token_is_valid_for_300_seconds`",
    ]
    assert unproven([[*row, test] for test in named]) == [("counts-1", test) for test in named]


def unproven(rows):
    """The rules of *rows*, with the tests that they name, whose test does not exist or does not cite the rule."""
    checks = {(path_of(check), check.name): check.rule for check in all_checks()}
    wrong = []
    for rule, *_, test in rows:
        file, _, name = test.strip("`").partition("::")
        if file.startswith("verify/checks/"):
            if checks.get((file, name)) != rule:
                wrong.append((rule, test))
            continue
        text = (ROOT / "tests" / file).read_text() if file else ""
        body = re.search(rf"def {name}\(.*?(?=\n(?:@|def |class |async def )|\Z)", text, re.DOTALL)
        if (
            not name
            or not body
            or rule not in {found for group in CITATION.findall(body[0]) for found in RULE.findall(group)}
        ):
            wrong.append((rule, test))
    return wrong


def path_of(check):
    """The file of a check as docs/fidelity.md names it."""
    return f"verify/checks/{check.story.__module__.rpartition('.')[2]}.py"


def test_each_check_is_of_a_listed_rule():
    """The rule of a check is listed, and names a check; one with the mark U has an open question."""
    listed = {rule: (mark, test) for rule, _, _, mark, test in rules()}
    questions = {}
    for check in all_checks():
        questions.setdefault(check.rule, []).append(check.question)
    assert set(questions) <= set(listed)
    assert [rule for rule in questions if "verify/checks/" not in listed[rule][1] and rule != "limits-7"] == []
    assert {rule for rule in questions if "U" in listed[rule][0]} <= {
        rule for rule, found in questions.items() if any(found)
    }


def test_each_rule_that_can_be_seen_from_outside_has_a_check():
    """Every rule of the sections that the checks cover has one."""
    covered = {check.rule for check in all_checks()}
    sections = {rule.partition("-")[0] for rule in covered} - {"pools"}
    assert {row[0] for row in rules() if row[0].partition("-")[0] in sections} == {
        rule for rule in covered if not rule.startswith("pools-")
    }


def test_each_cited_rule_is_listed():
    """The package cites each rule of docs/fidelity.md, and neither the package nor the tests cite any other."""
    listed = {row[0] for row in rules()}
    assert cited("mock_cognitosync") | cited("tests") == listed
    assert cited("mock_cognitosync") == listed
