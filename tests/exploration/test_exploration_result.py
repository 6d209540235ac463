"""The result of explore(): pairs, replays, the table, and the assertion."""

from __future__ import annotations

import boto3
import pytest
from loops import careful, naive, until_it_works, write

from mock_cognitosync import explore

HERE = {"region_name": "us-east-1"}


def outcomes(exploration, outcome):
    return {cell.id for cell in exploration.of(outcome)}


@pytest.fixture(scope="module")
def explored():
    """The naive loop, explored once."""
    return explore(naive, **HERE)


def test_pairs_are_reported_if_neither_member_fails_alone():
    """A loop that tries twice survives each conflict alone, but not two of them."""

    def twice(sync):
        user, client = sync.new_user(), boto3.client("cognito-sync")
        until_it_works(lambda: write(client, user.parameters("profile"), "theme", "dark"), rounds=1)

    exploration = explore(twice, depth=2, **HERE)

    assert {cell.id for cell in exploration.cells if cell.outcome == "failed"} == {"UpdateRecords#1/limits-reached"}
    failed = {cell.id for cell in exploration.pairs if cell.outcome == "failed"}
    assert "ListRecords#1/throttled + UpdateRecords#1/same-key" in failed
    assert not any("limits-reached" in cell_id for cell_id in failed)
    with pytest.raises(Exception, match="Current SyncCount for: theme is: 1 not: 0"):
        exploration.replay("ListRecords#1/throttled + UpdateRecords#1/same-key")


def test_pairs_count_towards_the_budget():
    """A budget that the single cells have used up leaves out all pairs."""
    exploration = explore(careful, depth=2, max_runs=40, **HERE)

    assert {cell.outcome for cell in exploration.pairs} == {"left out"}


def test_a_replay_raises_what_the_scenario_raises(explored):
    """A debugger stops where it was raised."""
    with pytest.raises(Exception, match="Current SyncCount for: theme is: 1 not: 0"):
        explored.replay("UpdateRecords#1/same-key")


def test_a_replay_that_passes_returns_its_story(explored):
    """The story names the disturbance."""
    story = explored.replay("UpdateRecords#1/other-key")
    assert "hook: before_next('UpdateRecords', write_other_key_at_1)" in story
    assert "device -> service   put 'written-by-another-device': 'dark' in profile" in story


@pytest.mark.parametrize("cell_id", ["UpdateRecords#2/same-key", "ListRecords#1/same-key"])
def test_a_replay_of_an_unknown_cell_is_refused(explored, cell_id):
    """A replay is refused if the cell is unknown, or if its disturbance cannot affect its call."""
    with pytest.raises(ValueError, match="is not a call and a disturbance that can affect it, as in 'ListRecords#1/"):
        explored.replay(cell_id)


def test_an_unknown_cell_is_refused(explored):
    """The message suggests the nearest."""
    with pytest.raises(
        ValueError, match=r"no cell 'UpdateRecords#1/throtled'; did you mean 'UpdateRecords#1/throttled'\?"
    ):
        explored.cell("UpdateRecords#1/throtled")
    with pytest.raises(ValueError, match=r"no cell 'x'$"):
        explored.cell("x")


def test_assert_passed_fails_with_the_table(explored):
    """The message is all that a report shows."""
    with pytest.raises(AssertionError) as failure:
        explored.assert_passed()
    first, *table = str(failure.value).splitlines()
    assert first == "13 of 18 disturbed runs failed."
    assert table == str(explored).splitlines()


def test_known_failures_may_be_allowed(explored):
    """Known failures can be allowed by id or by pattern."""
    faults = ("throttled", "server-error", "connection-dropped", "answer-lost*", "timed-out")
    allowed = {*(f"*/{fault}" for fault in faults), "UpdateRecords#1/same-key", "*/token-expired", "*/limits-reached"}
    explored.assert_passed(allow=allowed)
    with pytest.raises(AssertionError, match=r"^1 of 18 disturbed runs failed"):
        explored.assert_passed(allow=allowed - {"UpdateRecords#1/same-key"})


def test_an_allowed_failure_that_passes_now_is_reported(explored):
    """An entry that matches no failure is an error, because it would hide a failure in the future."""
    with pytest.raises(AssertionError, match=r"'\*/other-key' is allowed to fail, but nothing that it matches fails"):
        explored.assert_passed(allow={"*/other-key", "*"})


def test_an_entry_for_cells_that_were_left_out_is_not_reported():
    """Such an entry is accepted, because it is unknown whether the cells would fail."""
    explore(careful, max_runs=1, seed=1, **HERE).assert_passed(allow={"*/limits-reached"})


def test_an_exploration_without_runs_does_not_pass():
    """An exploration without runs has shown nothing, so its assertion fails."""
    with pytest.raises(AssertionError, match=r"^no disturbed run took place, so nothing has been shown"):
        explore(naive, max_runs=0, **HERE).assert_passed()


def test_the_table_has_a_row_for_each_disturbance(explored):
    """The table has a row for each disturbance and a column for each call."""
    lines = str(explored).splitlines()
    assert lines[0].startswith("2 calls in 18 disturbed runs: 5 passed, 0 passed with differences, 13 failed; ")
    assert lines[1].startswith("botocore waited ")
    rows = [line.split() for line in lines[3:18]]
    assert rows[0] == ["1", "2"]
    assert [(row[0], *row[-2:]) for row in rows[1:4]] == [
        ("same-key", ".", "F"),
        ("other-key", "+", "+"),
        ("deleted", ".", "."),
    ]
    assert lines[18:22] == [
        "+ passed, ~ differs, F failed, . not applicable, ? left out",
        "",
        "  1 ListRecords#1",
        "  2 UpdateRecords#1",
    ]
    assert repr(explored).startswith("<Exploration: 2 calls in 18 disturbed runs")


def test_a_long_line_is_cut(explored):
    """The whole text is in the cell."""
    assert max(map(len, str(explored).splitlines())) <= 120


def test_many_calls_have_several_tables():
    """Each table has at most twenty columns."""

    def scenario(sync):
        user, client = sync.new_user(), boto3.client("cognito-sync")
        for _ in range(21):
            client.list_datasets(**user.parameters())

    lines = str(explore(scenario, max_runs=1, **HERE)).splitlines()
    assert [line.split() for line in lines if line.startswith(" " * 30)] == [[*map(str, range(1, 21))], ["21"]]
