"""Faults: into which calls they are injected, what the client sees, and what is written nevertheless."""

from __future__ import annotations

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError
from driver import TOKEN_REFUSED, DatasetDriver, description, refusal, replace

from mock_cognitosync import mock_cognitosync
from mock_cognitosync.cognitosync.responses import UNMODELLED_STATUSES

# As on AWS's page of common errors.
STATUSES = {
    "AccessDeniedException": 403,
    "ExpiredTokenException": 403,
    "InternalFailure": 500,
    "InvalidSignatureException": 403,
    "LambdaSocketTimeoutException": 400,
    "MissingAuthenticationTokenException": 403,
    "RequestExpired": 400,
    "SerializationException": 400,
    "ServiceUnavailable": 503,
    "ThrottlingException": 400,
    "UnrecognizedClientException": 403,
    "ValidationException": 400,
}
THROTTLED = ("TooManyRequestsException", 429, description("TooManyRequestsException"))


@pytest.fixture
def patient_client(cognitosync, monkeypatch):
    """A client that makes three attempts and does not wait between them."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    return boto3.client("cognito-sync", config=Config(retries={"total_max_attempts": 3}))


def outcomes(dataset, number):
    """Whether each of *number* calls of ListRecords succeeded."""
    found = []
    for _ in range(number):
        try:
            dataset.list_records()
        except (ClientError, ConnectionClosedError):
            found.append(False)
        else:
            found.append(True)
    return found


def test_an_injected_error_has_the_status_and_message_of_the_model(cognitosync, profile):
    """A call is refused with the code, its status and the description in the model. Source: faults-1."""
    cognitosync.fail("UpdateRecords", "TooManyRequestsException")

    assert profile.refused_update(replace("theme")) == THROTTLED
    assert profile.records() == {}


@pytest.mark.parametrize("code", UNMODELLED_STATUSES)
def test_errors_common_to_all_services_can_be_injected(cognitosync, profile, code):
    """
    Errors that the model does not declare can be injected with their status, and a test may set the message.

    Source: faults-1.
    """
    cognitosync.fail("list_records", code, message="no")

    assert profile.refused_listing() == (code, STATUSES[code], "no")


def test_a_star_means_every_operation(cognitosync, client, profile):
    """A fault of ``*`` affects every operation, and accepts only errors that all operations have."""
    cognitosync.fail("*", "InternalErrorException")

    assert profile.refused_listing()[0] == "InternalErrorException"
    assert refusal(client.list_datasets, **profile.identity)[0] == "InternalErrorException"
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
def test_a_misspelt_operation_or_error_is_refused(cognitosync, arguments, message):
    """The message suggests the nearest name, or lists all."""
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
def test_an_invalid_number_is_refused(cognitosync, profile, when, message):
    """The message states the allowed range, and no fault is added."""
    with pytest.raises(ValueError, match=message):
        cognitosync.drop_connection("ListRecords", **when)

    assert outcomes(profile, 1) == [True]


def test_an_unknown_option_is_refused(cognitosync):
    """A misspelt option is a TypeError."""
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
        ({"probability": 0, "optional": True}, [True] * 6),
        ({"probability": 0.5}, [True, True, False, False, True, False]),
        ({"probability": 0.5, "seed": 1}, [False, True, True, False, False, False]),
        ({"probability": 0.5, "calls": 1}, [True, True, False, True, True, True]),
    ],
)
def test_options_select_the_calls_that_fail(cognitosync, profile, when, expected):
    """The first *n* calls, every *n*-th, those after *n*, or a seeded share of them fail; options can be combined."""
    fault = cognitosync.fail("ListRecords", "InternalErrorException", **when)

    assert (outcomes(profile, 6), fault.times_injected) == (expected, expected.count(False))


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({"calls": 1}, ([False, True], [1, 2, 3, 1])),
        ({"attempts": 1}, ([True, True], [1, 2, 1])),
        ({"attempts": 4}, ([False, True], [1, 2, 3, 1, 2])),
        ({"calls": 1, "after": 1}, ([True, False], [1, 1, 2, 3])),
    ],
)
def test_calls_and_attempts_count_differently(cognitosync, patient_client, profile, when, expected):
    """With ``calls`` all attempts of a call fail; with ``attempts`` the client's retry may succeed."""
    cognitosync.fail("ListRecords", "TooManyRequestsException", **when)

    found = outcomes(profile.through(patient_client), 2)

    assert (found, [call.attempt for call in cognitosync.calls]) == expected


