"""WING 5.1 to 5.3, SIMs one by one and in lists."""

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrierbox import contracts
from carrierbox.carriers.wing.errors import BadParameter
from carrierbox.carriers.wing.subscriptions.record import FIELDS
from carrierbox.carriers.wing.subscriptions.sims import filters

SIMS = "/api/v1/subscription/sims"
DOCUMENT = contracts.document("wing-subscription")
PARAMETERS = DOCUMENT["filters"]["parameters"]
PAIRS = [(row["name"], operator) for row in PARAMETERS for operator in row["operators"]]
EXTENDED = [field["name"] for field in DOCUMENT["sim"]["fields"]]
PLAIN = [field["name"] for field in DOCUMENT["sim"]["fields"] if "plain" in field["shapes"]]


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem that an answer is, which has to have that status."""
    assert status == answer.status_code, answer.text
    assert "application/problem+json" == answer.headers["content-type"]
    body: dict[str, Any] = answer.json()
    assert status == body["status"]
    assert body["path"].startswith("/")
    return body


def test_the_record_has_the_documents_fields_in_its_order(world: Any) -> None:
    assert EXTENDED == [field.wire for field in FIELDS]
    assert PLAIN == list(world.wing.get(f"{SIMS}/1169").json())
    assert EXTENDED == list(world.wing.get(SIMS, params={"size": 1}).json()[0])


def test_the_filters_are_the_57_of_the_table_with_its_operators() -> None:
    assert 57 == len(PARAMETERS)
    documented = {row["name"]: set(row["operators"]) for row in PARAMETERS}
    assert documented == {name: set(filters.OPERATORS[field.kind]) for name, field in filters.PARAMETERS.items()}


@pytest.fixture(scope="module")
def fleet(box: Any, control: httpx.Client) -> Any:
    """All SIMs of the default world, and a client to ask for some; nothing here changes any."""
    from tests.conftest import World

    world = World("default", box.url, control)
    yield world, world.wing.get(SIMS, params={"size": 2000}).json()
    world.close()


SAMPLES = {"Number": "3439", "String": "a", "boolean": "true", "timestamp": "2022-09-24 10:35:19+0000"}


@pytest.mark.parametrize(("name", "operator"), PAIRS)
def test_each_filter_does_what_its_operator_says(name: str, operator: str, fleet: Any) -> None:
    world, sims = fleet
    present = next((sim[name] for sim in sims if sim[name] is not None), None)
    row = next(row for row in PARAMETERS if row["name"] == name)
    sample = SAMPLES[row.get("value") or row["type"]] if present is None else spelled(present)
    answer = world.wing.get(SIMS, params={f"{name}.{operator}": sample})
    assert 200 == answer.status_code, answer.text
    expected = [sim["id"] for sim in sims if holds(sim[name], operator, sample)]
    assert expected == [sim["id"] for sim in answer.json()]


def spelled(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def holds(value: Any, operator: str, sample: str) -> bool:
    """What the table's words mean, on one value of a record."""
    if value is None:
        return operator in {"notEquals", "notIn", "doesNotContain"}
    wanted: Any = int(sample) if isinstance(value, int) and not isinstance(value, bool) else sample
    value = spelled(value) if isinstance(value, bool) else value
    return {
        "equals": lambda: value == wanted,
        "notEquals": lambda: value != wanted,
        "in": lambda: value == wanted,
        "notIn": lambda: value != wanted,
        "contains": lambda: sample.lower() in value.lower(),
        "doesNotContain": lambda: sample.lower() not in value.lower(),
        "greaterThan": lambda: value > wanted,
        "lessThan": lambda: value < wanted,
        "greaterThanOrEqual": lambda: value >= wanted,
        "lessThanOrEqual": lambda: value <= wanted,
    }[operator]()


def ids(world: Any, query: str) -> list[int]:
    answer = world.wing.get(f"{SIMS}?{query}")
    assert 200 == answer.status_code, answer.text
    return [sim["id"] for sim in answer.json()]


def test_several_filters_must_all_hold(fleet: Any) -> None:
    world, sims = fleet
    active = [sim["id"] for sim in sims if sim["stateName"] == "ACTIVE" and 3439 < sim["accountId"] < 3502]
    assert active == ids(world, "stateName.equals=ACTIVE&accountId.greaterThan=3439&accountId.lessThan=3502")


def test_a_repeated_in_adds_to_its_list(fleet: Any) -> None:
    world, _ = fleet
    assert [1169, 4211, 615055] == ids(world, "id.in=1169,4211&id.in=615055")


