"""`@mock_cognitosync` on callables and classes of each kind: the mock is on in the body and off afterwards."""

import asyncio
import contextlib
import functools
import inspect
import re
import types
import unittest

import boto3
import pytest
from botocore.httpsession import URLLib3Session
from driver import DatasetDriver

import mock_cognitosync as package
from mock_cognitosync import mock_cognitosync

REAL_SEND = URLLib3Session.send


class Boom(Exception):
    """The exception that a body raises."""


def is_on(*args):
    """Whether a mock is active and answers a client. If the last of *args* is a Boom, raise it."""
    try:
        sync = mock_cognitosync.current()
    except RuntimeError:
        assert URLLib3Session.send is REAL_SEND
        return False
    client = boto3.client("cognito-sync", region_name=sync.region_name)
    assert DatasetDriver.of_new_identity(sync, client).dataset_names() == []
    if Boom in map(type, args):
        raise args[-1]
    return True


def function(*args):
    return is_on(*args)


async def coroutine(*args):
    return is_on(*args)


def generator(*args):
    yield is_on(*args)


async def async_generator(*args):
    yield is_on(*args)


BODIES = [function, coroutine, generator, async_generator]


async def awaited(result):
    return [item async for item in result] if inspect.isasyncgen(result) else [await result]


def resolve(result):
    """The result of a callable of any kind."""
    if inspect.isasyncgen(result) or inspect.iscoroutine(result):
        return asyncio.run(awaited(result))[0]
    return next(result) if inspect.isgenerator(result) else result


def callable_object(body):
    return type("Callable", (), {"__call__": body})()


WRAPPINGS = {
    "itself": lambda body: body,
    "bound method": lambda body: types.MethodType(body, "self"),
    "callable object": callable_object,
    "partial": functools.partial,
    "partial of a callable object": lambda body: functools.partial(callable_object(body)),
    "plain function that returns it": lambda body: lambda: body(),
}


@pytest.fixture(params=["bare", "called", "with options"])
def decorator(request):
    decorators = {"bare": mock_cognitosync, "called": mock_cognitosync()}
    return decorators.get(request.param) or mock_cognitosync(region_name="eu-west-1", max_attempts=1)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_the_body_of_each_kind_of_callable_is_mocked(decorator, wrapping, body):
    """The body runs mocked, and the mock is off after it."""
    decorated = decorator(WRAPPINGS[wrapping](body))
    assert resolve(decorated()) is True
    assert is_on() is False


def test_the_options_of_a_decorator_apply_to_the_body():
    """The options apply in both forms, with the function in a second call or in the same one."""

    def body():
        return mock_cognitosync.current().region_name, boto3.client("cognito-sync").meta.region_name

    assert mock_cognitosync(region_name="eu-west-1")(body)() == ("eu-west-1", "eu-west-1")
    assert mock_cognitosync(body, region_name="eu-west-2")() == ("eu-west-2", "eu-west-2")


def test_each_call_of_a_decorated_function_begins_empty():
    """Each outer call of a decorated function begins without data; a nested call sees the data of the outer one."""
    written = []

    @mock_cognitosync
    def write(depth):
        sync = mock_cognitosync.current()
        found = [sync.dataset(*key).exists for key in written]
        pool = sync.new_pool()
        key = (pool, sync.new_identity(pool), "profile")
        sync.device(*key[:2]).put("profile", {"k": "v"})
        written.append(key)
        return found + (write(depth - 1) if depth else [])

    assert write(1) == [True]
    assert write(0) == [False, False]


def test_arguments_and_results_pass_through():
    """A decorated callable receives its arguments and returns its result."""

    async def body(*args, **kwargs):
        return args, kwargs

    assert mock_cognitosync(sorted)([1, 3, 2], reverse=True) == [3, 2, 1]
    assert asyncio.run(mock_cognitosync(body)(1, b=2)) == ((1,), {"b": 2})


