"""The story: the history as a sequence diagram, in text and in Mermaid."""

from __future__ import annotations

import copy

import boto3
import pytest
import requests
from botocore.config import Config
from driver import create_pool, remove, replace

from mock_cognitosync import mock_cognitosync
from mock_cognitosync.cognitosync.domain.keys import AccountRegion
from mock_cognitosync.control.story import tell

CONFLICT = "ResourceConflictException: Current SyncCount for: theme is: 1 not: 0 (rule counts-3, logged)"
TOKEN_REFUSED = "InvalidParameterException: SyncSessionToken not valid for these inputs"
HERE = AccountRegion("123456789012", "us-east-1")


@pytest.fixture
def told(cognitosync):
    """The lines of the story below its heading and its legend, without indentation."""
    return lambda: [line.strip() for line in cognitosync.story().splitlines()[1:] if " is identity " not in line]


def test_a_story_says_who_wrote_what_at_which_count(cognitosync, profile):
    """A client lists and writes, and another device writes and removes."""
    profile.write(replace("theme", "dark"))
    profile.device().put("profile", {"size": "L", "theme": "light"})
    profile.device().remove("profile", "size")

    assert cognitosync.story().splitlines() == [
        "2 calls reached Cognito Sync in us-east-1:",
        f"  The user is identity {profile.identity_id} of pool {profile.identity_pool_id}.",
        "    1 client -> service   ListRecords(profile)",
        "      client <- service   ok, at sync count 0",
        "    2 client -> service   UpdateRecords(profile, replace 'theme' at 0: 'dark')",
        "      client <- service   ok, written at sync count 1",
        "      device -> service   put 'size': 'L', put 'theme': 'light' in profile",
        "      device <- service   ok, written at sync count 2",
        "      device -> service   remove 'size' in profile",
        "      device <- service   ok, written at sync count 3",
    ]


def test_an_update_that_changes_nothing_says_so(profile, told):
    """The story says that an update, or a device, changes nothing."""
    profile.write(remove("theme"))
    profile.device().put("profile", {})

    assert told()[3:] == [
        "client <- service   ok, nothing changed",
        "device -> service   put nothing in profile",
        "device <- service   ok, written at sync count 0",
    ]


def test_a_hook_is_shown_in_the_call_that_it_meets(cognitosync, profile, told):
    """What it does comes between the call and its answer."""
    token = profile.token()

    def interfere():
        profile.device().put("profile", {"theme": "light"})

    cognitosync.before_next("UpdateRecords", interfere)
    profile.refused_update(replace("theme", "dark"), token=token)

    assert told()[2:7] == [
        "2 client -> service   UpdateRecords(profile, replace 'theme' at 0: 'dark')",
        "hook: before_next('UpdateRecords', interfere)",
        "device -> service   put 'theme': 'light' in profile",
        "device <- service   ok, written at sync count 1",
        f"client <- service   {CONFLICT}",
    ]
    assert told()[7].startswith("hint: 'theme' was last written by ")


def patient():
    """A client that retries."""
    return boto3.client("cognito-sync", config=Config(retries={"total_max_attempts": 3}))


def test_retries_belong_to_their_call(cognitosync, profile, told, monkeypatch):
    """Equal answers in succession are counted, and the faults are named."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    cognitosync.fail("ListDatasets", "InternalErrorException", message="no", attempts=2)
    profile.through(patient()).dataset_names()

    assert told() == [
        "1-3 client -> service   ListDatasets()",
        "client <- service   attempts 1 to 2: InternalErrorException: no",
        "injected: fail('ListDatasets', 'InternalErrorException', attempts=2)",
        "client <- service   attempt 3: ok",
    ]


def test_a_lost_answer_shows_at_which_count_it_was_written(cognitosync, profile, told, monkeypatch):
    """The retry is refused, because the first attempt has consumed the token."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    token = profile.token()
    cognitosync.drop_connection("UpdateRecords", after_write=True, attempts=1)
    profile.through(patient()).refused_update(replace("theme", "dark"), token=token)

    assert told()[2:6] == [
        "2-3 client -> service   UpdateRecords(profile, replace 'theme' at 0: 'dark')",
        "client <- service   attempt 1: ConnectionLost, after it was written at sync count 1",
        "injected: drop_connection('UpdateRecords', after_write=True, attempts=1)",
        f"client <- service   attempt 2: {TOKEN_REFUSED} (rule token-4, logged and our choice)",
    ]


