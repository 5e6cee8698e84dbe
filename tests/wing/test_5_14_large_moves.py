"""WING 5.14 where ranges are large: how many SIMs one move takes, and SIMs of others that lie between."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.wing.inside import advance, asking, job, started

from carrierbox.carriers.wing.errors import BadField
from carrierbox.carriers.wing.subscriptions.moves import rules
from carrierbox.carriers.wing.subscriptions.moves.schemas import Move
from carrierbox.kernel.world import World

SOURCE, TARGET, OTHER = 3992, 3418, 3439


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with started(tmp_path) as world:
        yield world


def make(world: World, count: int, account: int, first: int, step: int = 1) -> None:
    """Make SIMs with IMSIs from *first* on, like the ones that 5.14 shows."""
    columns = [row[1] for row in world.store.sql("PRAGMA table_info(wing_sim)")]
    own = {
        "id": "1000000000 + n",
        "iccid": "printf('8955644%011d5', n)",  # none of these endings is magic
        "imsi": "printf('%015d', n)",
        "msisdn": "printf('%015d', n)",
        "account_id": str(account),
    }
    world.store.sql(
        "WITH RECURSIVE numbers (n) AS (SELECT ? UNION ALL SELECT n + ? FROM numbers LIMIT ?)"
        f" INSERT INTO wing_sim ({', '.join(columns)})"
        f" SELECT {', '.join(own.get(column, column) for column in columns)} FROM numbers, wing_sim WHERE id = 432001",
        (first, step, count),
    )


def wish(first: int, last: int) -> Move:
    ends = {"from": f"{first:015d}", "to": f"{last:015d}"}
    return Move.model_validate({"accountId": TARGET, "fromAccountId": SOURCE, "useImsi": True, "range": ends})


def ask(world: World, wanted: Move) -> str:
    with asking(world) as (box, caller):
        numbers = rules.check(box, caller, wanted)
    asyncio.run(rules.check_size(box, wanted, numbers))
    with asking(world) as (box, caller):
        return rules.request(box, caller, wanted)


def in_account(world: World, account: int) -> int:
    return int(world.store.sql("SELECT count(*) FROM wing_sim WHERE account_id = ?", (account,)).fetchone()[0])


def ended(world: World, batch: str) -> tuple[str, Any]:
    done = job(world, batch)
    return done["status"], json.loads(done["output"])


def test_a_hundred_thousand_sims_move_and_not_one_more(world: World) -> None:
    make(world, 100_001, SOURCE, 1_000_000)
    with pytest.raises(BadField, match="must not hold more than 100000 SIMs"):
        ask(world, wish(1_000_000, 1_100_000))
    assert 0 == world.store.sql("SELECT count(*) FROM box_job WHERE kind = 'move_sims_wf'").fetchone()[0]
    batch = ask(world, wish(1_000_000, 1_099_999))
    before = in_account(world, TARGET)
    advance(world)
    assert ("completed", {"message": "Success", "statusCode": 200}) == ended(world, batch)
    assert before + 100_000 == in_account(world, TARGET)
    written = "SELECT count(*), count(DISTINCT imsi) FROM wing_audit WHERE action = 'SIM_ACCOUNT_CHANGE'"
    assert (100_000, 100_000) == tuple(world.store.sql(written).fetchone())


def test_a_wide_range_counts_the_sims_of_the_account_alone(world: World) -> None:
    make(world, 100_001, OTHER, 1_000_000)
    make(world, 2, SOURCE, 999_999, 100_002)
    batch = ask(world, wish(0, 999_999_999_999_999))
    advance(world)
    assert "completed" == ended(world, batch)[0]
    assert 0 == in_account(world, SOURCE)  # with the two that were there
    ends = "SELECT account_id FROM wing_sim WHERE imsi IN ('000000000999999', '000000001100001')"
    assert [TARGET, TARGET] == [row[0] for row in world.store.sql(ends)]


def test_a_range_at_whose_end_there_are_sims_of_others_only_comes_to_its_end(world: World) -> None:
    make(world, rules.LOOKED_AT, OTHER, 1_000_000)
    batch = ask(world, wish(1_000_000, 1_000_000 + rules.LOOKED_AT))
    advance(world)
    assert ("failed", f"No SIM of account {SOURCE} lies in the range") == (
        ended(world, batch)[0], job(world, batch)["reason"],
    )  # fmt: skip


@pytest.mark.parametrize("count", [rules.PART - 1, rules.PART, rules.PART + 1, 2 * rules.PART])
def test_parts_neither_lose_a_sim_nor_move_one_twice(count: int, world: World) -> None:
    make(world, count, SOURCE, 1_000_000)
    batch = ask(world, wish(1_000_000, 1_000_000 + count - 1))
    advance(world)
    assert "completed" == ended(world, batch)[0]
    moved = [row[0] for row in world.store.sql("SELECT imsi FROM wing_audit WHERE action = 'SIM_ACCOUNT_CHANGE'")]
    assert [f"{1_000_000 + n:015d}" for n in range(count)] == sorted(moved)


def test_numbers_of_another_length_lie_in_no_range(world: World) -> None:
    make(world, 1, SOURCE, 1_000_000)
    world.store.sql("UPDATE wing_sim SET iccid = iccid || '0' WHERE imsi = '000000001000000'")  # twenty digits
    wanted = wish(0, 1).model_copy(update={"use_imsi": False})
    wanted.range.first, wanted.range.last = "8955644000010000000", "8955644000010000009"
    held = rules.numbers(wanted)
    assert (
        []
        == world.store.sql(
            f"SELECT id FROM wing_sim WHERE {held.condition}", {"first": held.first, "last": held.last, "digits": 19}
        ).fetchall()
    )


def test_many_failures_are_counted_and_the_first_are_named(world: World) -> None:
    make(world, 1_200, SOURCE, 1_000_000)
    world.store.sql("UPDATE wing_sim SET state_change_lock = 1 WHERE account_id = ?", (SOURCE,))
    batch = ask(world, wish(1_000_000, 1_001_199))
    advance(world)
    status, output = ended(world, batch)
    assert ("failed", 0, 1_200, 1_000) == (status, output["succeeded"], output["failed"], len(output["failures"]))
    assert "8955644000010000005" == output["failures"][0]["iccid"]
    written = "SELECT status, count(*) FROM wing_audit WHERE action = 'SIM_ACCOUNT_CHANGE' GROUP BY status"
    assert [("FAILED", 1_200)] == [tuple(row) for row in world.store.sql(written)]
