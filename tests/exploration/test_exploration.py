"""explore(): a scenario runs again for each of its calls and each disturbance."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import suppress

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from loops import careful, naive, patch, write

from mock_cognitosync import Exploration, explore
from mock_cognitosync.exploration.disturbances import DISTURBANCES
from mock_cognitosync.exploration.waits import Waits
from mock_cognitosync.runs import forget_test, handles_of_test

HERE = {"region_name": "us-east-1"}


def outcomes(exploration, outcome):
    return {cell.id for cell in exploration.of(outcome)}


@pytest.fixture(scope="module")
def explored():
    """The naive loop, explored once."""
    return explore(naive, **HERE)


def test_each_disturbance_that_can_affect_a_call_is_tried(explored):
    """A cell is passed, different, failed or not applicable, and names the call and the disturbance."""
    assert explored.calls == ["ListRecords#1", "UpdateRecords#1"]
    assert len(explored.cells) == 2 * len(DISTURBANCES) == 28
    assert outcomes(explored, "passed") == {
        "ListRecords#1/other-key",
        "ListRecords#1/merged",
        "ListRecords#1/throttled-once",
        "UpdateRecords#1/other-key",
        "UpdateRecords#1/throttled-once",
    }
    assert outcomes(explored, "differs") == set()
    assert outcomes(explored, "failed") == {
        "ListRecords#1/throttled",
        "ListRecords#1/server-error",
        "ListRecords#1/connection-dropped",
        "ListRecords#1/timed-out",
        "UpdateRecords#1/same-key",
        "UpdateRecords#1/token-expired",
        "UpdateRecords#1/throttled",
        "UpdateRecords#1/server-error",
        "UpdateRecords#1/connection-dropped",
        "UpdateRecords#1/answer-lost-once",
        "UpdateRecords#1/answer-lost",
        "UpdateRecords#1/timed-out",
        "UpdateRecords#1/limits-reached",
    }
    assert len(outcomes(explored, "not applicable")) == 10


def test_a_failed_cell_has_the_first_line_of_the_failure(explored):
    """The service's message is in it."""
    first, _, last = explored.cell("UpdateRecords#1/same-key").detail.partition(": Current")
    assert first.startswith("An error occurred (ResourceConflictException) when calling the UpdateRecords operation")
    assert last == " SyncCount for: theme is: 1 not: 0"


def test_a_careful_loop_passes():
    """Only limits stop it; what it does differently is named."""
    exploration = explore(careful, **HERE)

    assert outcomes(exploration, "failed") == {"UpdateRecords#1/limits-reached", "UpdateRecords#2/limits-reached"}
    assert exploration.cell("UpdateRecords#2/same-key").detail == "more calls: ListRecords, UpdateRecords"
    assert exploration.cell("UpdateRecords#2/recreated").outcome == "differs"
    assert exploration.cell("UpdateRecords#2/throttled-once").outcome == "passed"
    assert exploration.cell("ListRecords#2/deleted").outcome == "passed"


def test_records_that_differ_are_named():
    """A scenario that passes although its record is lost is shown."""

    def forgetful(sync):
        user = sync.new_user()
        client = boto3.client("cognito-sync")
        for key in ("theme", "size"):
            write(client, user.parameters("profile"), key, "x")

    exploration = explore(forgetful, **HERE)

    assert exploration.cell("ListRecords#2/deleted").detail == "other records in profile of identity 1: theme"


def test_other_calls_are_named():
    """The first call that differs, and calls that are missing."""

    def clears(sync):
        user, client = sync.new_user(), boto3.client("cognito-sync")
        user.device().put("profile", {"theme": "dark"})
        listing = client.list_records(**user.parameters("profile"))
        if len(listing["Records"]) == 1:
            client.list_datasets(**user.parameters())
        client.describe_dataset(**user.parameters("profile"))

    def stops(sync):
        user, client = sync.new_user(), boto3.client("cognito-sync")
        if not client.list_records(**user.parameters("profile"))["Records"]:
            client.list_datasets(**user.parameters())

    def asks(sync):
        user, client = sync.new_user(), boto3.client("cognito-sync")
        listing = client.list_records(**user.parameters("profile"))
        client.list_datasets(**user.parameters(MaxResults=1 + len(listing["Records"])))

    cell = "ListRecords#1/other-key"
    assert explore(clears, **HERE).cell(cell).detail == "call 2 is DescribeDataset instead of ListDatasets"
    assert explore(stops, **HERE).cell(cell).detail == "fewer calls: no ListDatasets"
    assert explore(asks, **HERE).cell(cell).detail == "call 2, ListDatasets, has other parameters"