@pytest.mark.parametrize("body", BODIES)
def test_exceptions_propagate_and_end_the_mock(body):
    """An exception of the body propagates unchanged, and the mock is off."""
    boom = Boom()
    with pytest.raises(Boom) as caught:
        resolve(mock_cognitosync(body)(boom))
    assert caught.value is boom
    assert is_on() is False


def test_a_generator_is_mocked_until_it_ends():
    """The mock of a generator lasts from its first item to its end; `send` and the return value work."""

    @mock_cognitosync
    def body():
        sent = yield is_on()
        yield sent, is_on()
        return "end"

    running = body()
    assert [is_on(), next(running), is_on(), running.send("sent")] == [False, True, True, ("sent", True)]
    with pytest.raises(StopIteration) as ended:
        next(running)
    assert ended.value.value == "end"
    assert is_on() is False


def test_an_async_generator_is_mocked_until_it_ends():
    """The mock of an async generator lasts from its first item to its end; `asend` works."""

    @mock_cognitosync
    async def body():
        sent = yield is_on()
        yield sent, is_on()

    async def main():
        running = body()
        seen = [is_on(), await anext(running), is_on(), await running.asend("sent")]
        with pytest.raises(StopAsyncIteration):
            await anext(running)
        return [*seen, is_on()]

    assert asyncio.run(main()) == [False, True, True, ("sent", True), False]


def test_throw_and_close_reach_a_generator():
    """`throw` and `close` reach the body, which runs mocked to its end."""
    seen = []

    @mock_cognitosync
    def body():
        try:
            with pytest.raises(Boom):
                yield "first"
            yield is_on()
        finally:
            seen.append(is_on())

    running = body()
    assert [next(running), running.throw(Boom())] == ["first", True]
    running.close()
    assert seen == [True]
    assert is_on() is False


def test_athrow_and_aclose_reach_an_async_generator():
    """`athrow` and `aclose` reach the body, which runs mocked to its end."""
    seen = []

    @mock_cognitosync
    async def body():
        try:
            with pytest.raises(Boom):
                yield "first"
            yield is_on()
        finally:
            await asyncio.sleep(0)
            seen.append(is_on())

    async def main():
        running = body()
        items = [await anext(running), await running.athrow(Boom())]
        await running.aclose()
        return [*items, is_on()]

    assert asyncio.run(main()) == ["first", True, False]
    assert seen == [True]


@pytest.mark.parametrize(("caught", "expected"), [(Boom, StopAsyncIteration), (KeyError, Boom)])
def test_athrow_may_end_an_async_generator(caught, expected):
    """`athrow` ends a body that does not yield again; an exception that the body does not catch propagates."""

    @mock_cognitosync
    async def body():
        with contextlib.suppress(caught):
            yield

    async def main():
        running = body()
        await anext(running)
        with pytest.raises(expected):
            await running.athrow(Boom())
        return is_on()

    assert asyncio.run(main()) is False


def test_a_coroutine_that_is_cancelled_ends_its_mock():
    """If a decorated coroutine is cancelled, its mock ends."""

    async def main():
        task = asyncio.create_task(mock_cognitosync(asyncio.Event().wait)())
        await asyncio.sleep(0)
        seen = is_on()
        task.cancel()
        await asyncio.wait([task])
        return seen, task.cancelled(), is_on()

    assert asyncio.run(main()) == (True, True, False)


@pytest.mark.parametrize("kind", [staticmethod, classmethod, lambda body: body])
@pytest.mark.parametrize("body", [function, coroutine])
def test_methods_of_each_kind_can_be_decorated(kind, body):
    """The decorator works inside and outside staticmethod and classmethod, and keeps the kind of the method."""
    outside, inside = mock_cognitosync(kind(body)), kind(mock_cognitosync(body))
    methods = type("Methods", (), {"outside": outside, "inside": inside})()
    assert type(outside) is type(inside)
    assert [resolve(methods.outside()), resolve(methods.inside())] == [True, True]
    assert is_on() is False