def test_a_fault_affects_only_its_pool_identity_and_dataset(cognitosync, client, profile):
    """Calls for others, and of operations without this parameter, are not affected."""
    other = DatasetDriver.of_new_identity(cognitosync, client)
    scopes = (
        {"identity_pool_id": profile.identity_pool_id},
        {"identity_id": profile.identity_id},
        {"dataset": "profile", "identity_id": profile.identity_id},
    )
    injected = []
    for scope in scopes:
        with cognitosync.fail("*", "InternalErrorException", **scope) as fault:
            found = [outcomes(dataset, 1)[0] for dataset in (profile, other)]
            outcomes(profile.named("other"), 1)
            client.list_identity_pool_usage()
        injected.append((found, fault.times_injected))

    assert injected == [([False, True], 2), ([False, True], 2), ([False, True], 1)]


def test_a_fault_is_removed_at_the_end_of_its_block(cognitosync, profile):
    """The fault is removed even if the block fails; `remove` is idempotent."""
    with pytest.raises(ConnectionClosedError), cognitosync.drop_connection("*") as fault:
        profile.list_records()
    fault.remove()

    assert (outcomes(profile, 1), fault.times_injected) == ([True], 1)


def test_the_first_of_several_matching_faults_is_injected(cognitosync, profile):
    """Faults are injected in the order of their creation; a fault behind an injected one is not used up."""
    first = cognitosync.fail("ListRecords", "InternalErrorException", calls=1)
    second = cognitosync.fail("*", "NotAuthorizedException", calls=1)

    codes = [profile.refused_listing()[0] for _ in range(2)]

    assert (codes, first.times_injected, second.times_injected) == (
        ["InternalErrorException", "NotAuthorizedException"],
        1,
        1,
    )


def test_after_a_lost_answer_the_record_is_written_and_the_retry_refused(cognitosync, patient_client, profile):
    """The lost attempt has consumed the token, so the client's retry is refused. Source: faults-2."""
    cognitosync.drop_connection("UpdateRecords", after_write=True, attempts=1)

    assert profile.through(patient_client).refused_update(replace("theme", "dark")) == TOKEN_REFUSED
    assert profile.records() == {"theme": "dark"}
    assert [call.error for call in cognitosync.calls.of("UpdateRecords")] == [
        "ConnectionLost",
        "InvalidParameterException",
    ]


def test_after_a_lost_answer_the_old_count_is_stale(cognitosync, client, profile):
    """A client that keeps its count after a lost answer is in conflict with its own write. Source: faults-2."""
    cognitosync.fail("UpdateRecords", "InternalErrorException", after_write=True, calls=1)
    with pytest.raises(client.exceptions.InternalErrorException):
        profile.update(replace("theme", "dark"))

    with pytest.raises(client.exceptions.ResourceConflictException):
        profile.update(replace("theme", "light"))


def test_a_refused_call_does_not_use_up_a_fault_after_the_write(cognitosync, client, profile):
    """A fault with ``after_write`` waits for a call that the service accepts."""
    fault = cognitosync.fail("UpdateRecords", "InternalErrorException", after_write=True, calls=1)
    with pytest.raises(client.exceptions.InvalidParameterException):
        profile.update(replace("theme", "dark", -1))
    assert fault.times_injected == 0

    with pytest.raises(client.exceptions.InternalErrorException):
        profile.update(replace("theme", "dark"))


def test_a_dropped_connection_is_the_error_of_a_real_one(cognitosync, patient_client, profile):
    """A client raises botocore's error for a closed connection, or retries."""
    cognitosync.drop_connection("ListRecords", attempts=2)

    with pytest.raises(ConnectionClosedError, match=r"https://cognito-sync\.us-east-1\.amazonaws\.com/identitypools/"):
        profile.list_records()
    assert outcomes(profile.through(patient_client), 1) == [True]


