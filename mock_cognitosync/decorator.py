"""How a mock decorates: one branch per kind of callable, so that the mock is active while its body runs."""

from __future__ import annotations

import functools
import inspect
import sys
import unittest
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any

Mock = Any  # a MockCognitoSync; each call is a run of its own
Function = Callable[..., Any]


def decorate(mock: Mock, target: Any) -> Any:
    """
    Wrap *target* so that *mock* is active while it runs.

    Raises:
        TypeError: *target* is neither a function nor a class, or it is a pytest fixture already.
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


def _function(mock: Mock, function: Function) -> Function:
    routine = inspect.isroutine(function) or isinstance(function, functools.partial)
    body = function if routine else function.__call__  # type: ignore[operator]  # a callable object
    if inspect.iscoroutinefunction(body):
        return _coroutine_function(mock, function)
    if inspect.isasyncgenfunction(body):
        return _async_generator_function(mock, function)
    if inspect.isgeneratorfunction(body):
        return _generator_function(mock, function)

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        with mock.running():
            result = function(*args, **kwargs)
        # A plain function may return a coroutine or generator that has not run yet.
        if inspect.iscoroutine(result):
            return _coroutine_function(mock, lambda: result)()
        if inspect.isasyncgen(result):
            return _async_generator_function(mock, lambda: result)()
        return _generator_function(mock, lambda: result)() if inspect.isgenerator(result) else result

    return run


def _coroutine_function(mock: Mock, function: Function) -> Function:
    @functools.wraps(function)
    async def run(*args: Any, **kwargs: Any) -> Any:
        with mock.running():
            return await function(*args, **kwargs)

    return run


def _generator_function(mock: Mock, function: Function) -> Function:
    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        with mock.running():
            return (yield from function(*args, **kwargs))

    return run


def _async_generator_function(mock: Mock, function: Function) -> Function:
    @functools.wraps(function)
    async def run(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        with mock.running():
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

    return run


def _test_case(mock: Mock, case: Any) -> Any:
    """Wrap ``run()``, which covers setUp, the test, cleanups, and what subclasses add to them."""
    run_test = case.run

    @functools.wraps(run_test)
    def run(self: unittest.TestCase, result: Any = None) -> Any:
        result = self.defaultTestResult() if result is None else result
        with mock.unchecked() as check:
            run_test(self, _CheckedResult(result, check))
        return result

    case.run = run
    case.debug = _function(mock, case.debug)
    return case


class _CheckedResult:
    """
    The result of a test case. A test succeeds only if the mock's check succeeds as well.

    ``run()`` reports exceptions to its result instead of raising them, so the check must do the same.
    """

    def __init__(self, result: Any, check: Callable[[], None]) -> None:
        self._result = result
        self._check = check

    def __getattr__(self, name: str) -> Any:
        return getattr(self._result, name)

    def addSuccess(self, test: unittest.TestCase) -> None:  # noqa: N802  # unittest's name
        try:
            self._check()
        except AssertionError:
            self._result.addFailure(test, sys.exc_info())
        else:
            self._result.addSuccess(test)


def _class(mock: Mock, cls: type) -> type:
    """Start in ``setup_method`` and stop in ``teardown_method`` if the class has either, else wrap each test."""
    has_methods = hasattr(cls, "setup_method") or hasattr(cls, "teardown_method")
    inner = {name for name, value in vars(cls).items() if isinstance(value, type) and _is_collected(name, value)}
    tests = {name for name in dir(cls) if name.startswith("test") and callable(getattr(cls, name))}
    if not has_methods and not tests and not inner:
        raise TypeError(
            f'class {cls.__name__} has neither a setup_method nor a method whose name begins with "test", so '
            "@mock_cognitosync would never start; decorate the class that has the tests, or single methods"
        )
    for name in inner if has_methods else tests | inner:
        setattr(cls, name, decorate(mock, inspect.getattr_static(cls, name)))
    if has_methods:
        _from_setup_to_teardown(mock, cls)
    return cls


def _is_collected(name: str, cls: type) -> bool:
    """Whether pytest collects the class: a TestCase by its type, any other class by its name."""
    return name.startswith("Test") or issubclass(cls, unittest.TestCase)


def _from_setup_to_teardown(mock: Mock, cls: Any) -> None:
    set_up = getattr(cls, "setup_method", None)
    tear_down = getattr(cls, "teardown_method", None)

    # pytest passes the test's method if the signature accepts it.
    def setup_method(self: Any, method: Any = None) -> None:
        mock.start()
        try:
            _call(set_up, self, method)
        except BaseException:
            mock.stop()
            raise

    def teardown_method(self: Any, method: Any = None) -> None:
        try:
            _call(tear_down, self, method)
        finally:
            mock.stop()

    cls.setup_method = functools.wraps(set_up)(setup_method) if set_up else setup_method
    cls.teardown_method = functools.wraps(tear_down)(teardown_method) if tear_down else teardown_method


def _call(function: Function | None, self: Any, method: Any) -> None:
    if function is not None:
        takes_method = len(inspect.signature(function).parameters) > 1
        function(self, method) if takes_method else function(self)
