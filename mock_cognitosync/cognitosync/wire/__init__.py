"""From bytes to parameters and back: all that knows HTTP and botocore's service model."""
