"""The Query operations: the envelope, the advanced parameters, and what each field takes."""

from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import Box, World
from tests.stn.conftest import SUBSCRIPTION, Stn, refusal

from carrierbox import contracts
from carrierbox.carriers.stn import query
from carrierbox.carriers.stn.activations.record import ACTIVATION
from carrierbox.carriers.stn.billing.record import CDR, INVOICE, MONTH, USAGE
from carrierbox.carriers.stn.errors import BadParameter
from carrierbox.carriers.stn.query import Record
from carrierbox.carriers.stn.simcards.record import SIMCARD
from carrierbox.carriers.stn.subscriptions.record import SUBSCRIPTION as SUBSCRIPTIONS

RECORDS: dict[str, Record] = {
    "QuerySimcard": SIMCARD,
    "QueryActivation": ACTIVATION,
    "QuerySubscription": SUBSCRIPTIONS,
    "QueryInvoice": INVOICE,
    "QueryCdrMonth": MONTH,
    "QueryCdr": CDR,
    "QueryUsageSubscription": USAGE,
}
DOCUMENTED = contracts.document("stn")["query_language"]
QUERIES = [each for each in contracts.operations("stn") if each.method == "GET"]
FIELDS = [(name, each) for name, record in RECORDS.items() for each in record.shown if each.kind != "json"]
PARAMETERS = sorted({name for record in RECORDS.values() for name in record.parameters} | query.RESERVED)
PAIRS = [(name, each.wire, suffix) for name, each in FIELDS for suffix in sorted(query.SUFFIXES[each.kind])]


@pytest.fixture(scope="module")
def seeded(box: Box, control: httpx.Client) -> Any:
    """The default world, and all that its queries list; nothing here changes any of it."""
    stn = Stn(World("default", box.url, control))
    month = stn.query("QueryCdrMonth")[-3]["yearMonth"]
    yield stn, {name: stn.query(name, **({"yearMonth": month} if name == "QueryCdr" else {})) for name in RECORDS}
    stn.world.close()


def test_the_suffixes_are_the_contracts() -> None:
    documented = {row["suffix"] for row in DOCUMENTED["operators"]}
    assert documented == set(query.CONDITIONS) - {"GreaterThanOrEqualTo", "LessThanOrEqualTo"}


@pytest.mark.parametrize("operation", QUERIES, ids=lambda operation: operation.name)
def test_every_documented_parameter_is_known(operation: contracts.Operation) -> None:
    record = RECORDS[operation.name]
    documented = {parameter["name"].lower() for parameter in operation.query}
    assert documented <= {*record.parameters, *query.RESERVED}


@pytest.mark.parametrize("operation", QUERIES, ids=lambda operation: operation.name)
def test_the_openapi_document_has_every_documented_parameter(operation: contracts.Operation, seeded: Any) -> None:
    stn, _ = seeded
    documented = {
        (row["name"].lower(), "integer" if row["type"] == "integer" else "string", row["required"])
        for row in operation.query
    }
    assert documented
    [described] = stn.client.get("/stn/openapi.json").json()["paths"][operation.path].values()
    rows = {(row["name"].lower(), row["schema"]["type"], row["required"]) for row in described["parameters"]}
    assert documented <= rows