@pytest.mark.parametrize("body", BODIES)
def test_a_decorated_function_keeps_its_metadata(body):
    """Name, module, signature and kind stay, so that pytest sees fixtures and marks."""
    kinds = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction)
    decorated = mock_cognitosync(body)
    assert (decorated.__qualname__, decorated.__module__) == (body.__qualname__, __name__)
    assert inspect.signature(decorated) == inspect.signature(body)
    assert [kind(decorated) for kind in kinds] == [kind(body) for kind in kinds]


def test_a_finished_fixture_is_refused():
    """A fixture object that pytest has created cannot be decorated; the message gives the right order."""
    with pytest.raises(TypeError) as caught:
        mock_cognitosync(pytest.fixture(generator))
    order = "put @mock_cognitosync below @pytest.fixture, so that pytest gets the decorated function"
    assert str(caught.value) == order


mocked_fixture = pytest.fixture(mock_cognitosync(generator))


def test_a_fixture_keeps_the_mock_on_for_its_test(mocked_fixture):
    """A generator fixture, decorated below @pytest.fixture, is mocked from set-up to tear-down."""
    assert [mocked_fixture, is_on()] == [True, True]


@pytest.mark.parametrize("target", ["eu-west-1", None, 3])
def test_an_object_that_cannot_be_called_is_refused(target):
    """The message contains the object."""
    with pytest.raises(TypeError) as caught:
        mock_cognitosync(target)
    assert str(caught.value) == f"@mock_cognitosync decorates functions and classes, not {target!r}"


def test_the_package_used_as_decorator_names_the_right_import():
    """`@package` is refused with the import to use; `@package.mock_cognitosync` works."""
    with pytest.raises(TypeError) as caught:
        package(function)
    assert str(caught.value) == (
        "this mock_cognitosync is the package, which cannot be called; write `from mock_cognitosync import "
        "mock_cognitosync` and use that as a decorator or context manager"
    )
    assert package.mock_cognitosync(function)() is True


class Seen(unittest.TestCase):
    """Records for each step whether the mock was on; not decorated itself."""

    __test__ = False

    def setUp(self):
        self.seen = [is_on()]
        self.addCleanup(lambda: self.seen.append(is_on()))

    def tearDown(self):
        self.seen.append(is_on())

    def test(self):
        with self.subTest("inner"):
            self.seen.append(is_on())


class SeenAsync(unittest.IsolatedAsyncioTestCase):
    """The same with coroutines."""

    __test__ = False

    async def asyncSetUp(self):
        self.seen = [is_on()]
        self.addAsyncCleanup(self.see)

    async def asyncTearDown(self):
        await self.see()

    async def see(self):
        self.seen.append(is_on())

    test = see


@pytest.mark.parametrize("base", [Seen, SeenAsync])
@pytest.mark.parametrize("run", ["run", "debug"])
def test_a_test_case_is_mocked_from_set_up_to_the_last_cleanup(base, run):
    """setUp, test, tearDown and cleanups run mocked, in subclasses too; the base class is not changed."""
    decorated = mock_cognitosync(type("Decorated", (base,), {}))
    heir = type("Heir", (decorated,), {})
    for case, mocked in ((decorated("test"), True), (heir("test"), True), (base("test"), False)):
        getattr(case, run)()
        assert case.seen == [mocked] * 4
    assert is_on() is False


def outcome(case, name):
    """How the test *name* of *case* ends, including its subtests."""
    result = unittest.TestResult()
    mock_cognitosync(case)(name).run(result)
    assert is_on() is False
    ends = {"error": result.errors, "failure": result.failures, "skip": result.skipped}
    ends |= {"expected": result.expectedFailures, "unexpected": result.unexpectedSuccesses}
    return [end for end, tests in ends.items() for _ in tests]


@pytest.mark.parametrize("base", [unittest.TestCase, unittest.IsolatedAsyncioTestCase])
@pytest.mark.parametrize("expected", [[], ["error"], ["failure"], ["skip"], ["failure", "failure"]])
def test_a_decorated_test_case_has_the_outcome_of_an_undecorated_one(base, expected):
    """Errors, failures, skips and failing subtests are reported as such, in coroutines too."""

    class Case(base):
        def body(self):
            assert is_on()
            for end in expected:
                with self.subTest():
                    {"error": lambda: [][0], "failure": self.fail, "skip": lambda: self.skipTest("for once")}[end]()

        async def async_body(self):
            self.body()

        test = body if base is unittest.TestCase else async_body

    assert outcome(Case, "test") == expected


