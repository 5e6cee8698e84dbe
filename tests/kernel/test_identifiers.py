"""kernel/identifiers: what looks like an identifier, what is one, and new ones with right check digits."""

import subprocess
import sys

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from stdnum import imei as stdnum_imei
from stdnum import luhn
from stdnum.iso7064 import mod_97_10

from carrierbox.kernel import identifiers
from carrierbox.kernel.identifiers import DoesNotFit

#: The first question about a number reads phonenumbers' tables, which no deadline foresees.
unhurried = settings(deadline=None)


def digits(shortest: int, longest: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=shortest, max_size=longest)


# ------------------------------------------------------------------------------------------------------ check digits


@given(digits(1, 40))
def test_the_luhn_digit_is_that_of_stdnum(body):
    assert luhn.calc_check_digit(body) == identifiers.luhn_digit(body)


@given(digits(18, 19), st.data())
def test_any_one_digit_misread_is_noticed(body, data):
    iccid = body + identifiers.luhn_digit(body)
    at = data.draw(st.integers(0, len(iccid) - 1))
    other = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != iccid[at]))
    assert identifiers.is_iccid(iccid)
    assert not identifiers.is_iccid(iccid[:at] + other + iccid[at + 1 :])


# ---------------------------------------------------------------------------------------- looks like one, and is one


@pytest.mark.parametrize(
    "iccid",
    ["8955644500001089020", "2420198416000015720", "11986621644523024501"],
    ids=["wing-5.1.4", "wgtwo-activate", "dish-activate-subscription"],
)
def test_a_documented_iccid_looks_like_one_though_its_check_digit_is_wrong(iccid):
    assert identifiers.looks_like_iccid(iccid)
    assert not identifiers.is_iccid(iccid)


@pytest.mark.parametrize(
    "text",
    ["", "894600000000000001", "894600000000000000012", "894600000000000000x", "8946000000000000001\n", "٨" * 19],
    ids=["empty", "too short", "too long", "a letter", "a line end", "another script's digits"],
)
def test_what_does_not_look_like_an_iccid(text):
    assert not identifiers.looks_like_iccid(text)
    assert not identifiers.is_iccid(text)


@pytest.mark.parametrize(
    ("imsi", "looks", "is_one"),
    [
        ("234500001089020", True, True),
        ("001010000000001", True, True),
        ("000010000000001", True, False),
        ("2345000010890", False, False),
    ],
    ids=["documented", "test network", "no such country", "too short"],
)
def test_imsi(imsi, looks, is_one):
    assert looks == identifiers.looks_like_imsi(imsi)
    assert is_one == identifiers.is_imsi(imsi)


@pytest.mark.parametrize(
    ("msisdn", "looks", "is_one"),
    [
        pytest.param("46737678218", True, True, id="Sweden"),
        pytest.param("882362000349020", True, True, id="no country's network"),
        pytest.param("447700900123", True, True, id="fictional, UK"),
        pytest.param("12025550123", True, True, id="fictional, US"),
        pytest.param("2100000000", True, False, id="no such country"),
        pytest.param("467376782181234", True, False, id="too long for Sweden"),
        pytest.param("0612345678", False, False, id="national form"),
        pytest.param("+46737678218", False, False, id="with a plus sign"),
        pytest.param("4673", False, False, id="too short"),
    ],
)
def test_msisdn(msisdn, looks, is_one):
    assert looks == identifiers.looks_like_msisdn(msisdn)
    assert is_one == identifiers.is_msisdn(msisdn)


@unhurried
@given(digits(0, 20))
def test_whatever_is_an_identifier_looks_like_one(text):
    for kind in ("iccid", "imsi", "msisdn", "imei", "eid"):
        if getattr(identifiers, f"is_{kind}")(text):
            assert getattr(identifiers, f"looks_like_{kind}")(text)


# ---------------------------------------------------------------------------------------------- generated identifiers


@given(digits(2, 10), st.integers(0, 99_999_999), st.sampled_from([19, 20]))
def test_a_made_iccid_is_one(prefix, serial, length):
    iccid = identifiers.make_iccid(prefix, serial, length)
    assert identifiers.is_iccid(iccid)
    assert length == len(iccid)
    assert iccid.startswith(prefix)
    assert serial == int(iccid[len(prefix) : -1])


