"""Push sync: when one phone writes, the other is notified through an SNS endpoint of moto."""

import boto3


def test_the_other_phone_is_notified(cognitosync, cognitosync_client):
    sns = boto3.client("sns", region_name=cognitosync.region_name)
    application = sns.create_platform_application(Name="game", Platform="GCM", Attributes={})["PlatformApplicationArn"]
    user = cognitosync.new_user()
    scores = user.parameters("scores")
    cognitosync_client.set_identity_pool_configuration(
        IdentityPoolId=user.identity_pool_id, PushSync={"ApplicationArns": [application]}
    )
    user.device().put("scores", {"high_score": "1"})
    phones = [
        cognitosync_client.register_device(**user.parameters(Platform="GCM", Token=token))
        for token in ("old-phone", "new-phone")
    ]
    for phone in phones:
        cognitosync_client.subscribe_to_dataset(**scores, DeviceId=phone["DeviceId"])

    listing = cognitosync_client.list_records(**scores)
    cognitosync_client.update_records(
        **scores,
        SyncSessionToken=listing["SyncSessionToken"],
        RecordPatches=[{"Op": "replace", "Key": "high_score", "Value": "2", "SyncCount": 1}],
        DeviceId=phones[0]["DeviceId"],
    )

    (push,) = cognitosync.push_notifications
    assert push.device_id == phones[1]["DeviceId"]
    assert push.data == {
        "source": "cognito-sync",
        "identityPoolId": user.identity_pool_id,
        "identityId": user.identity_id,
        "datasetName": "scores",
        "syncCount": 2,
    }