@pytest.mark.parametrize("base", [unittest.TestCase, unittest.IsolatedAsyncioTestCase])
def test_expected_failures_work_in_decorated_test_cases(base):
    """@expectedFailure works under the decorator, and together with @mock_cognitosync on a single method."""

    class Case(base):
        @unittest.expectedFailure
        def test_that_fails(self):
            self.assertFalse(is_on())

        @unittest.expectedFailure
        @mock_cognitosync
        def test_that_does_not(self):
            self.assertTrue(is_on())

    assert outcome(Case, "test_that_fails") == ["expected"]
    assert outcome(Case, "test_that_does_not") == ["unexpected"]


def test_a_failing_set_up_ends_the_mock():
    """If setup_method fails, pytest calls no teardown_method, but the mock is off."""

    @mock_cognitosync
    class Class:
        def setup_method(self):
            assert is_on()
            raise Boom

    with pytest.raises(Boom):
        Class().setup_method()
    assert is_on() is False


def test_an_attribute_of_a_class_whose_name_begins_like_a_test_is_kept():
    """Data such as `test_data = [...]` is not decorated, and does not make a class of tests."""
    data = [1, 2]

    @mock_cognitosync
    class Class:
        test_data = data

        def test_it(self):
            return is_on()

    assert Class.test_data is data
    assert Class().test_it()
    with pytest.raises(TypeError, match="would never start"):
        mock_cognitosync(type("Data", (), {"test_data": data}))


def test_a_class_without_tests_is_refused():
    """A class in which nothing would run mocked is refused."""
    with pytest.raises(TypeError) as caught:
        mock_cognitosync(type("Helper", (), {"help": function}))
    assert str(caught.value) == (
        'class Helper has neither a setup_method nor a method whose name begins with "test", so '
        "@mock_cognitosync would never start; decorate the class that has the tests, or single methods"
    )


CLASSES = """
import pytest
from mock_cognitosync import mock_cognitosync

is_on = mock_cognitosync.current  # raises where no mock is active

class Base:
    def test(self): is_on()

class Inherited(Base): pass

class SetUp(Base):
    def setup_method(self): is_on()

class SetUpWithMethod(Base):
    def setup_method(self, method): is_on(), method.__name__

class TearDown(SetUp):
    def teardown_method(self): is_on()

class TearDownWithMethod(SetUp):
    def teardown_method(self, method): is_on(), method.__name__

class TearDownAlone(Base):
    def teardown_method(self): is_on()

class Async:
    @pytest.mark.asyncio
    async def test(self): is_on()

class Static:
    @staticmethod
    def test(): is_on()

class Nested:
    class TestInner(Base): pass

class NestedBesideSetUp(SetUp):
    class TestInner(SetUp): pass

class Heir(mock_cognitosync(type("Decorated", (TearDown,), {}))):
    def test_more(self): is_on()

class WithFixture:
    @pytest.fixture
    def three(self): return 3
    def test(self, three): assert is_on() and three == 3
"""
CHOSEN = """
TestIt = mock_cognitosync({})

def teardown_module():
    pytest.raises(RuntimeError, is_on)
"""


def test_classes_that_pytest_collects_run_mocked(run_pytest):
    """Tests of a decorated class run mocked, with their set-up and tear-down, in subclasses and nested classes too."""
    names = re.findall(r"(?m)^class (\w+)", CLASSES)
    result = run_pytest({f"test_{name}.py": CLASSES + CHOSEN.format(name) for name in names})
    expected = {f"test_{name}.py": {"test": "passed"} for name in names}
    expected["test_Heir.py"]["test_more"] = "passed"
    assert result.outcomes == expected
