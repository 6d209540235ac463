"""
The rules of ``docs/fidelity.md`` as checks of any endpoint, through boto3 alone.

``mock-cognitosync verify`` runs them against a server on this machine, a service that replaces Cognito Sync, or AWS.
The test suite runs the same checks against the mock.
"""