def test_a_timestamp_is_taken_in_every_spelling(fleet: Any) -> None:
    world, _ = fleet
    for moment in ("1664015719000", "2022-09-24T10:35:19Z", "2022-09-24%2010:35:19%2B0000", "2022-09-24+10:35:19+0000"):
        assert [520701] == ids(world, f"modificationTimestamp.equals={moment}"), moment


@pytest.mark.parametrize(("prose", "wire"), [("ACTIVATED", "ACTIVE"), ("TRAIL", "TRIAL")])
def test_the_prose_spelling_of_a_state_is_taken_as_the_state(prose: str, wire: str, fleet: Any) -> None:
    world, _ = fleet
    found = ids(world, f"stateName.equals={prose}")
    assert found
    assert found == ids(world, f"stateName.equals={wire}")


@pytest.mark.parametrize("piece", ["ACTIVATED", "activated", "TRAIL", "trial", "hold"])
def test_a_piece_of_a_states_name_is_no_spelling_of_another(piece: str, fleet: Any) -> None:
    world, sims = fleet
    bearing = [sim["id"] for sim in sims if piece.lower() in sim["stateName"].lower()]
    assert bearing == ids(world, f"stateName.contains={piece}")
    assert [sim["id"] for sim in sims if sim["id"] not in bearing] == ids(world, f"stateName.doesNotContain={piece}")


def test_the_first_and_the_last_moment_can_be_named_in_milliseconds_too(fleet: Any) -> None:
    world, sims = fleet
    made = [sim["id"] for sim in sims if sim["creationTimestamp"]]
    assert made == ids(world, "creationTimestamp.greaterThanOrEqual=-62135596800000")
    assert made == ids(world, "creationTimestamp.lessThanOrEqual=253402300799999")


def test_pages_follow_each_other_by_id_and_end_with_a_short_one(fleet: Any) -> None:
    world, sims = fleet
    pages = [ids(world, f"page={page}&size=100") for page in (1, 2, 3, 4)]
    assert [sim["id"] for sim in sims] == [one for page in pages for one in page]
    assert [] == pages[-1]
    assert pages[0] == ids(world, "page=0&size=100")
    for page in (1_000_000_001, 2**63 - 1, "9" * 5000):
        assert [] == ids(world, f"page={page}")
    for size in (1_000_000, "9" * 20):
        assert len(sims) == len(ids(world, f"size={size}"))


def test_nothing_found_is_an_empty_list(fleet: Any) -> None:
    world, _ = fleet
    assert [] == ids(world, "iccid.equals=1")


def test_a_parameter_without_a_dot_is_ignored(fleet: Any) -> None:
    world, sims = fleet
    answer = world.wing.get(SIMS, params={"_": "1700000000"})
    assert "wing-5.1.1" == answer.headers["x-carrierbox-operation"]
    assert len(sims) == len(answer.json())


@pytest.mark.parametrize(
    ("query", "section"),
    [
        ("", "wing-5.1.1"),
        ("stateName.equals=ACTIVE", "wing-5.2.1"),
        ("imsi.equals=1&page=1", "wing-5.2.2"),
        ("iccid.equals=1", "wing-5.2.3"),
        ("msisdn.equals=1", "wing-5.2.4"),
        ("page=1&size=1", "wing-5.2.5"),
        ("accountId.equals=3439", "wing-5.3.1"),
        ("accountId.lessThan=4000&iccid.equals=1", "wing-5.3.2"),
    ],
)
def test_the_answer_says_which_section_was_asked(query: str, section: str, fleet: Any) -> None:
    world, _ = fleet
    assert section == world.wing.get(f"{SIMS}?{query}").headers["x-carrierbox-operation"]


@pytest.mark.parametrize(
    ("query", "culprit"),
    [
        ("icid.equals=1", "icid"),
        ("iccid.like=1", "iccid.like"),
        ("iccid.specified=true", "iccid.specified"),
        ("accountId.contains=3", "accountId.contains"),
        ("stateChangeLock.greaterThan=1", "stateChangeLock.greaterThan"),
        ("customField.equals=1", "customField"),
        ("accountId.equals=many", "accountId.equals"),
        ("accountId.equals=", "accountId.equals"),
        ("accountId.equals=99999999999999999999", "accountId.equals"),
        ("accountId.in=1,,2", "accountId.in"),
        ("stateChangeLock.equals=maybe", "stateChangeLock.equals"),
        ("creationTimestamp.lessThan=yesterday", "creationTimestamp.lessThan"),
        ("creationTimestamp.lessThan=2022-02-30T00:00:00Z", "creationTimestamp.lessThan"),
        ("creationTimestamp.greaterThan=-62135596800001", "creationTimestamp.greaterThan"),
        ("modificationTimestamp.in=1,-99999999999999", "modificationTimestamp.in"),
        ("modificationTimestamp.notEquals=253402300800000", "modificationTimestamp.notEquals"),
        ("page=-1", "page"),
        ("page=one", "page"),
        ("page=1.5", "page"),
        ("size=0", "size"),
        ("size=-5", "size"),
        ("size=", "size"),
        ("&".join(["id.notEquals=1"] * 201), "id.notEquals"),
        ("iccid..equals=1", "iccid"),
        (".equals=1", ""),
    ],
)
def test_a_query_that_cannot_be_read_is_refused_by_name(query: str, culprit: str, fleet: Any) -> None:
    world, _ = fleet
    assert f"'{culprit}" in problem(world.wing.get(f"{SIMS}?{query}"), 400)["detail"]


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=5))
def test_any_query_is_read_or_refused(query: list[tuple[str, str]]) -> None:
    try:
        search = filters.read(query)
    except BadParameter:
        return
    assert 1 <= search.limit <= 2000
    assert search.offset >= 0