@pytest.mark.parametrize(("name", "field", "suffix"), PAIRS)
def test_each_field_takes_the_suffixes_of_its_kind(name: str, field: str, suffix: str, seeded: Any) -> None:
    stn, lists = seeded
    rows = lists[name]
    values = [row[field] for row in rows if row.get(field, "") != ""]
    if not values:
        return
    sample = sorted(values, key=str)[len(values) // 2]
    spelled = str(sample).lower() if isinstance(sample, bool) else str(sample)
    given = f"{spelled},{spelled}" if suffix in query.LISTS else spelled
    if suffix in {"StartsWith", "EndsWith", "Contains"}:
        given = {"StartsWith": spelled[:3], "EndsWith": spelled[-3:], "Contains": spelled[1:4]}[suffix].swapcase()
    params = {f"{field}{suffix}": given} | ({"yearMonth": rows[0]["yearMonth"]} if name == "QueryCdr" else {})
    answer = stn.envelope(name, **params)
    expected = [row for row in rows if field in row and holds(row[field], suffix, sample, given)]
    assert expected == answer["results"]
    assert len(expected) == answer["total"]


def holds(value: Any, suffix: str, sample: Any, given: str) -> bool:
    """What the suffixes mean, on one value of a record."""
    key = instant if isinstance(sample, str) and sample[4:5] == "-" and "T" in sample else lambda each: each
    meanings: dict[str, Any] = {
        "GreaterThanOrEqual": lambda: key(value) >= key(sample),
        "GreaterThan": lambda: key(value) > key(sample),
        "LessThanOrEqual": lambda: key(value) <= key(sample),
        "LessThan": lambda: key(value) < key(sample),
        "StartsWith": lambda: str(value).lower().startswith(given.lower()),
        "EndsWith": lambda: str(value).lower().endswith(given.lower()),
        "Contains": lambda: given.lower() in str(value).lower(),
    }
    return bool(meanings.get(suffix.removesuffix("To"), lambda: key(value) == key(sample))())


def instant(spelled: str) -> Any:
    from carrierbox.carriers.stn import times

    return times.read(spelled)


def test_conditions_must_all_hold_and_names_have_no_case(seeded: Any) -> None:
    stn, lists = seeded
    expected = [row["id"] for row in lists["QuerySubscription"] if row["state"] == "ACTIVE" and row["isDataSim"]]
    assert expected
    for spelled in ("State=ACTIVE&IsDataSim=true", "state=ACTIVE&isdatasim=1", "STATE=ACTIVE&ISDATASIM=TRUE"):
        assert expected == [row["id"] for row in stn.query("QuerySubscription", spelled)]


def test_pages_follow_each_other_and_the_total_is_that_of_all(seeded: Any) -> None:
    stn, lists = seeded
    ids = [row["id"] for row in lists["QuerySimcard"]]
    paged = []
    for skip in range(0, len(ids) + 50, 50):
        page = stn.envelope("QuerySimcard", skip=skip, take=50)
        assert (skip, len(ids)) == (page["offset"], page["total"])
        paged += [row["id"] for row in page["results"]]
    assert ids == paged
    assert [] == stn.query("QuerySimcard", take=0)
    assert [] == stn.query("QuerySimcard", skip=2**63 - 1)


def test_orders_by_names_up_and_down_and_turned_round(seeded: Any) -> None:
    stn, lists = seeded
    rows = [row for row in lists["QuerySubscription"] if "activationDate" in row]
    up = sorted(rows, key=lambda row: (row["providerEnvironment"], row["id"]))
    down = sorted(sorted(rows, key=lambda row: row["id"]), key=lambda row: row["providerEnvironment"], reverse=True)
    has_date = "activationDateGreaterThan=1000-01-01"
    for spelled, expected in (
        ("orderBy=providerEnvironment,id", up),
        ("orderby=ProviderEnvironment, ID", up),
        ("orderByDesc=-providerEnvironment,-id", up),
        ("orderBy=-providerEnvironment,id", down),
        ("orderByDesc=providerEnvironment,-id", down),
        ("orderByDesc=providerEnvironment,-id,id,providerEnvironment", down),
    ):
        assert expected == stn.query("QuerySubscription", f"{has_date}&{spelled}"), spelled
    both = stn.query("QuerySubscription", f"{has_date}&orderBy=state&orderByDesc=id")
    assert both == sorted(sorted(rows, key=lambda row: row["id"], reverse=True), key=lambda row: row["state"])


@pytest.mark.parametrize(("name", "field"), [(name, each.wire) for name, each in FIELDS])
def test_every_field_puts_in_order(name: str, field: str, seeded: Any) -> None:
    stn, lists = seeded
    rows = [row for row in lists[name] if field in row]
    where = f"yearMonth={rows[0]['yearMonth']}&" if name == "QueryCdr" else ""
    for spelled, is_down in (
        (f"orderBy={field}", False), (f"orderByDesc={field}", True), (f"orderBy=-{field},id", True),
    ):  # fmt: skip
        if name == "QueryCdrMonth" and "id" in spelled:
            continue  # its records have none
        values = [sortable(row[field]) for row in stn.query(name, f"{where}{spelled}") if field in row]
        assert sorted(values, reverse=is_down) == values, spelled


def sortable(value: Any) -> Any:
    return instant(value) if isinstance(value, str) and "T" in value and value[4:5] == "-" else value


def test_activations_come_newest_first_and_months_too(seeded: Any) -> None:
    stn, lists = seeded
    created = [instant(row["createdAt"]) for row in lists["QueryActivation"]]
    assert sorted(created, reverse=True) == created
    months = [row["yearMonth"] for row in stn.query("QueryCdrMonth")]
    assert sorted(months, reverse=True) == months
    assert {"2025_01", "2024_12"} < set(months)


def test_fields_names_what_is_answered(seeded: Any) -> None:
    stn, _ = seeded
    [row] = stn.query("QuerySubscription", id=SUBSCRIPTION, fields="Id, PhoneNumber,services,nonsense")
    assert ["id", "phoneNumber", "services"] == list(row)
    assert 27 == len(row["services"])
    assert 13 == len(stn.query("QuerySubscription", id=SUBSCRIPTION, fields="nonsense")[0])


def test_include_counts_up_into_meta(seeded: Any) -> None:
    stn, lists = seeded
    page = stn.envelope(
        "QuerySimcard", include="Total,COUNT(*),min(SimCardNumber),SUM(nonsense),COUNT(DISTINCT 1)", take=1
    )
    least = min(row["simCardNumber"] for row in lists["QuerySimcard"])
    assert {"COUNT(*)": str(page["total"]), "min(SimCardNumber)": least} == page["meta"]


@pytest.mark.parametrize(("name", "field"), [(name, each.wire) for name, each in FIELDS])
def test_include_spells_values_as_the_records_do(name: str, field: str, seeded: Any) -> None:
    stn, lists = seeded
    terms = [f"{function}({field})" for function in ("COUNT", "MIN", "MAX", "SUM", "AVG")]
    month = {"yearMonth": lists[name][0]["yearMonth"]} if name == "QueryCdr" else {}
    meta = stn.envelope(name, include=",".join(terms), take=0, **month)["meta"]
    values = sorted((row[field] for row in lists[name] if field in row), key=sortable)
    spelled = [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
    if isinstance(values[0], int | float) and not isinstance(values[0], bool):
        [total, average] = [float(meta.pop(term)) for term in terms[3:]]
        assert (sum(values), sum(values) / len(values)) == (pytest.approx(total), pytest.approx(average))
    assert {terms[0]: str(len(values)), terms[1]: spelled[0], terms[2]: spelled[-1]} == meta


def test_include_has_no_value_of_nothing(seeded: Any) -> None:
    stn, _ = seeded
    terms = "COUNT(id),MIN(activationDate),MAX(isEsim),SUM(phoneNumber)"
    assert {"COUNT(id)": "0"} == stn.envelope("QuerySubscription", id="nobody", include=terms)["meta"]
    usage = stn.envelope("QueryUsageSubscription", id="nobody", include="SUM(usageHomeData),AVG(usageHomeData)")
    assert {} == usage["meta"]


@pytest.mark.parametrize("name", RECORDS)
def test_include_sums_up_numbers_only(name: str, seeded: Any) -> None:
    stn, _ = seeded
    others = [each.wire for each in RECORDS[name].fields if each.kind != "number"]
    include = ",".join(f"{function}({field})" for field in others for function in ("SUM", "AVG"))
    month = {"yearMonth": "2025_01"} if name == "QueryCdr" else {}
    assert {} == stn.envelope(name, include=include, take=0, **month)["meta"]


def test_what_names_no_field_is_ignored_and_what_is_unknown_matches_nothing(seeded: Any) -> None:
    stn, lists = seeded
    total = len(lists["QuerySubscription"])
    for ignored in (
        "nonsense=1",
        "DataUsageGreaterThan=5",
        "stateLike=A",
        "stateSmallerThan=A",
        "state=",
        "=",
        "skip=",
    ):
        assert total == stn.envelope("QuerySubscription", ignored)["total"], ignored
    for empty in ("state=NONSENSE", "id=nobody", "phoneNumber=0201234567", "phoneNumber=%00", "state=%F0%9F%A4%B7"):
        assert {"offset": 0, "total": 0, "results": [], "meta": {}} == stn.envelope("QuerySubscription", empty), empty


def test_a_plain_number_has_its_dash_or_not_and_a_suffixed_one_has_it(seeded: Any) -> None:
    stn, _ = seeded
    for spelled in ("phoneNumber=06-12345678", "phoneNumber=0612345678", "PhoneNumberStartsWith=06-123"):
        assert ["SUB12345"] == [row["id"] for row in stn.query("QuerySubscription", spelled)]
    assert [] == stn.query("QuerySubscription", "phoneNumberContains=0612345678")


def test_days_from_and_to_are_both_inside(seeded: Any) -> None:
    stn, _ = seeded
    january = stn.query("QueryActivation", createdAtFrom="2025-01-30", createdAtTo="2025-01-31")
    assert ["###WaEac###McgYzl", "###gxhI5###Zvz9Js"] == [row["id"] for row in january]
    to = {"createdAtFrom": "2025-01-01", "createdAtTo": "2025-01-31T15:47:38.114+01:00"}
    assert ["###gxhI5###Zvz9Js"] == [row["id"] for row in stn.query("QueryActivation", **to)]
    cards = stn.query("QuerySimcard", activatedDateFrom="2024-10-21", activatedDateTo="2024-10-21")
    assert "89310836########76" in [row["simCardNumber"] for row in cards]


def test_a_free_card_has_four_fields(seeded: Any) -> None:
    stn, _ = seeded
    for row in stn.query("QuerySimcard", status="FREE"):
        assert ["id", "simCardNumber", "status", "simCardType"] == list(row)


@pytest.mark.parametrize(
    ("name", "params", "culprit"),
    [
        ("QuerySimcard", "take=-1", "take"),
        ("QuerySimcard", "take=one", "take"),
        ("QuerySimcard", "skip=1.5", "skip"),
        ("QuerySimcard", "skip=9223372036854775808", "skip"),
        ("QuerySimcard", "take=٣", "take"),
        ("QuerySimcard", "orderBy=nonsense", "orderBy"),
        ("QuerySimcard", "orderBydesc=id,nonsense", "orderByDesc"),
        ("QuerySubscription", "orderBy=services", "orderBy"),
        ("QuerySubscription", "services=voiceMail", "services"),
        ("QuerySubscription", "isEsim=maybe", "isEsim"),
        ("QuerySubscription", "isEsimGreaterThan=true", "isEsimGreaterThan"),
        ("QuerySubscription", "isEsimStartsWith=t", "isEsimStartsWith"),
        ("QuerySubscription", "activationDate=yesterday", "activationDate"),
        ("QuerySubscription", "activationDate=2025-02-30", "activationDate"),
        ("QuerySubscription", "activationDateBetween=2025-01-01", "activationDateBetween"),
        ("QuerySubscription", "ActivationDateBetween=2025-01-01,2025-01-02,2025-01-03", "ActivationDateBetween"),
        ("QueryActivation", "createdAtContains=2025", "createdAtContains"),
        ("QueryActivation", "createdAtGreaterThan=soon", "createdAtGreaterThan"),
        ("QueryActivation", "createdAtFrom=2025-13-01", "createdAtFrom"),
        ("QueryActivation", "createdAtTo=9999-12-31", "createdAtTo"),
        ("QueryActivation", "createdAtTo=", None),
        ("QueryCdr", "", "yearMonth"),
        ("QueryCdr", "yearMonth=", "yearMonth"),
        ("QueryCdr", "yearMonth=2025_01&volume=many", "volume"),
        ("QueryCdr", "yearMonth=2025_01&volume=9223372036854775808", "volume"),
        ("QueryCdr", "yearMonth=2025_01&amountLessThan=1e400", "amountLessThan"),
        ("QuerySimcard", "&".join(["id=1"] * 201), "id"),
        ("QuerySimcard", "idIn=" + ",".join("1" * 20_001), "idIn"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_cannot_be_read_is_refused_by_name(name: str, params: str, culprit: str | None, seeded: Any) -> None:
    stn, _ = seeded
    answer = stn.client.get(f"/api/{name}?{params}")
    if culprit is None:
        assert 200 == answer.status_code
    else:
        assert f"'{culprit}'" in refusal(answer, 400, "BadRequest")["message"]


@settings(max_examples=300)
@given(
    st.sampled_from(list(RECORDS.values())),
    st.lists(st.tuples(st.text(max_size=20) | st.sampled_from(PARAMETERS), st.text(max_size=20)), max_size=6),
)
def test_any_query_is_read_or_refused(record: Record, pairs: list[tuple[str, str]]) -> None:
    try:
        search = query.read(record, pairs)
    except BadParameter:
        return
    assert search.skip >= 0
    assert search.take >= -1
    assert "".join(search.conditions).count("?") == len(search.values)


filters = st.lists(
    st.sampled_from(
        [
            "state=ACTIVE", "stateIn=SUSPENDED,TERMINATED", "isEsim=true", "isDataSim=false", "phoneNumberEndsWith=5",
            "phoneNumberGreaterThan=06-80000100", "activationDateBetween=2023-06-01,2024-06-01", "idContains=a",
            "providerEnvironment=SP16002", "pukStartsWith=1", "simCardNumberLessThan=8931081000000001",
        ]
    ),
    max_size=4, unique=True,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(filters=filters, skip=st.integers(0, 20), take=st.integers(0, 20))
def test_joined_filters_list_what_each_alone_lists_in_common(
    filters: list[str], skip: int, take: int, seeded: Any
) -> None:
    stn, lists = seeded
    common = [row["id"] for row in lists["QuerySubscription"]]
    for each in filters:
        alone = {row["id"] for row in stn.query("QuerySubscription", f"{each}&fields=id")}
        common = [row for row in common if row in alone]
    joined = stn.envelope("QuerySubscription", "&".join([*filters, f"skip={skip}", f"take={take}", "fields=id"]))
    assert len(common) == joined["total"]
    assert common[skip : skip + take] == [row["id"] for row in joined["results"]]