def test_a_retry_after_another_call_is_shown_apart(cognitosync, profile):
    """Its request names the attempt."""
    entries = history_of(cognitosync, lambda: profile.listed())
    retry = copy.deepcopy(entries[0])
    retry.event.call.attempt = 2
    others = history_of(cognitosync, lambda: profile.client.list_identity_pool_usage())

    lines = tell([*entries, *others, retry], HERE).splitlines()
    assert [line.strip() for line in lines[2:]] == [
        "1 client -> service   ListRecords(profile)",
        "client <- service   ok, at sync count 0",
        "2 client -> service   ListIdentityPoolUsage()",
        "client <- service   ok",
        "3 client -> service   ListRecords(profile) (attempt 2)",
        "client <- service   ok, at sync count 0",
    ]


def history_of(sync, function):
    """The entries that *function* causes."""
    _, before = sync._port.history.entries_since()
    function()
    return sync._port.history.entries_since(before)[0]


def test_entries_from_another_process_tell_the_same_story(cognitosync, profile):
    """The entries of one call no longer share an object there."""
    cognitosync.before_next("ListRecords", lambda: None, calls=2)
    profile.listed()
    url = f"https://cognito-sync.us-east-1.amazonaws.com/identitypools/{profile.identity_pool_id}"
    requests.get(f"{url}/identities/{profile.identity_id}/datasets/profile/records")
    entries = cognitosync._port.history.entries_since()[0]

    assert tell([copy.deepcopy(entry) for entry in entries], HERE) == tell(entries, HERE) == cognitosync.story()
    assert cognitosync.story().count("client -> service") == 1
    assert cognitosync.story().count("ListRecords(profile), 2 times") == 1


def test_repeated_calls_are_folded(profile, told):
    """They are equal whatever their tokens."""
    for _ in range(30):
        profile.listed()
    profile.listed(MaxResults=2)

    assert told() == [
        "1-30 client -> service   ListRecords(profile), 30 times",
        "client <- service   ok, at sync count 0",
        "31 client -> service   ListRecords(profile, MaxResults=2)",
        "client <- service   ok, at sync count 0",
    ]


def test_a_long_story_shows_its_end(profile, told):
    """The calls and events before are counted."""
    profile.device().put("profile", {"theme": "dark"})
    for number in range(1, 30):
        profile.listed(MaxResults=number)
    assert told()[:2] == [
        "... 9 earlier calls and 1 earlier event",
        "10 client -> service   ListRecords(profile, MaxResults=10)",
    ]
    assert len(told()) == 41


def test_a_long_story_of_calls_counts_only_calls(profile, told):
    """The line about what was left out counts calls only."""
    for number in range(1, 23):
        profile.listed(MaxResults=number)
    assert told()[0] == "... 2 earlier calls"


def test_a_long_story_of_events_counts_only_events(cognitosync, told):
    """The line about what was left out counts events only."""
    for seconds in range(1, 22):
        cognitosync.advance(seconds)
    assert told()[0] == "... 1 earlier event"


def test_long_values_and_lists_are_cut(profile, told):
    """An update of many records fits on a line."""
    profile.write(*(replace(f"key-{number}", "x" * 1000) for number in range(9)))
    assert all(len(line) < 600 for line in told())
    assert told()[2].endswith("..., 4 more)")


def test_several_identities_have_letters(cognitosync, profile):
    """The ids are spelt out once."""
    other = profile.of_another_identity()
    profile.listed()
    other.dataset_names()

    assert cognitosync.story().splitlines()[1:] == [
        f"  A is identity {profile.identity_id} of pool {profile.identity_pool_id}.",
        f"  B is identity {other.identity_id} of pool {profile.identity_pool_id}.",
        "    1 client -> service   ListRecords(A/profile)",
        "      client <- service   ok, at sync count 0",
        "    2 client -> service   ListDatasets(B)",
        "      client <- service   ok",
    ]


