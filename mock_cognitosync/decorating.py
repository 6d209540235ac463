"""How a mock decorates: one branch for each kind of callable, so that each runs with the mock on."""

from __future__ import annotations

import functools
import inspect
import unittest
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any

Mock = Any  # a MockCognitoSync: entered anew for each call


def decorate(mock: Mock, target: Any) -> Any:
    """
    *target* with *mock* on while it runs.

    Raises:
        TypeError: *target* is not something that can run, or a pytest fixture that is already made.
    """
    if type(target).__module__ == "_pytest.fixtures" or hasattr(target, "_pytestfixturefunction"):
        raise TypeError("put @mock_cognitosync below @pytest.fixture, so that pytest gets the decorated function")
    if isinstance(target, (staticmethod, classmethod)):
        return type(target)(decorate(mock, target.__func__))
    if isinstance(target, type):
        return _test_case(mock, target) if issubclass(target, unittest.TestCase) else _class(mock, target)
    if not callable(target):
        raise TypeError(f"@mock_cognitosync decorates functions and classes, not {target!r}")
    return _function(mock, target)


def _function(mock: Mock, function: Callable[..., Any]) -> Callable[..., Any]:
    body = function if inspect.isroutine(function) or isinstance(function, functools.partial) else function.__call__  # type: ignore[operator]
    if inspect.iscoroutinefunction(body):

        @functools.wraps(function)
        async def run_coroutine(*args: Any, **kwargs: Any) -> Any:
            with mock:
                return await function(*args, **kwargs)

        return run_coroutine
    if inspect.isasyncgenfunction(body):

        @functools.wraps(function)
        async def run_async_generator(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
            with mock:
                generator = function(*args, **kwargs)
                try:
                    item = await generator.__anext__()
                    while True:
                        try:
                            sent = yield item
                        except GeneratorExit:
                            await generator.aclose()
                            raise
                        except BaseException as error:
                            item = await generator.athrow(error)
                        else:
                            item = await generator.asend(sent)
                except StopAsyncIteration:
                    return

        return run_async_generator
    if inspect.isgeneratorfunction(body):

        @functools.wraps(function)
        def run_generator(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
            with mock:
                return (yield from function(*args, **kwargs))

        return run_generator

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        with mock:
            return function(*args, **kwargs)

    return run


def _test_case(mock: Mock, case: type[unittest.TestCase]) -> type[unittest.TestCase]:
    """Wrap ``run()``, which covers setUp, the test, cleanups, and what subclasses add."""
    for name in ("run", "debug"):
        setattr(case, name, _function(mock, getattr(case, name)))
    return case


def _class(mock: Mock, cls: type) -> type:
    """Start around ``setup_method`` where there is one, else around each test, inherited ones too."""
    if hasattr(cls, "setup_method"):
        return _from_setup_to_teardown(mock, cls)
    tests = {name for name in dir(cls) if name.startswith("test") and callable(getattr(cls, name))}
    inner = {name for name, value in vars(cls).items() if isinstance(value, type) and name.startswith("Test")}
    if not tests and not inner:
        raise TypeError(
            f'class {cls.__name__} has no setup_method and no method that begins with "test" for @mock_cognitosync to '
            "run in; decorate the class with the tests, or single methods"
        )
    for name in tests | inner:
        setattr(cls, name, decorate(mock, inspect.getattr_static(cls, name)))
    return cls


def _from_setup_to_teardown(mock: Mock, cls: Any) -> type:
    set_up = cls.setup_method
    tear_down = getattr(cls, "teardown_method", None)

    @functools.wraps(set_up)
    def setup_method(self: Any, *args: Any, **kwargs: Any) -> None:
        mock.start()
        try:
            set_up(self, *args, **kwargs)
        except BaseException:
            mock.stop()
            raise

    def teardown_method(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            if tear_down is not None:
                tear_down(self, *args, **kwargs)
        finally:
            mock.stop()

    cls.setup_method = setup_method
    cls.teardown_method = functools.wraps(tear_down)(teardown_method) if tear_down else teardown_method
    return cls  # type: ignore[no-any-return]  # the class that came in