def test_a_coroutine_function_is_explored():
    """Each run has an event loop of its own; its sleep is counted."""

    async def scenario(sync):
        await asyncio.sleep(0.001)
        naive(sync)

    exploration = explore(scenario, max_runs=1, **HERE)

    assert exploration.calls == ["ListRecords#1", "UpdateRecords#1"]
    assert exploration.scenario_wait_seconds == pytest.approx(0.003)


def test_a_running_event_loop_is_refused():
    """The sentence says what to do."""

    async def scenario(sync):
        raise NotImplementedError

    async def caller():
        explore(scenario, **HERE)

    with pytest.raises(RuntimeError, match=r"call it from a function that is not async$"):
        asyncio.run(caller())


def test_the_failure_of_the_undisturbed_run_is_raised_itself():
    """It is a failure of the test, not of a disturbance."""

    def scenario(sync):
        raise LookupError("broken")

    with pytest.raises(LookupError, match=r"^broken$"):
        explore(scenario, **HERE)


def test_each_run_starts_from_a_clean_mock():
    """Neither data nor pools of an earlier run exist, and the ids are the same."""
    seen = []

    def scenario(sync):
        assert sync.users() == []
        seen.append((sync.new_user(), random.random()))
        boto3.client("cognito-sync").list_identity_pool_usage()

    explore(scenario, seed=3, **HERE)

    assert len(seen) > 5
    assert len(set(seen)) == 1


def test_the_random_numbers_of_the_test_go_on():
    """A seed ends with its run."""
    random.seed(1)
    expected = random.random()
    random.seed(1)
    explore(naive, max_runs=1, **HERE)
    assert random.random() == expected


def test_a_scenario_without_calls_is_refused():
    """It would pass whatever happens."""
    with pytest.raises(RuntimeError, match="makes no call to Cognito Sync in us-east-1: nothing can disturb it"):
        explore(lambda sync: None, **HERE)


def test_a_scenario_that_differs_by_itself_is_refused():
    """Its runs cannot be compared."""
    sizes = iter(range(1, 100))

    def scenario(sync):
        boto3.client("cognito-sync").list_datasets(**sync.new_user().parameters(MaxResults=next(sizes)))

    with pytest.raises(RuntimeError, match=r"not the same each time.*: call 1, ListDatasets, has other parameters"):
        explore(scenario, **HERE)


def test_calls_that_overlap_are_refused():
    """A trigger that calls the service makes its calls before the update ends, so their order is not clear."""

    def scenario(sync):
        user, client = sync.new_user(), boto3.client("cognito-sync")

        def trigger(event):
            client.list_datasets(**user.parameters())
            return event

        sync.set_trigger(user.identity_pool_id, trigger)
        write(boto3.client("cognito-sync", **user.credentials()), user.parameters("profile"), "theme", "dark")

    with pytest.raises(RuntimeError, match=r"^calls of the scenario overlap, so they cannot be disturbed one by one"):
        explore(scenario, **HERE)


def test_an_active_mock_is_refused(cognitosync):
    """A run in it would not start from a clean mock."""
    with pytest.raises(RuntimeError, match=r"^explore\(\) starts a mock for each run"):
        explore(naive, **HERE)


@pytest.mark.parametrize("options", [{"depth": 3}, {"max_attempts": 1}])
def test_options_out_of_range_are_refused(options):
    """The message of the refusal states the allowed values."""
    with pytest.raises(ValueError, match=f"{next(iter(options))} must be"):
        explore(naive, **options)


def test_an_option_goes_to_the_mock():
    """``strict_sync_counts`` refuses what the mock accepts by default."""

    def ahead(sync):
        user, client = sync.new_user(), boto3.client("cognito-sync")
        token = client.list_records(**user.parameters("profile"))["SyncSessionToken"]
        changes = [patch("theme", "dark", 7)]
        client.update_records(**user.parameters("profile"), SyncSessionToken=token, RecordPatches=changes)

    explore(ahead, max_runs=1, **HERE)
    with pytest.raises(Exception, match="Current SyncCount for: theme is: 0 not: 7"):
        explore(ahead, strict_sync_counts=True, **HERE)


def test_a_budget_names_what_it_left_out():
    """The seed chooses, so another seed tries other cells; the same seed tries the same."""
    explorations = [explore(naive, seed=seed, max_runs=3, **HERE) for seed in (1, 1, 2)]
    left_out = [outcomes(exploration, "left out") for exploration in explorations]

    assert [len(cells) for cells in left_out] == [15, 15, 15]
    assert left_out[0] == left_out[1] != left_out[2]
    text = str(explorations[0])
    assert "2 calls in 3 disturbed runs: " in text
    assert "15 left out by the budget" in text
    assert all(f"\n  {cell}" in text for cell in left_out[0])


