"""Faults: which calls they strike, what the client meets, and what is written all the same."""

from __future__ import annotations

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError
from driver import identity_of, listed, new_dataset, place, refusal, replace, token_for, write

from mock_cognitosync import mock_cognitosync
from mock_cognitosync.cognitosync.responses import UNMODELLED_STATUSES

THROTTLED = ("TooManyRequestsException", 429, "Thrown if the request is throttled.")


@pytest.fixture
def profile(cognitosync):
    return new_dataset(cognitosync)


@pytest.fixture
def patient_client(cognitosync, monkeypatch):
    """A client that tries three times and does not wait in between."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    return boto3.client("cognito-sync", config=Config(retries={"total_max_attempts": 3}))


def outcomes(client, profile, number):
    """Of so many calls of ListRecords: whether each succeeded."""
    found = []
    for _ in range(number):
        try:
            client.list_records(**profile)
        except (ClientError, ConnectionClosedError):
            found.append(False)
        else:
            found.append(True)
    return found


def test_an_error_of_the_model(cognitosync, cognitosync_client, profile):
    """A call is refused with the code, its status, and the model's words for it. Source: faults-1."""
    cognitosync.fail("UpdateRecords", "TooManyRequestsException")
    token = token_for(cognitosync_client, profile)
    patches = [replace("theme")]

    refused = refusal(cognitosync_client.update_records, **profile, SyncSessionToken=token, RecordPatches=patches)

    assert refused == THROTTLED
    assert cognitosync.records(*place(profile)) == {}


@pytest.mark.parametrize(("code", "status"), UNMODELLED_STATUSES.items())
def test_an_error_common_to_all_of_aws(cognitosync, cognitosync_client, profile, code, status):
    """Errors that the model does not declare can be asked for too, with words of one's own. Source: faults-1."""
    cognitosync.fail("list_records", code, message="no")

    assert refusal(cognitosync_client.list_records, **profile) == (code, status, "no")


def test_any_operation(cognitosync, cognitosync_client, profile):
    """A star means every operation, and takes only errors that each of them has."""
    cognitosync.fail("*", "InternalErrorException")

    assert refusal(cognitosync_client.list_records, **profile)[0] == "InternalErrorException"
    assert refusal(cognitosync_client.list_datasets, **identity_of(profile))[0] == "InternalErrorException"
    with pytest.raises(ValueError, match="not every operation answers with 'TooManyRequestsException'"):
        cognitosync.fail("*", "TooManyRequestsException")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("UpdateRecord", "TooManyRequestsException"), "no operation 'UpdateRecord'; did you mean 'UpdateRecords'?"),
        (("zzz", "x"), "no operation 'zzz'; it must be one of BulkPublish, DeleteDataset"),
        (
            ("ListRecords", "TooManyRequestException"),
            "ListRecords never answers with 'TooManyRequestException'; did you mean 'TooManyRequestsException'?",
        ),
        (
            ("ListRecords", "LimitExceededException"),
            "ListRecords never answers with 'LimitExceededException'",
        ),
    ],
)
def test_a_misspelt_name(cognitosync, arguments, message):
    """What there is not is refused with the nearest that there is."""
    with pytest.raises(ValueError, match=message.replace("?", r"\?")):
        cognitosync.fail(*arguments)


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ({"calls": 1, "attempts": 1}, "calls= and attempts= are mutually exclusive"),
        ({"calls": 0}, "calls must be an integer >= 1, got 0"),
        ({"attempts": 1.5}, "attempts must be an integer >= 1, got 1.5"),
        ({"every": 0}, "every must be an integer >= 1, got 0"),
        ({"calls": True}, "calls must be an integer >= 1, got True"),
        ({"after": -1}, "after must be an integer >= 0, got -1"),
        ({"after": None}, "after must be an integer >= 0, got None"),
        ({"probability": 1.1}, "probability must be a number from 0 to 1, got 1.1"),
        ({"probability": float("nan")}, "probability must be a number from 0 to 1, got nan"),
        ({"probability": "1"}, "probability must be a number from 0 to 1, got '1'"),
    ],
)
def test_numbers_that_make_no_sense(cognitosync, cognitosync_client, profile, when, message):
    """They are refused with what to give, and no fault is left behind."""
    with pytest.raises(ValueError, match=message):
        cognitosync.drop_connection("ListRecords", **when)

    assert outcomes(cognitosync_client, profile, 1) == [True]


