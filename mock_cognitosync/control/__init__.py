"""What a test does to the service from outside."""