def test_a_budget_of_seconds_starts_no_further_run():
    """With no time at all, everything is left out."""
    assert len(explore(naive, max_seconds=0, **HERE).of("left out")) == 18


def test_the_waits_of_botocore_pass_on_the_clock_of_the_mock(explored):
    """Nothing waits, and the result says how long botocore would have waited."""
    assert explored.botocore_wait_seconds > 0.3
    assert explored.scenario_wait_seconds == 0


def test_the_sleep_of_the_scenario_is_counted():
    """The scenario really waits, and the result reports its wait separately."""

    def scenario(sync):
        time.sleep(0.01)
        naive(sync)

    exploration = explore(scenario, max_runs=1, **HERE)
    assert exploration.scenario_wait_seconds == pytest.approx(0.03)
    assert "the scenario slept 0.0 s" in str(exploration)


def test_an_asynchronous_wait_of_botocore_does_not_wait():
    """Aiobotocore waits with asyncio.sleep."""
    advanced, namespace = [], {"__name__": "aiobotocore.endpoint", "asyncio": asyncio}
    exec("async def retry(): return await asyncio.sleep(3600, 'done')", namespace)
    waits = Waits()
    with waits.watch(advanced.append):
        assert asyncio.run(namespace["retry"]()) == "done"
    assert (advanced, waits.botocore_seconds, waits.scenario_seconds) == ([3600], 3600, 0)


def test_a_refused_device_is_not_applicable():
    """If the service refuses the other device, nothing has disturbed the call."""

    def full(sync):
        sync.set_limits(records_per_dataset=0)
        listing(sync)

    assert explore(full, **HERE).cell("ListRecords#1/other-key").outcome == "not applicable"


def listing(sync):
    boto3.client("cognito-sync").list_records(**sync.new_user().parameters("profile"))


def test_a_call_with_ids_that_cannot_exist_is_explored():
    """The service refuses it, and only the network can disturb it."""

    def scenario(sync):
        client = boto3.client("cognito-sync")
        with suppress(BotoCoreError, ClientError):
            client.list_records(IdentityPoolId="eu-west-1:x", IdentityId="eu-west-1:y", DatasetName="profile")

    exploration = explore(scenario, **HERE)
    assert outcomes(exploration, "passed") == {
        f"ListRecords#1/{name}"
        for name in ("throttled-once", "throttled", "server-error", "connection-dropped", "timed-out")
    }


def test_the_operations_that_have_no_throttling_are_not_throttled():
    """BulkPublish declares no such error."""

    def scenario(sync):
        pool = sync.new_pool()
        boto3.client("cognito-sync").get_bulk_publish_details(IdentityPoolId=pool)

    assert explore(scenario, **HERE).cell("GetBulkPublishDetails#1/throttled").outcome == "not applicable"


def test_an_interrupt_ends_the_exploration():
    """Ctrl-C is no failure of the scenario."""
    runs = []

    def scenario(sync):
        runs.append(1)
        if len(runs) == 3:
            raise KeyboardInterrupt
        naive(sync)

    with pytest.raises(KeyboardInterrupt):
        explore(scenario, **HERE)


def test_an_error_without_text_is_named():
    """The class is all that is known."""

    def swallows(sync):
        try:
            listing(sync)
        except Exception:
            raise KeyError from None

    assert explore(swallows, **HERE).cell("ListRecords#1/timed-out").detail == "KeyError"


def test_the_runs_are_not_in_the_report_of_a_failing_test():
    """Only a replay and the undisturbed run are in the report."""
    forget_test()
    exploration = explore(naive, **HERE)
    assert len(handles_of_test()) == 1
    exploration.replay("UpdateRecords#1/other-key")
    assert len(handles_of_test()) == 2


def test_the_name_is_the_function_whoever_imports_first():
    """No module of the package is called explore."""
    import mock_cognitosync.exploration

    assert mock_cognitosync.exploration.explore is mock_cognitosync.explore is explore
    assert mock_cognitosync.Exploration is Exploration


def test_a_terminal_shows_a_progress_bar(monkeypatch):
    """It is removed at the end; elsewhere nothing is written."""
    written = []

    class Terminal:
        def isatty(self):
            return True

        def write(self, text):
            written.append(text)

        def flush(self):
            pass

    monkeypatch.setattr("sys.stderr", Terminal())
    explore(naive, **HERE)

    assert len(written) == 19
    assert written[9] == "\r\x1b[2K[###############               ] 10/18 UpdateRecords#1/token-expired"
    assert written[-1] == "\r\x1b[2K"
