"""The checks run against the mock, through each door, and each of them can fail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from botocore.exceptions import ClientError
from verify.doors import REGION, InventedPools

from mock_cognitosync.verify.check import NotChecked
from mock_cognitosync.verify.checks import all_checks
from mock_cognitosync.verify.run import run
from mock_cognitosync.verify.target import Target

CHECKS = all_checks()
RUNNABLE = [check for check in CHECKS if check.name != "another_account_has_other_limits"]
each_check = pytest.mark.parametrize("check", RUNNABLE, ids=lambda check: f"{check.rule} {check.name}")


@each_check
def test_the_mock_agrees(target, check):
    """The mock does what the rule says, with its own messages, in process, at its server and at moto's."""
    outcome = run(check, target)
    assert (outcome.verdict, outcome.sent, outcome.expected, outcome.got) == ("agrees", None, None, None)
    assert outcome.other_texts == ()
    assert target.clean_up() == []


class StubClients:
    """Clients of a service whose every call has the same outcome."""

    def __init__(self, outcome):
        self._outcome = outcome
        self.exceptions = self

    ResourceNotFoundException = ClientError

    def __call__(self, service_name, credentials=None):
        return self

    def __getattr__(self, name):
        return lambda **parameters: self._outcome(name)


def stub_target(outcome):
    target = Target(StubClients(outcome), InventedPools(), REGION, sleep=lambda seconds: None, is_patient=True)
    target.account_id = "123456789012"
    target.identity_client = lambda identity_id: target.sync
    return target


@each_check
def test_a_service_that_answers_nothing_does_not_agree(check):
    """No check agrees with empty answers, and none crashes on them."""
    outcome = run(check, stub_target(lambda name: {"ResponseMetadata": {}}))
    assert (outcome.verdict, outcome.check) == ("differs", check)
    assert outcome.sent is not None


@each_check
def test_a_service_that_refuses_everything_does_not_agree(check):
    """No check agrees with a service that refuses each call, with the class that most refusals have."""

    def refuse(name):
        error = {"Code": "InvalidParameterException", "Message": "no"}
        operation = "".join(part.capitalize() for part in name.split("_"))
        raise ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": 400}}, operation)

    assert run(check, stub_target(refuse)).verdict == "differs"


def test_a_rule_that_no_endpoint_can_show_says_why():
    """A rule without a check is reported as not checked, with the reason."""
    [check] = [check for check in CHECKS if check not in RUNNABLE]
    outcome = run(check, stub_target(lambda name: {}))
    assert (outcome.verdict, outcome.why) == ("not checked", "AWS Support raises the limits of an account")
    with pytest.raises(NotChecked):
        check.story(None)


# Each changes what a client of the mock sees; the rules are those whose checks must notice.


def dataset_count_is_one_higher(operation, parsed):
    if operation == "ListRecords" and "DatasetSyncCount" in parsed:
        parsed["DatasetSyncCount"] += 1


def written_records_are_reversed(operation, parsed):
    if operation == "UpdateRecords" and "Records" in parsed:
        parsed["Records"].reverse()


def tombstones_are_hidden(operation, parsed):
    if operation == "ListRecords" and "Records" in parsed:
        parsed["Records"] = [record for record in parsed["Records"] if "Value" in record]
        parsed["Count"] = len(parsed["Records"])


def records_have_their_own_counts(operation, parsed):
    if operation == "UpdateRecords":
        for number, record in enumerate(parsed.get("Records", [])):
            record["SyncCount"] += number


def conflicts_have_another_message(operation, parsed):
    if parsed.get("Error", {}).get("Code") == "ResourceConflictException":
        parsed["Error"]["Message"] = "The record has changed"


def invalid_tokens_have_another_class(operation, parsed):
    if "SyncSessionToken" in parsed.get("Error", {}).get("Message", ""):
        parsed["Error"]["Code"] = "NotAuthorizedException"


def datasets_are_a_byte_larger(operation, parsed):
    if operation == "DescribeDataset" and "Dataset" in parsed:
        parsed["Dataset"]["DataStorage"] += 1


def deletions_are_silent(operation, parsed):
    if operation == "ListRecords" and "Records" in parsed:
        parsed["DatasetDeletedAfterRequestedSyncCount"] = False


