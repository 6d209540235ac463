"""From bytes to parameters and back: the modules that know HTTP and botocore's service model."""