def test_many_identities_have_letters_too(cognitosync, client):
    """The letters of identities continue after Z with A1."""
    user = None
    for _ in range(27):
        user = cognitosync.new_user()
        client.list_datasets(**user.parameters())
    assert f"  A1 is identity {user.identity_id} of pool {user.identity_pool_id}." in cognitosync.story().splitlines()
    assert cognitosync.story().splitlines()[-2].endswith("ListDatasets(A1)")


def test_the_ids_of_very_many_identities_are_not_spelt_out(cognitosync):
    """Only the ids of the first fifty identities are spelt out."""
    for _ in range(52):
        cognitosync.new_user().device().put("profile", {"theme": "dark"})
    lines = cognitosync.story().splitlines()
    assert lines[50].startswith("  X1 is identity ")
    assert lines[51] == "  ... 2 more identities"


def test_a_call_about_a_pool_names_it(cognitosync, client, pool, told):
    """The beginning of the id is enough."""
    client.describe_identity_pool_usage(IdentityPoolId=pool)
    assert told()[0] == f"1 client -> service   DescribeIdentityPoolUsage(pool {pool[:18]}...)"


def test_the_clock_is_part_of_the_story(cognitosync, told):
    """The story says that the clock is advanced, stopped, and running again."""
    with cognitosync.freeze():
        cognitosync.advance(301.5)
    assert told() == ["the clock stops", "the clock advances by 301.5 s", "the clock runs again"]


def test_a_delay_moves_the_clock_during_its_call(cognitosync, profile, told):
    """It is shown between the call and its answer."""
    cognitosync.delay("ListRecords", 3, calls=1)
    profile.listed()
    assert told() == [
        "1 client -> service   ListRecords(profile)",
        "the clock advances by 3 s",
        "client <- service   ok, at sync count 0",
        "injected: delay('ListRecords', 3, calls=1)",
    ]


def changing(**records):
    """A trigger that changes these records; None removes one."""

    def trigger(event):
        changes = {
            key: {"newValue": value, "op": "remove" if value is None else "replace"} for key, value in records.items()
        }
        return {**event, "datasetRecords": {**event["datasetRecords"], **changes}}

    return trigger


@pytest.mark.parametrize(
    ("trigger", "answer"),
    [
        (lambda event: event, "changes nothing"),
        (changing(theme="light", seen="1", size=None), "removes 'size', sets 'theme' to 'light', sets 'seen' to '1'"),
        (lambda event: {**event, "datasetRecords": {"theme": None}}, "leaves out 'size'"),
        (lambda event: "nonsense", "returns 'nonsense'"),
        (lambda event: {}, "returns {}"),
    ],
)
def test_a_story_says_what_a_trigger_changed(cognitosync, profile, told, trigger, answer):
    """The story shows the changes of a trigger, even if it returned something that is no event."""
    profile.write(replace("size", "L"))
    cognitosync.set_trigger(profile.identity_pool_id, trigger)
    token = profile.token()
    parameters = {**profile.parameters, "SyncSessionToken": token, "RecordPatches": [replace("theme", "dark")]}
    try:
        profile.client.update_records(**parameters)
    except profile.client.exceptions.InvalidLambdaFunctionOutputException:
        assert answer.startswith("returns")

    assert told()[6:9] == [
        "4 client -> service   UpdateRecords(profile, replace 'theme' at 0: 'dark')",
        "trigger <- service  SyncTrigger with 'size', 'theme'",
        f"trigger -> service  {answer}",
    ]