def test_an_option_that_there_is_not(cognitosync):
    """It is refused with those that there are."""
    with pytest.raises(TypeError, match="unexpected keyword argument 'call'"):
        cognitosync.fail("ListRecords", "InternalErrorException", call=1)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({}, [False] * 6),
        ({"calls": 2}, [False, False, True, True, True, True]),
        ({"attempts": 2}, [False, False, True, True, True, True]),
        ({"every": 2}, [True, False, True, False, True, False]),
        ({"after": 4}, [True, True, True, True, False, False]),
        ({"after": 1, "every": 2, "calls": 1}, [True, True, False, True, True, True]),
        ({"probability": 0}, [True] * 6),
        ({"probability": 0.5}, [True, True, False, False, True, False]),
        ({"probability": 0.5, "seed": 1}, [False, True, True, False, False, False]),
        ({"probability": 0.5, "calls": 1}, [True, True, False, True, True, True]),
    ],
)
def test_which_calls_are_struck(cognitosync, cognitosync_client, profile, when, expected):
    """The first so many, every so-manieth, those after so many, or some by a seeded chance; and all of it together."""
    fault = cognitosync.fail("ListRecords", "InternalErrorException", **when)

    assert (outcomes(cognitosync_client, profile, 6), fault.times_injected) == (expected, expected.count(False))


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({"calls": 1}, ([False, True], [1, 2, 3, 1])),
        ({"attempts": 1}, ([True, True], [1, 2, 1])),
        ({"attempts": 4}, ([False, True], [1, 2, 3, 1, 2])),
        ({"calls": 1, "after": 1}, ([True, False], [1, 1, 2, 3])),
    ],
)
def test_whole_calls_and_attempts(cognitosync, patient_client, profile, when, expected):
    """``calls`` strikes all attempts of a call, so that it fails; ``attempts`` lets the client's retry through."""
    cognitosync.fail("ListRecords", "TooManyRequestsException", **when)

    found = outcomes(patient_client, profile, 2)

    assert (found, [call.attempt for call in cognitosync.calls]) == expected


def test_where_a_fault_strikes(cognitosync, cognitosync_client):
    """Only calls for its pool, identity and dataset; operations without one of these are not meant."""
    mine, other = new_dataset(cognitosync), new_dataset(cognitosync)
    scopes = (
        {"identity_pool_id": mine["IdentityPoolId"]},
        {"identity_id": mine["IdentityId"]},
        {"dataset": "profile", "identity_id": mine["IdentityId"]},
    )
    struck = []
    for scope in scopes:
        with cognitosync.fail("*", "InternalErrorException", **scope) as fault:
            found = [outcomes(cognitosync_client, address, 1)[0] for address in (mine, other)]
            outcomes(cognitosync_client, {**mine, "DatasetName": "other"}, 1)
            cognitosync_client.list_identity_pool_usage()
        struck.append((found, fault.times_injected))

    assert struck == [([False, True], 2), ([False, True], 2), ([False, True], 1)]


def test_a_fault_is_lifted_at_the_end_of_its_block(cognitosync, cognitosync_client, profile):
    """Also when the block fails; lifting it once more does no harm."""
    with pytest.raises(ConnectionClosedError), cognitosync.drop_connection("*") as fault:
        cognitosync_client.list_records(**profile)
    fault.remove()

    assert (outcomes(cognitosync_client, profile, 1), fault.times_injected) == ([True], 1)


def test_the_first_of_several_faults_decides(cognitosync, cognitosync_client, profile):
    """Faults strike in the order in which they were made; one that is passed over by a refusal does not count."""
    first = cognitosync.fail("ListRecords", "InternalErrorException", calls=1)
    second = cognitosync.fail("*", "NotAuthorizedException", calls=1)

    codes = [refusal(cognitosync_client.list_records, **profile)[0] for _ in range(2)]

    assert (codes, first.times_injected, second.times_injected) == (
        ["InternalErrorException", "NotAuthorizedException"],
        1,
        1,
    )


def test_a_lost_answer(cognitosync, patient_client, profile):
    """The record is written, the token consumed: botocore's retry is refused, and all is there. Source: faults-2."""
    cognitosync.drop_connection("UpdateRecords", after_write=True, attempts=1)
    token = token_for(patient_client, profile)

    refused = refusal(
        patient_client.update_records, **profile, SyncSessionToken=token, RecordPatches=[replace("theme", "dark")]
    )

    assert refused == ("InvalidParameterException", 400, "SyncSessionToken not valid for these inputs")
    assert cognitosync.records(*place(profile)) == {"theme": "dark"}
    assert [call.error for call in cognitosync.calls.of("UpdateRecords")] == [
        "ConnectionLost",
        "InvalidParameterException",
    ]


def test_after_a_lost_answer_old_counts_meet_a_conflict(cognitosync, cognitosync_client, profile):
    """Who lists again but keeps the old count is in conflict with his own write. Source: faults-2."""
    cognitosync.fail("UpdateRecords", "InternalErrorException", after_write=True, calls=1)
    with pytest.raises(cognitosync_client.exceptions.InternalErrorException):
        write(cognitosync_client, profile, replace("theme", "dark"))

    with pytest.raises(cognitosync_client.exceptions.ResourceConflictException):
        write(cognitosync_client, profile, replace("theme", "light"))


