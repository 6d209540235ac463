"""A Python function as the sync trigger of a pool, called as Lambda calls a handler."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from ..cognitosync import ids, settings
from ..cognitosync.domain.keys import AccountRegion
from ..cognitosync.integrations.sync_trigger import LIMIT_SECONDS
from .arguments import require_synchronous

_KINDS = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class TriggerContext:
    """
    The second argument of a handler, as Lambda passes it.

    Attributes:
        function_name: the name of the Python function.
        aws_request_id: a new id for each run.
        invoked_function_arn: the ARN that the function would have in Lambda.
    """

    def __init__(self, function_name: str, account_region: AccountRegion) -> None:
        account_id, region_name = account_region.account_id, account_region.region_name
        self.function_name = function_name
        self.aws_request_id = ids.new_uuid()
        self.invoked_function_arn = f"arn:aws:lambda:{region_name}:{account_id}:function:{function_name}"
        self._deadline_ms = settings.now_ms() + LIMIT_SECONDS * 1000

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds on the mock's clock until the service gives up. Source: trigger-4."""
        return max(0, self._deadline_ms - settings.now_ms())


class PythonTrigger:
    """Runs a function of a test as a sync trigger, and keeps the assertions that fail in it."""

    def __init__(
        self, function: Callable[..., Any], account_region: AccountRegion, failures: list[AssertionError]
    ) -> None:
        self._function = function
        self._takes_context = takes_context(function)
        self._account_region = account_region
        self._failures = failures

    def __call__(self, event: dict[str, Any]) -> Any:
        """Return the answer of the function for *event*."""
        try:
            if not self._takes_context:
                return self._function(event)
            name = getattr(self._function, "__name__", type(self._function).__name__)
            return self._function(event, TriggerContext(name, self._account_region))
        except AssertionError as failure:
            self._failures.append(failure)
            raise


def takes_context(function: Callable[..., Any]) -> bool:
    """
    Whether *function* is a ``handler(event, context)``, rather than a ``handler(event)``.

    A second parameter with a default is the context only if its name is ``context``.

    Raises:
        TypeError: it is neither, or a call would not run it.
    """
    require_synchronous(function)
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        # Some built-in functions have no signature.
        return False
    positional = [parameter for parameter in parameters if parameter.kind in _KINDS]
    takes_any = any(parameter.kind is inspect.Parameter.VAR_POSITIONAL for parameter in parameters)
    required = sum(parameter.default is inspect.Parameter.empty for parameter in positional)
    needs_keywords = any(
        parameter.kind is inspect.Parameter.KEYWORD_ONLY and parameter.default is inspect.Parameter.empty
        for parameter in parameters
    )
    if required > 2 or needs_keywords or not (positional or takes_any):
        raise TypeError(
            f"{function!r} cannot be a trigger: pass a function that takes (event) or (event, context), "
            f"not {inspect.signature(function)}"
        )
    if takes_any and len(positional) < 2:
        return True
    return required == 2 or (len(positional) > 1 and positional[1].name == "context")
