"""GraphQL in short words: what a query finds, and what is said of a faulty one."""

import asyncio
import json
from typing import Any

from carrierbox.carriers.wing.accounts import reach as reaches
from carrierbox.carriers.wing.accounts.reach import Reach
from carrierbox.carriers.wing.graphql import rules
from carrierbox.kernel.world import Box, Cause, World

PATH = "/api/v1/graphql"
VIEW = "simlcmanagement_vw_subscription"
SIM = "simlcmanagement_subscription_identity"
BALANCE = "restgw_tbl_subscriber_data_balance"
RATED = "rating_usage_accumulator"
GROUPS = "accmgmt_tbl_groups"


def ask(world: Any, query: str, **more: Any) -> dict[str, Any]:
    """The whole answer to a query; more are ``variables`` and ``operationName``."""
    answer = world.wing.post(PATH, json={"query": query, **more})
    assert (200, "application/json; charset=utf-8") == (answer.status_code, answer.headers["content-type"])
    return dict(answer.json())


def find(world: Any, query: str, **more: Any) -> Any:
    """What the only field of a query finds."""
    answer = ask(world, query, **more)
    assert ["data"] == list(answer), answer
    [found] = answer["data"].values()
    return found


def fault(world: Any, query: str, **more: Any) -> tuple[str, str, str]:
    """What is wrong with a query: code, path and message."""
    answer = ask(world, query, **more)
    assert ["errors"] == list(answer), answer
    [error] = answer["errors"]
    assert ["extensions", "message"] == list(error)
    return error["extensions"]["code"], error["extensions"]["path"], error["message"]


def inquire(world: World, query: str, reach: Reach | None = None, **more: Any) -> dict[str, Any]:
    """The whole answer to a query in a world of this process, to someone who sees all of the first realm."""
    box = Box(world, world.clock.now(), Cause("request", "test"))
    if reach is None:
        reach = reaches.of(box, "wdh-sitstg2", None, "*")
    content, _ = asyncio.run(rules.answer(box, reach, {"query": query, **more}))
    return dict(json.loads(content))
