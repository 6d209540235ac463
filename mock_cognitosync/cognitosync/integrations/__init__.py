"""One module for each moto service that Cognito Sync calls."""