def test_a_trigger_that_a_device_runs_is_shown_in_its_write(cognitosync, profile, told):
    """It comes between the write and its answer."""
    cognitosync.set_trigger(profile.identity_pool_id, changing(seen="1"))
    profile.device().put("profile", {"theme": "dark"})
    assert told() == [
        "device -> service   put 'theme': 'dark' in profile",
        "trigger <- service  SyncTrigger with 'theme'",
        "trigger -> service  sets 'seen' to '1'",
        "device <- service   ok, written at sync count 1",
    ]


@mock_cognitosync(region_name="us-east-1")
def test_messages_to_streams_and_devices_are_shown_in_their_call():
    """They come between the call and its answer."""
    sync, pool = mock_cognitosync.current(), create_pool()
    user = sync.user(pool, sync.new_identity(pool))
    kinesis, sns, client = boto3.client("kinesis"), boto3.client("sns"), boto3.client("cognito-sync")
    kinesis.create_stream(StreamName="changes", ShardCount=1)
    application = sns.create_platform_application(Name="app", Platform="GCM", Attributes={})["PlatformApplicationArn"]
    role = "arn:aws:iam::123456789012:role/sync"
    client.set_identity_pool_configuration(
        IdentityPoolId=pool,
        CognitoStreams={"StreamName": "changes", "RoleArn": role, "StreamingStatus": "ENABLED"},
        PushSync={"ApplicationArns": [application], "RoleArn": role},
    )
    user.device().put("profile", {"theme": "dark"})
    device = client.register_device(**user.parameters(), Platform="GCM", Token="token")["DeviceId"]
    client.subscribe_to_dataset(**user.parameters("profile"), DeviceId=device)
    listing = client.list_records(**user.parameters("profile"))
    client.update_records(
        **user.parameters("profile"),
        SyncSessionToken=listing["SyncSessionToken"],
        RecordPatches=[replace("theme", "light", 1)],
    )
    client.bulk_publish(IdentityPoolId=pool)

    lines = [line.strip() for line in sync.story().splitlines()]
    [update] = [number for number, line in enumerate(lines) if "UpdateRecords(" in line]
    assert lines[update + 1 : update + 4] == [
        "stream <- service   changes: replace in profile at sync count 2",
        f"phone <- service    push to {device[:8]}...: profile is at sync count 2",
        "client <- service   ok, written at sync count 2",
    ]
    assert "stream <- service   changes: replace in profile at sync count 1" in lines


def test_a_message_without_a_call_is_shown_by_itself(cognitosync, profile):
    """The history of a server is read while calls are in progress."""
    cognitosync.set_trigger(profile.identity_pool_id, changing(seen="1"))
    entries = history_of(cognitosync, lambda: profile.write(replace("theme", "dark")))
    lines = tell(entries[:-1], HERE).splitlines()
    assert [line.strip() for line in lines[-2:]] == [
        "trigger <- service  SyncTrigger with 'theme'",
        "trigger -> service  sets 'seen' to '1'",
    ]


@pytest.mark.cognitosync(unused="ignore")
def test_what_was_never_applied_ends_the_story(cognitosync):
    """Faults and hooks that were never applied end the story in both formats."""
    cognitosync.drop_connection("UpdateRecords")
    sentence = "drop_connection('UpdateRecords') was never injected: no call of UpdateRecords reached us-east-1."
    assert cognitosync.story() == f"No call has reached Cognito Sync in us-east-1.\n{sentence}"
    assert cognitosync.story("mermaid").splitlines()[-1] == f"    Note over service: {sentence}"


def test_the_story_of_another_region_is_its_own(cognitosync):
    """The heading names the regions that calls have reached."""
    elsewhere = cognitosync.at(region_name="eu-west-1")
    boto3.client("cognito-sync", region_name="eu-west-1").list_identity_pool_usage()

    assert elsewhere.story().splitlines()[0] == "1 call reached Cognito Sync in eu-west-1:"
    assert cognitosync.story() == (
        "No call has reached Cognito Sync in us-east-1, but 1 call reached eu-west-1 of account 123456789012."
    )