def test_a_token_may_expire_during_a_delay(cognitosync, profile):
    """A delay advances the mock's clock before the call is handled."""
    cognitosync.freeze()
    token = profile.token()
    cognitosync.delay("UpdateRecords", 301, calls=1)

    assert profile.refused_update(replace("theme"), token=token) == TOKEN_REFUSED
    assert "has expired" in cognitosync.calls[-1].hint


def test_a_record_is_dated_before_a_delay_after_the_write(cognitosync, profile):
    """With ``after_write`` the delay passes after the record is written."""
    cognitosync.freeze()
    first = profile.update(replace("a"))[0]["LastModifiedDate"]
    cognitosync.delay("UpdateRecords", 10, after_write=True, calls=1)

    dates = [profile.update(replace(key))[0]["LastModifiedDate"] for key in ("b", "c")]

    assert [(date - first).total_seconds() for date in dates] == [0, 10]


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 1e18, "5"])
def test_an_invalid_delay_is_refused(cognitosync, seconds):
    """The message states the allowed range."""
    with pytest.raises(ValueError, match="seconds must be a timedelta or a number from 0 to 316224000, got"):
        cognitosync.delay("UpdateRecords", seconds)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((None, "x"), "operation must be a str such as 'UpdateRecords', got None"),
        (("ListRecords", None), "error must be a str such as 'TooManyRequestsException', got None"),
    ],
)
def test_names_must_be_text(cognitosync, arguments, message):
    """An operation or error that is not a str is refused with an example."""
    with pytest.raises(TypeError, match=message):
        cognitosync.fail(*arguments)


def test_a_fault_affects_only_the_region_and_account_of_its_handle(cognitosync, profile):
    """Calls to other regions and accounts are not affected."""
    europe = cognitosync.at(region_name="eu-west-1")
    others = cognitosync.at(account_id="111111111111")
    faults = [handle.fail("ListDatasets", "InternalErrorException", optional=True) for handle in (europe, others)]
    pool = europe.new_pool()
    client = boto3.client("cognito-sync", "eu-west-1")

    with pytest.raises(client.exceptions.InternalErrorException):
        client.list_datasets(IdentityPoolId=pool, IdentityId=europe.new_identity(pool))
    assert profile.dataset_names() == []
    assert [fault.times_injected for fault in faults] == [1, 0]
    assert [len(handle.calls) for handle in (cognitosync, europe, others)] == [1, 1, 0]


def test_faults_of_an_outer_mock_affect_calls_in_a_nested_one():
    """All active mocks intercept a call; the faults of a mock end with it."""
    with mock_cognitosync(region_name="us-east-1") as outer:
        profile = DatasetDriver.of_new_identity(outer, boto3.client("cognito-sync"))
        with mock_cognitosync(region_name="us-east-1") as inner:
            outer.fail("ListRecords", "InternalErrorException", calls=1)
            inner.fail("ListRecords", "NotAuthorizedException", after=1)
            codes = [profile.refused_listing()[0] for _ in range(2)]
        assert profile.listed()["Records"] == []
    assert codes == ["InternalErrorException", "NotAuthorizedException"]
    assert (len(inner.calls), len(outer.calls)) == (2, 3)


def test_without_an_invocation_id_each_request_is_a_call(cognitosync, profile):
    """Requests of clients that send no invocation id are counted as calls of one attempt each."""
    pool, identity, name = profile.key
    path = f"/identitypools/{pool}/identities/{identity}/datasets/{name}/records"
    url = f"https://cognito-sync.us-east-1.amazonaws.com{path}"
    cognitosync.fail("ListRecords", "InternalErrorException", calls=1)

    found = [requests.get(url, timeout=5).status_code for _ in range(2)]

    assert found == [500, 200]
    assert [(call.attempt, call.invocation_id, call.access_key) for call in cognitosync.calls] == [(1, None, None)] * 2
