"""Rotating a world's signing keys."""

from typing import Any

CERTS = "/uam/auth/realms/wdh-sitstg2/protocol/openid-connect/certs"


def test_a_new_key_signs_and_the_old_one_still_verifies(world: Any) -> None:
    assert 200 == world.wing.get("/gateway/echo").status_code
    [before] = world.client().get(CERTS).json()["keys"]
    rotated = world.control.post(f"/_box/worlds/{world.name}/keys/rotate").json()
    assert [rotated["kid"], before["kid"]] == rotated["published"]
    assert rotated["published"] == [key["kid"] for key in world.client().get(CERTS).json()["keys"]]
    assert 200 == world.wing.get("/gateway/echo").status_code
    assert 200 == world.wing_as("sandbox-admin").get("/gateway/echo").status_code