def test_an_answer_is_lost_only_where_there_was_one(cognitosync, cognitosync_client, profile):
    """A call that the service refuses anyway does not use up a fault that waits for its answer."""
    fault = cognitosync.fail("UpdateRecords", "InternalErrorException", after_write=True, calls=1)
    with pytest.raises(cognitosync_client.exceptions.InvalidParameterException):
        write(cognitosync_client, profile, replace("theme", "dark", -1))
    assert fault.times_injected == 0

    with pytest.raises(cognitosync_client.exceptions.InternalErrorException):
        write(cognitosync_client, profile, replace("theme", "dark"))


def test_a_broken_connection(cognitosync, cognitosync_client, patient_client, profile):
    """boto3 raises what it raises in life, or tries again."""
    cognitosync.drop_connection("ListRecords", attempts=2)

    with pytest.raises(ConnectionClosedError, match=r"https://cognito-sync\.us-east-1\.amazonaws\.com/identitypools/"):
        cognitosync_client.list_records(**profile)
    assert outcomes(patient_client, profile, 1) == [True]


def test_a_slow_call(cognitosync, cognitosync_client, profile):
    """A delay passes on the mock's clock: a token can expire on the way to its UpdateRecords."""
    cognitosync.freeze()
    token = token_for(cognitosync_client, profile)
    cognitosync.delay("UpdateRecords", 301, calls=1)

    refused = refusal(
        cognitosync_client.update_records, **profile, SyncSessionToken=token, RecordPatches=[replace("theme")]
    )

    assert refused[2] == "SyncSessionToken not valid for these inputs"
    assert "has expired" in cognitosync.calls[-1].hint


def test_a_delay_behind_the_write(cognitosync, cognitosync_client, profile):
    """With after_write the record is dated before the delay."""
    cognitosync.freeze()
    first = write(cognitosync_client, profile, replace("a"))[0]["LastModifiedDate"]
    cognitosync.delay("UpdateRecords", 10, after_write=True, calls=1)

    dates = [write(cognitosync_client, profile, replace(key))[0]["LastModifiedDate"] for key in ("b", "c")]

    assert [(date - first).total_seconds() for date in dates] == [0, 10]


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 1e18, "5"])
def test_a_delay_that_is_no_time(cognitosync, seconds):
    """It is refused with what to give."""
    with pytest.raises(ValueError, match="seconds must be a timedelta or a number from 0 to 316224000, got"):
        cognitosync.delay("UpdateRecords", seconds)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((None, "x"), "operation must be a str such as 'UpdateRecords', got None"),
        (("ListRecords", None), "error must be a str such as 'TooManyRequestsException', got None"),
    ],
)
def test_what_is_no_name(cognitosync, arguments, message):
    """It is refused with an example."""
    with pytest.raises(TypeError, match=message):
        cognitosync.fail(*arguments)


def test_faults_of_another_region_or_account(cognitosync, cognitosync_client, profile):
    """A fault strikes where its handle stands, and nowhere else."""
    europe = cognitosync.at(region_name="eu-west-1")
    others = cognitosync.at(account_id="111111111111")
    faults = [handle.fail("ListDatasets", "InternalErrorException") for handle in (europe, others)]
    pool = europe.new_pool()
    client = boto3.client("cognito-sync", "eu-west-1")

    with pytest.raises(client.exceptions.InternalErrorException):
        client.list_datasets(IdentityPoolId=pool, IdentityId=europe.new_identity(pool))
    assert cognitosync_client.list_datasets(**identity_of(profile))["Count"] == 0
    assert [fault.times_injected for fault in faults] == [1, 0]
    assert [len(handle.calls) for handle in (cognitosync, europe, others)] == [1, 1, 0]


def test_faults_of_an_outer_mock_strike_in_an_inner_one():
    """Every handle of an active mock hears all calls; a fault ends with its mock."""
    with mock_cognitosync(region_name="us-east-1") as outer:
        profile = new_dataset(outer)
        client = boto3.client("cognito-sync")
        with mock_cognitosync(region_name="us-east-1") as inner:
            outer.fail("ListRecords", "InternalErrorException", calls=1)
            inner.fail("ListRecords", "NotAuthorizedException", after=1)
            codes = [refusal(client.list_records, **profile)[0] for _ in range(2)]
        assert listed(client, profile)["Records"] == []
    assert codes == ["InternalErrorException", "NotAuthorizedException"]
    assert (len(inner.calls), len(outer.calls)) == (2, 3)


def test_a_fault_without_an_invocation_id(cognitosync, profile):
    """A client that names no invocation makes a call with each request."""
    import requests

    path = "/identitypools/{IdentityPoolId}/identities/{IdentityId}/datasets/{DatasetName}/records".format(**profile)
    cognitosync.fail("ListRecords", "InternalErrorException", calls=1)

    found = [requests.get(f"https://cognito-sync.us-east-1.amazonaws.com{path}").status_code for _ in range(2)]

    assert found == [500, 200]
    assert [(call.attempt, call.invocation_id, call.access_key) for call in cognitosync.calls] == [(1, None, None)] * 2
