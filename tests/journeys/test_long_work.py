"""Long work leaves the box answering: a fleet is loaded while others are served."""

from concurrent.futures import ThreadPoolExecutor

import httpx


def test_the_box_answers_while_a_large_world_is_made(control: httpx.Client) -> None:
    answered = 0
    with ThreadPoolExecutor(1) as other, httpx.Client(base_url=control.base_url, timeout=120) as client:
        making = other.submit(client.post, "/_box/worlds", json={"sims": 40_000, "seed": 40_000})
        while not making.done():
            assert 200 == control.get("/_box/health").status_code
            answered += 1
        made = making.result()
    assert 201 == made.status_code
    assert answered > 10
    assert sum(made.json()["sims"]["wing"].values()) > 40_000
    assert 204 == control.delete(f"/_box/worlds/{made.json()['name']}").status_code
