"""The means by which a test controls and inspects the service from outside."""