@given(digits(2, 12), digits(1, 6), st.sampled_from([19, 20]))
def test_a_made_iccid_ends_as_wanted(prefix, ending, length):
    assume(len(prefix) + len(ending) <= length - 2)
    iccid = identifiers.make_iccid_ending(prefix, ending, length)
    assert identifiers.is_iccid(iccid)
    assert iccid.startswith(prefix)
    assert iccid.endswith(ending)


@given(st.sampled_from(["00101", "23450", "313340"]), st.integers(0, 999_999_999))
def test_a_made_imsi_is_one(plmn, serial):
    imsi = identifiers.make_imsi(plmn, serial)
    assert identifiers.is_imsi(imsi)
    assert imsi.startswith(plmn)


@unhurried
@given(
    st.sampled_from([("447700900", 12, 999), ("88236", 15, 9_999_999_999), ("120255501", 11, 99)]),
    st.data(),
)
def test_a_made_msisdn_is_one(number_range, data):
    prefix, length, last = number_range
    assert identifiers.is_msisdn(identifiers.make_msisdn(prefix, data.draw(st.integers(0, last)), length))


@given(digits(8, 8), st.integers(0, 999_999))
def test_a_made_imei_is_one_for_stdnum_too(tac, serial):
    imei = identifiers.make_imei(tac, serial)
    assert identifiers.is_imei(imei)
    assert stdnum_imei.is_valid(imei)


@given(digits(1, 8), st.integers(0, 10**22 - 1))
def test_a_made_eid_is_one_for_stdnum_too(prefix, serial):
    eid = identifiers.make_eid(prefix, serial)
    assert identifiers.is_eid(eid)
    assert mod_97_10.is_valid(eid)


@pytest.mark.parametrize(
    "make",
    [
        lambda: identifiers.make_iccid("8946", 10**14),
        lambda: identifiers.make_iccid("8946", -1),
        lambda: identifiers.make_iccid("89 46", 1),
        lambda: identifiers.make_iccid("", 1),
        lambda: identifiers.make_iccid_ending("894600000000000", "0202"),
        lambda: identifiers.make_iccid_ending("8946", "02x2"),
        lambda: identifiers.make_imsi("23450", 10**10),
        lambda: identifiers.make_msisdn("4477009001234", 1, 12),
        lambda: identifiers.make_eid("89033023", 10**22),
    ],
)
def test_what_does_not_fit_is_refused(make):
    with pytest.raises(DoesNotFit):
        make()


# -------------------------------------------------------------------------------------------------- names of the core


@given(digits(8, 8), st.integers(0, 999_999), st.integers(0, 99))
def test_an_imeisv_leads_back_to_its_imei(tac, serial, software_version):
    imei = identifiers.make_imei(tac, serial)
    imeisv = identifiers.imeisv_of(imei, software_version)
    assert imei == identifiers.imei_of(imeisv) == identifiers.imei_of(f"imeisv-{imeisv}")
    assert imei == identifiers.imei_of(imei) == identifiers.imei_of(f"imei-{imei}")


@pytest.mark.parametrize("pei", ["", "imei-2288151828896431", "imeisv-490154203237518", "mac-00-00-5E-00-53-01"])
def test_a_pei_without_an_imei_names_none(pei):
    assert identifiers.imei_of(pei) is None


@pytest.mark.parametrize("gpsi", ["46737678218", "+46737678218", "msisdn-46737678218"])
def test_a_gpsi_names_its_number(gpsi):
    assert "46737678218" == identifiers.msisdn_of(gpsi)


@pytest.mark.parametrize("gpsi", ["", "0737678218", "extid-pump7@acme.example", "msisdn-+46737678218"])
def test_a_gpsi_without_a_number_names_none(gpsi):
    assert identifiers.msisdn_of(gpsi) is None


def test_start_does_not_wait_for_the_number_tables():
    loaded = "import carrierbox.kernel.identifiers, sys; print(*{'stdnum', 'phonenumbers'} & sys.modules.keys())"
    run = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert "\n" == run.stdout
