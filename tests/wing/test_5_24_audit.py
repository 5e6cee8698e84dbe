"""WING 5.24, the audit trail of a SIM's life."""

from typing import Any

import pytest

SIM = {"iccid": "8955644099890700001", "imsi": "234500001087001"}


def test_is_newest_first_and_reaches_back_so_many_days(world: Any) -> None:
    for state, number in (("ACTIVE", 3), ("SUSPENDED", 4), ("ACTIVE", 3)):
        world.change(SIM, state, number)
        world.advance(by="36h")
        world.wing.headers["authorization"] = f"Bearer {world.token()}"  # one lasts ten hours
    values = [row["newValue"] for row in trail(world, 30)]
    assert ['"ACTIVE"', '"SUSPENDED"', '"ACTIVE"'] == values
    assert ['"ACTIVE"'] == [row["newValue"] for row in trail(world, 2)]
    assert [] == trail(world, 1)


def test_names_the_user_who_asked(world: Any) -> None:
    world.change(SIM, "ACTIVE", 3)
    world.advance(until="idle")
    [row] = trail(world, 1)
    info = world.client().get(
        "/uam/auth/realms/wdh-sitstg2/protocol/openid-connect/userinfo",
        headers={"Authorization": f"Bearer {world.token(scope='openid')}"},
    )
    assert info.json()["sub"] == row["userId"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("1/30", 404),
        ("234500000875001/0", 400),
        ("234500000875001/-1", 400),
        ("234500000875001/many", 400),
        ("234500000875001/99999999999999999999", 200),
    ],
)
def test_an_unknown_imsi_is_404_and_an_odd_number_of_days_400(path: str, status: int, world: Any) -> None:
    assert status == world.wing.get(f"/api/v1/getAuditTrail/{path}").status_code


def trail(world: Any, days: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = world.wing.get(f"/api/v1/getAuditTrail/{SIM['imsi']}/{days}").json()
    return rows