@pytest.mark.parametrize("path", ["999999", "imsi/1", "iccid/8955644500001089021", "msisdn/%20", "imsi/%00"])
def test_a_sim_that_is_not_there_is_404(path: str, fleet: Any) -> None:
    world, _ = fleet
    assert "Not Found" == problem(world.wing.get(f"{SIMS}/{path}"), 404)["title"]


@pytest.mark.parametrize("number", ["abc", "1.5", "-1", "99999999999999999999", "%D9%A1"])
def test_an_id_that_is_no_number_is_400(number: str, fleet: Any) -> None:
    world, _ = fleet
    assert "'id'" in problem(world.wing.get(f"{SIMS}/{number}"), 400)["detail"]


def test_an_account_sees_itself_and_those_below_it(world: Any) -> None:
    def seen(account: str) -> set[int]:
        return {sim["accountId"] for sim in world.wing_as("sandbox-admin", account=account).get(SIMS).json()}

    assert {3439} == seen("3439")
    assert {3503, 3504} == seen("3503")
    assert {3122, 3167, 3439} <= seen("3122")
    assert {26} == seen("26")
    assert seen("3122") | {26, 241, 285} == seen("*")


def test_a_sim_of_another_account_does_not_exist(world: Any) -> None:
    narrow = world.wing_as("sandbox-admin", account="3167")
    problem(narrow.get(f"{SIMS}/1169"), 404)
    assert [] == narrow.get(SIMS, params={"iccid.equals": "8955644500001089020"}).json()


def test_two_realms_see_nothing_of_each_other(world: Any) -> None:
    acme = world.wing_as("acme-admin", realm="acme-iot")
    theirs = acme.get(SIMS).json()
    ours = world.wing.get(SIMS).json()
    assert {"30"} == {sim["tenantId"] for sim in theirs}
    assert {"21", "1", "7"} == {sim["tenantId"] for sim in ours}
    problem(acme.get(f"{SIMS}/1169"), 404)
    problem(world.wing.get(f"{SIMS}/{theirs[0]['id']}"), 404)
    problem(acme.get(SIMS, headers={"Account-Context-Id": "3122"}), 403)
    problem(acme.get("/api/v1/sim/53cdc2a6-cf6c-4ed1-abcc-1901a2c0e625"), 404)


@pytest.mark.parametrize(
    ("account", "status"),
    [("999999", 403), ("9001", 403), ("abc", 400), ("", 400), ("-1", 400), ("1e3", 400), ("99999999999999999999", 400)],
)
def test_an_account_context_that_does_not_hold_is_refused(account: str, status: int, world: Any) -> None:
    problem(world.wing.get(SIMS, headers={"Account-Context-Id": account}), status)


def test_without_account_context_it_is_spring_that_speaks(world: Any) -> None:
    world.wing.headers.pop("Account-Context-Id")
    assert problem(world.wing.get(SIMS), 400)["detail"].startswith("Required request header 'Account-Context-Id'")


def test_a_segment_of_braces_is_a_value_like_any_other(fleet: Any) -> None:
    world, _ = fleet
    problem(world.wing.get(f"{SIMS}/iccid/%7B%7D"), 404)
    problem(world.wing.get(f"{SIMS}/%7B%7D"), 400)


def test_the_fleet_has_plans_and_profiles_of_its_own(fleet: Any) -> None:
    _, sims = fleet
    grown = [sim for sim in sims if sim["id"] > 10_000_000]
    assert len(grown) > 100
    for field in ("ratePlanId", "apnGroupId", "networkProfileId", "roamingProfileId"):
        assert len({sim[field] for sim in grown}) > 1
        assert all(sim[field] > 0 for sim in grown)
