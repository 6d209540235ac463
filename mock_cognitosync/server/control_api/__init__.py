"""The control API: what the handle of a Python test does, over HTTP and for every language."""
