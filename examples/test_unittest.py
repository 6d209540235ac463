"""unittest: the decorator covers setUp, tests and cleanups of a TestCase and of the classes that inherit from it."""

import unittest

import boto3

from mock_cognitosync import mock_cognitosync


@mock_cognitosync(region_name="us-east-1")
class ProfileTest(unittest.TestCase):
    def setUp(self):
        user = mock_cognitosync.current().new_user()
        user.device().put("profile", {"theme": "dark"})
        self.profile = user.parameters("profile")
        self.client = boto3.client("cognito-sync")

    def test_describe(self):
        dataset = self.client.describe_dataset(**self.profile)["Dataset"]
        self.assertEqual((dataset["NumRecords"], dataset["DataStorage"]), (1, len("theme" + "dark")))

    def test_delete(self):
        self.client.delete_dataset(**self.profile)
        with self.assertRaises(self.client.exceptions.ResourceNotFoundException):
            self.client.describe_dataset(**self.profile)
