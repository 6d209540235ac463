"""What happened in a test, told as a sequence diagram, as in the report of a failing test."""

import pytest


def test_a_tablet_is_faster_than_the_phone(cognitosync, cognitosync_client):
    user = cognitosync.new_user()
    names = user.parameters("shopping")
    token = cognitosync_client.list_records(**names)["SyncSessionToken"]
    user.device().put("shopping", {"milk": "2 bottles"})

    patch = {"Op": "replace", "Key": "milk", "Value": "1 bottle", "SyncCount": 0}
    with pytest.raises(cognitosync_client.exceptions.ResourceConflictException):
        cognitosync_client.update_records(**names, SyncSessionToken=token, RecordPatches=[patch])

    heading, identity, *told = cognitosync.story().splitlines()
    assert heading == "2 calls reached Cognito Sync in us-east-1:"
    assert user.identity_id in identity
    assert told[:5] == [
        "    1 client -> service   ListRecords(shopping)",
        "      client <- service   ok, at sync count 0",
        "      device -> service   put 'milk': '2 bottles' in shopping",
        "      device <- service   ok, written at sync count 1",
        "    2 client -> service   UpdateRecords(shopping, replace 'milk' at 0: '1 bottle')",
    ]
    assert told[-1].strip().startswith("hint: 'milk' was last written by ")


def test_the_same_as_a_diagram_for_the_documentation(cognitosync):
    cognitosync.new_user().device().put("shopping", {"milk": "2 bottles"})

    assert cognitosync.story("mermaid").splitlines()[-2:] == [
        "    device->>service: put 'milk': '2 bottles' in shopping",
        "    service-->>device: ok, written at sync count 1",
    ]
