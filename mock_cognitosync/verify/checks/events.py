"""The events of an identity pool."""

from __future__ import annotations

from ..check import check
from ..service import Service
from ..values import invalid, violations


def function(service: Service, name: str = "first") -> str:
    """The ARN of a function of the account."""
    return f"arn:aws:lambda:{service.target.region_name}:{service.target.account_id}:function:{name}"


def expect_events(service: Service, pool: str, events: dict[str, str]) -> None:
    """Expect *events* from GetCognitoEvents."""
    service.expect(service.call("GetCognitoEvents", IdentityPoolId=pool), {"Events": events})


@check("events-1")
def set_answers_nothing_and_get_shows_it(service: Service) -> None:
    """SetCognitoEvents sets only the event type that it names, and answers nothing; an empty value removes it."""
    pool = service.target.pools.unconfigured()
    first, second = function(service), function(service, "second")
    for sent, stored in (
        ({"SyncTrigger": ""}, {}),
        ({"SyncTrigger": first}, {"SyncTrigger": first}),
        ({}, {"SyncTrigger": first}),
        ({"SyncTrigger": second}, {"SyncTrigger": second}),
        ({"SyncTrigger": ""}, {}),
        ({"SyncTrigger": first}, {"SyncTrigger": first}),
    ):
        service.expect(service.call("SetCognitoEvents", IdentityPoolId=pool, Events=sent), {})
        expect_events(service, pool, stored)


@check("events-1")
def pools_have_their_own_events(service: Service) -> None:
    """Events that are set for one pool are not set for another."""
    pools = service.target.pools.fresh(), service.target.pools.fresh()
    events = {"SyncTrigger": function(service)}, {"SyncTrigger": function(service, "second")}
    service.call("SetCognitoEvents", IdentityPoolId=pools[0], Events=events[0])
    expect_events(service, pools[1], {})
    service.call("SetCognitoEvents", IdentityPoolId=pools[1], Events=events[1])
    expect_events(service, pools[0], events[0])


@check("events-2", question="How does the service answer an event type other than SyncTrigger?")
def another_event_type_is_refused(service: Service) -> None:
    """SyncTrigger is the only event type, and a refused call changes nothing."""
    pool = service.target.pools.unconfigured()
    first = {"SyncTrigger": function(service)}
    service.call("SetCognitoEvents", IdentityPoolId=pool, Events=first)
    for name in ("PostSync", "syncTrigger", ""):
        for value in (function(service), ""):
            refused = service.refusal("SetCognitoEvents", IdentityPoolId=pool, Events={name: value})
            service.expect(refused, invalid(f"Event type {name} is not known"))
            expect_events(service, pool, first)


@check("events-2", question="How does the message word the map of a request with two event types?")
def two_event_types_are_refused(service: Service) -> None:
    """The model allows one entry, so that two are refused, whatever their names."""
    pool = service.target.pools.unconfigured()
    events = {"SyncTrigger": function(service), "PostSync": function(service, "second")}
    refused = violations(
        f"Value '{events}' at 'events' failed to satisfy constraint: Member must have length less than or equal to 1"
    )
    service.expect(service.refusal("SetCognitoEvents", IdentityPoolId=pool, Events=events), refused.in_own_words())
    expect_events(service, pool, {})


@check("events-3")
def a_fresh_pool_has_no_events(service: Service) -> None:
    """GetCognitoEvents of a pool that nobody has configured answers an empty map."""
    expect_events(service, service.target.pools.unconfigured(), {})


@check("events-4", question="Does SetCognitoEvents check that the function exists, and in which region it is?")
def the_arn_of_a_function_is_not_checked(service: Service) -> None:
    """SetCognitoEvents accepts every string."""
    pool = service.target.pools.unconfigured()
    other_region = "eu-west-1" if service.target.region_name != "eu-west-1" else "us-east-1"
    elsewhere = f"arn:aws:lambda:{other_region}:{service.target.account_id}:function:sync"
    for value in ("sync", elsewhere, f"{function(service)}:1"):
        service.call("SetCognitoEvents", IdentityPoolId=pool, Events={"SyncTrigger": value})
        expect_events(service, pool, {"SyncTrigger": value})