def everybody_writes_anonymously(operation, parsed):
    for record in [parsed, *parsed.get("Records", []), parsed.get("Dataset", {})]:
        record.pop("LastModifiedBy", None)


def pages_end_early(operation, parsed):
    parsed.pop("NextToken", None)


def pools_are_not_listed(operation, parsed):
    if operation == "ListIdentityPoolUsage" and "Count" in parsed:
        parsed.update(Count=0, IdentityPoolUsages=[])


def events_are_forgotten(operation, parsed):
    if operation == "GetCognitoEvents" and "Events" in parsed:
        parsed["Events"] = {}


def push_sync_is_forgotten(operation, parsed):
    parsed.pop("PushSync", None)


def tokens_are_words(operation, parsed):
    if "SyncSessionToken" in parsed:
        parsed["SyncSessionToken"] = f"<{parsed['SyncSessionToken']}>"


def pools_have_no_date(operation, parsed):
    parsed.get("IdentityPoolUsage", {}).pop("LastModifiedDate", None)


def changes_are_dated_a_second_later(operation, parsed):
    for item in (parsed.get("IdentityUsage"), parsed.get("Dataset")):
        if item and operation != "DeleteDataset":
            item["LastModifiedDate"] += timedelta(seconds=1 + (operation == "DescribeIdentityUsage"))


@pytest.mark.parametrize(
    ("tamper", "rules"),
    [
        (dataset_count_is_one_higher, {"counts-1", "list-1", "list-2", "datasets-3", "datasets-5", "paging-4"}),
        (written_records_are_reversed, {"counts-2", "update-1"}),
        (tombstones_are_hidden, {"records-1", "list-2", "counts-2"}),
        (records_have_their_own_counts, {"counts-2", "update-1"}),
        (conflicts_have_another_message, {"counts-3", "records-1", "update-2"}),
        (invalid_tokens_have_another_class, {"token-2", "token-3", "token-4", "token-5", "update-3"}),
        (datasets_are_a_byte_larger, {"datasets-1", "limits-3", "limits-4", "records-1"}),
        (deletions_are_silent, {"datasets-5", "datasets-7", "list-3", "paging-6"}),
        (everybody_writes_anonymously, {"records-3", "datasets-1", "list-1"}),
        (pages_end_early, {"paging-1", "paging-2", "list-6"}),
        (pools_are_not_listed, {"usage-4", "paging-2"}),
        (events_are_forgotten, {"events-1", "events-2", "events-4"}),
        (push_sync_is_forgotten, {"configuration-1", "configuration-2", "configuration-3"}),
        (tokens_are_words, {"token-1", "token-3"}),
        (pools_have_no_date, {"usage-3", "usage-4"}),
        (changes_are_dated_a_second_later, {"usage-1", "datasets-1"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_service_that_differs_is_found(own_target, tamper, rules):
    """A change of one kind in the answers is noticed by the checks of the rules that it breaks."""
    own_target.sync.meta.events.register(
        "after-call.cognito-sync", lambda parsed, model, **_: tamper(model.name, parsed), unique_id="tamper"
    )
    concerned = [check for check in CHECKS if check.rule in rules]
    assert {check.rule for check in concerned if run(check, own_target).verdict == "differs"} == rules


def test_pools_are_found_on_later_pages(own_target):
    """A check that looks for a pool reads all pages of the list."""
    [check] = [check for check in CHECKS if check.name == "pools_are_listed_with_their_usage"]
    own_target.sync.meta.events.register(
        "provide-client-params.cognito-sync.ListIdentityPoolUsage", lambda params, **_: {**params, "MaxResults": 1}
    )
    assert run(check, own_target).verdict == "agrees"


def test_checks_are_in_the_order_of_the_rules():
    """The checks of a rule come one after another, sections and rules in the order of their numbers."""
    rules = [check.rule.rpartition("-") for check in CHECKS]
    sections = list(dict.fromkeys(section for section, _, _ in rules))
    expected = sorted(rules, key=lambda rule: (sections.index(rule[0]), int(rule[2])))
    assert rules == expected
    assert len({check.name for check in CHECKS}) == len(CHECKS)
