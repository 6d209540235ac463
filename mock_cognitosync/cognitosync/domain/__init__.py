"""The rules of Cognito Sync as plain Python: no HTTP, no moto, no JSON."""