def test_a_story_in_mermaid(cognitosync, profile):
    """It has the same steps; loops fold, a cross marks a failure. A newer Mermaid was seen to parse it."""
    profile.listed()
    profile.listed()
    cognitosync.before_next("UpdateRecords", lambda: profile.device().put("profile", {"theme": "a;b#c<br/>"}))
    profile.refused_update(replace("theme", "dark"), token=profile.token())

    *lines, hint = cognitosync.story("mermaid").splitlines()
    assert lines == [
        "sequenceDiagram",
        "    participant client",
        "    participant service as Cognito Sync",
        "    participant device",
        "    Note over service: 4 calls reached Cognito Sync in us-east-1",
        (f"    Note over service: The user is identity {profile.identity_id} of pool {profile.identity_pool_id}."),
        "    loop 3 times",
        "    client->>service: ListRecords(profile)",
        "    service-->>client: ok, at sync count 0",
        "    end",
        "    client->>service: UpdateRecords(profile, replace 'theme' at 0: 'dark')",
        "    Note over service: hook: before_next('UpdateRecords', #60;lambda#62;)",
        "    device->>service: put 'theme': 'a#59;b#35;c#60;br/#62;' in profile",
        "    service-->>device: ok, written at sync count 1",
        f"    service--xclient: {CONFLICT}",
    ]
    assert hint.startswith("    Note over service: hint: 'theme' was last written by ")


def test_a_long_story_in_mermaid_shows_its_end(cognitosync, profile):
    """A note counts the earlier calls."""
    for number in range(1, 23):
        profile.listed(MaxResults=number)
    assert "    Note over service: ... 2 earlier calls" in cognitosync.story("mermaid").splitlines()


def test_another_format_is_refused(cognitosync):
    """The message lists the formats."""
    with pytest.raises(ValueError, match=r"^format must be one of 'text', 'mermaid', got 'html'$"):
        cognitosync.story("html")


def test_a_key_with_the_text_of_a_member_does_not_hide_the_count(profile, told):
    """The count is read from the answer, whatever its keys contain."""
    profile.write(replace('","SyncCount":7,"', 'DatasetSyncCount":9'))
    profile.listed()
    assert [line for line in told() if "<-" in line] == [
        "client <- service   ok, at sync count 0",
        "client <- service   ok, written at sync count 1",
        "client <- service   ok, at sync count 1",
    ]


FAILS = """
import boto3
import pytest
from mock_cognitosync import mock_cognitosync

@pytest.mark.parametrize("text", ["a/b c", "x" * 200, "plain"])
def test_it(cognitosync, text):
    cognitosync.new_user().device().put("profile", {"text": "```"})
    assert text == "other", "```"

def test_passes(cognitosync):
    pass

def test_without_mock():
    assert 0
"""


def test_each_failing_test_gets_a_file(pytester):
    """Its text and its diagram are in the directory of ``--cognitosync-story``."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function")
    pytester.makepyfile(test_a=FAILS)
    result = pytester.runpytest_inprocess("-p", "no:randomly", "--cognitosync-story=stories/of/today")

    result.assert_outcomes(passed=1, failed=4)
    files = sorted(path.name for path in pytester.path.joinpath("stories/of/today").iterdir())
    assert len(files) == 3
    assert files[0].startswith("test_a.py.test_it-a.b-c-")
    assert files[1].startswith("test_a.py.test_it-plain-")
    page = pytester.path.joinpath("stories/of/today", files[1]).read_text()
    assert page.startswith("# test_a.py::test_it[plain]\n````\nAssertionError: ```\n")
    assert "\n```mermaid\nsequenceDiagram\n    participant client\n" in page
    assert page.endswith(" ok, written at sync count 1\n````\n")
    result.stdout.fnmatch_lines(["*- Cognito Sync story -*", f"*{files[1]}"])


def test_a_story_that_cannot_be_written_does_not_end_the_run(pytester):
    """The section says why."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function")
    pytester.makepyfile(test_a="def test_it(cognitosync): assert 0")
    pytester.path.joinpath("file").touch()
    result = pytester.runpytest_inprocess("--cognitosync-story=file")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*- Cognito Sync story -*", "The story was not written: FileExistsError: *"])
