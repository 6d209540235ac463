"""The control API: the functions of the handle over HTTP, for tests in any language."""
