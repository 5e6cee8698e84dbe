"""Signing keys and signed tokens."""

from datetime import timedelta

import pytest

from carrierbox.kernel import tokens
from carrierbox.kernel.world import Cause, Settings
from carrierbox.kernel.worlds import Origin, Worlds

SECRETS = ("RS256", "HS256")


@pytest.fixture
def worlds(tmp_path, monkeypatch):
    monkeypatch.setattr(Origin, "all_files", lambda origin: origin.files)
    worlds = Worlds(tmp_path, ())
    worlds.start(Origin(sims=0), Settings()).clock.freeze()
    yield worlds
    worlds.close()


@pytest.fixture
def world(worlds):
    return worlds.get("default")


@pytest.fixture
def box(world):
    with world.transaction(Cause("rule", "test")) as box:
        yield box


def claims(box, *, seconds=60, **others):
    return {"sub": "somebody", "exp": box.now.timestamp() + seconds, **others}


@pytest.mark.parametrize("algorithm", SECRETS)
def test_verifies_what_it_signed(box, algorithm):
    wanted = claims(box)
    assert wanted == tokens.verify(box, tokens.sign(box, wanted, algorithm), algorithm=algorithm)


@pytest.mark.parametrize("algorithm", SECRETS)
def test_the_algorithm_is_the_verifiers_choice(box, algorithm):
    token = tokens.sign(box, claims(box), algorithm)
    other = next(name for name in SECRETS if name != algorithm)
    with pytest.raises(tokens.BadToken, match="key that is not known"):
        tokens.verify(box, token, algorithm=other)


def test_signs_with_the_newest_key_and_verifies_with_all(box):
    before = tokens.sign(box, claims(box))
    old, new = tokens.signing_key(box), tokens.rotate(box)
    assert new == tokens.signing_key(box)
    assert [new.kid, old.kid] == [key["kid"] for key in tokens.jwks(box)["keys"]]
    assert tokens.verify(box, before)
    tokens.remove(box, old.kid)
    with pytest.raises(tokens.BadToken):
        tokens.verify(box, before)


def test_shared_secrets_rotate_too_and_are_published_nowhere(box):
    before = tokens.sign(box, claims(box), "HS256")
    tokens.rotate(box, "HS256")
    assert tokens.verify(box, before, algorithm="HS256")
    assert ["RS256"] == [key["alg"] for key in tokens.jwks(box)["keys"]]


def test_finds_its_keys_again_after_a_restart(world):
    with world.transaction(Cause("rule", "test")) as box:
        signed = {algorithm: tokens.sign(box, claims(box), algorithm) for algorithm in SECRETS}
    world.forget()
    with world.transaction(Cause("rule", "test")) as box:
        for algorithm, token in signed.items():
            assert tokens.verify(box, token, algorithm=algorithm)
        assert 1 == len(tokens.jwks(box)["keys"])


def test_a_key_made_in_vain_is_forgotten(world):
    made = []

    def sign_in_vain():
        with world.transaction(Cause("rule", "test")) as box:
            made.append(tokens.sign(box, claims(box)))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sign_in_vain()
    with world.transaction(Cause("rule", "test")) as box, pytest.raises(tokens.BadToken):
        tokens.verify(box, made[0])


def test_make_own_leaves_nothing_behind(box):
    token = tokens.sign(box, claims(box))
    tokens.make_own(box)
    with pytest.raises(tokens.BadToken):
        tokens.verify(box, token)
    assert 0 == box.sql("SELECT count(*) FROM box_signing_key").fetchone()[0]


@pytest.mark.parametrize(("seconds", "is_good"), [(1, True), (0, False), (-1, False)])
def test_expires_on_the_worlds_clock(box, seconds, is_good):
    token = tokens.sign(box, claims(box, seconds=seconds))
    if is_good:
        assert tokens.verify(box, token)
    else:
        with pytest.raises(tokens.ExpiredToken):
            tokens.verify(box, token)
        assert tokens.verify(box, token, even_expired=True)


def test_is_not_valid_before_its_time(box):
    token = tokens.sign(box, claims(box, nbf=box.now.timestamp() + 1))
    with pytest.raises(tokens.BadToken, match="not valid yet"):
        tokens.verify(box, token)
    box.now += timedelta(seconds=1)
    assert tokens.verify(box, token)


@pytest.mark.parametrize(
    ("audience", "is_good"),
    [("us", True), (["others", "us"], True), ("others", False), (["others"], False), (None, False)],
)
def test_is_good_for_its_audience(box, audience, is_good):
    token = tokens.sign(box, claims(box, aud=audience))
    assert tokens.verify(box, token)
    if is_good:
        assert tokens.verify(box, token, audience="us")
    else:
        with pytest.raises(tokens.BadToken, match="another audience"):
            tokens.verify(box, token, audience="us")


def test_no_two_takers_get_the_same_key_whether_or_not_one_is_ready():
    pool = tokens.KeyPool(1)
    keys = [pool.take()]
    pool.start()
    pool.start()
    keys += [pool.take() for _ in range(3)]
    assert 4 == len({key.private_numbers().d for key in keys})
    assert {2048} == {key.key_size for key in keys}
