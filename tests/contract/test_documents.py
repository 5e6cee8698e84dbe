"""Every operation that the box claims to have, asked as its document asks and compared with what it prints."""

import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from carrierbox import contracts
from carrierbox.contracts import Operation
from carrierbox.main import implemented_operations, sections, vendor_routes

IMPLEMENTED = [operation for operation in contracts.operations() if operation.id in implemented_operations()]


def graphql(operation_id: str, **placeholders: str) -> str:
    """A printed query with values in the places of its placeholders; 5.21 sends it in the address."""
    operation = contracts.operation(operation_id)
    text = operation.request.example["query"] if operation.request else operation.query[0]["example"]
    for name, value in placeholders.items():
        text = text.replace(f"{{{name}}}", value)
    return str(text)


#: Where the printed values cannot be sent as they stand: what is sent instead.
PATH_VALUES: Mapping[str, Mapping[str, Any]] = {
    "wing-2": {"realmId": "wdh-sitstg2"},
    "wing-5.24": {"days": 36_500},  # its row is of 2023
    "wgtwo-get-subscription-imsi": {"imsi": "242016000015721"},  # the printed one is not of the printed answer
}
#: What has to be done first, each until nothing is pending: report 101 is off, and has no file, in the seeded world.
FIRST = {"wing-7.4": ("wing-7.2", "wing-7.5"), "wing-7.5": ("wing-7.2",)}
#: Whose report the printed one is.
CONTEXTS = dict.fromkeys(("wing-7.1", "wing-7.2", "wing-7.3", "wing-7.4", "wing-7.5"), "3438")
#: Queries whose names in the contract stand for a whole table of parameters.
QUERIES: Mapping[str, Mapping[str, Any]] = {
    "wing-5.3.1": {"accountId.equals": 3439, "accountId.greaterThan": 3000, "accountId.lessThan": 4000},
    # 5.5's session stands on a SIM of its own
    "wing-5.21": {"query": graphql("wing-5.21", ID="801002", Account_ID="7420")},
    # the printed values are not those of the printed rows
    "stn-querysimcard": {"status": "ACTIVATED", "simCardType": "USIM"},
    "stn-queryactivation": {"createdAtFrom": "2025-01-01", "createdAtTo": "2025-01-31"},
    "stn-querysubscription": {"activationDate": "2025-01-31"},
    "dish-query-subscription": {"iccid": "11986621644523024501"},
    "dish-sim-details": {"iccid": "11986621644523024501", "gpsi": "19459986891"},
    "dish-sim-check": {"iccid": "11986621644523024502"},  # the printed one is in use
    "stn-querycdrmonth": {"orderBy": "providerGroup", "orderByDesc": "yearMonth"},
}
#: Printed bodies that are refused in the seeded world, as the document's rules want it: what of them is sent otherwise.
BODY_VALUES: Mapping[str, Mapping[str, Any]] = {
    # 1000457's user has another name in the v2 examples, which are the document's own
    f"wgtwo-v1-{name}": {"userid": "random-userid-123"}
    for name in ("activate", "block", "unblock", "terminate", "changesim", "disengagesim", "changemsisdn")
} | {
    # reading examples are seeded, so what creating ones name is taken
    "wing-3.3": {"username": "janedoe02", "email": "jane2@example.com"},
    "wing-3.18": {"username": "janedoe02", "email": "jane2@example.com"},
    "wing-3.13": {"name": "Fleet reader two"},
    "dish-activate-subscription": {"iccid": "11986621644523024502", "gpsi": "19459986899"},
    "dish-port-in-create": {"partnerTransactionId": "A1", "iccid": "11986621644523024502", "gpsi": "13035551111"},
    "dish-change-device": {"partnerTransactionId": "A1"},
    "dish-change-number": {"partnerTransactionId": "A1"},
    "dish-change-number-port-in": {"partnerTransactionId": "A1"},
    "wing-5.15.1": {"name": "Tag2"},
    "wing-5.16.1": {"name": "SC3"},
    # the SIM is one of account 3439, as 5.2 prints it
    "wing-5.20": {"accountId": 3439},
    "wing-12.1": {"imsi": "234500001312669"},  # the printed one is empty
    "wing-8.2.1": {"accountId": 1},
    "wing-8.5.1": {"accountId": 1},
    "wing-5.4.1": {"query": graphql("wing-5.4.1", IMSI="234500001089020")},
    # one SIM cannot have used two gigabytes and nothing, as 5.4.1 and 5.4.2 print: this one has used nothing
    "wing-5.4.2": {"query": graphql("wing-5.4.2", IMSI="234500001089438")},
    "wing-5.5": {"query": graphql("wing-5.5", ID="801002", Account_ID="7420")},
    # the printed card is in use; the printed answer is one to a request without services
    "stn-newsubscription": {"simCardNumber": "8931080000000000100", "services": None},
    # the printed number is another subscription's, and the printed answer one to a request with a date
    "stn-portingoutsubscription": {"phoneNumber": "06-######969", "wishDate": "2025-03-01T12:00:00+01:00"},
}
#: What a file is sent as that a document leaves to the client, and what order 5651 has of it at first.
FILE = ("SIM_BULK_CHANGE.csv", b"iccid,state\r\n8955644099890700001,ACTIVE\r\n", "text/csv")
#: Tenants that the examples of WING's chapter 8 are about.
TENANTS = {"8.1": "7", "8.2": "1", "8.3": "1", "8.4": "1", "8.5": "1"}
#: Order 5651 as 8.1.7 prints it; 8.1.3 to 8.1.5 print it as it was when it was new.
ORDER_5651 = {
    "orderOnholdDate": "2022-11-07T04:51:03.37Z",
    "orderApprovedDate": "2022-11-07T04:51:27.417Z",
    "orderApprovedComments": "TEST",
    "orderCompletedDate": "2022-11-07T10:02:38.287Z",
    "trackingDetails": "tracking info",
    "attachments": "/simorder/sim/SIM_BULK_CHANGE.csv_12251",
    "creationTimestamp": "2022-11-07T04:50:16.071Z",
}
#: Members of printed answers that only this run can know: times that the server stamps, numbers that it gives.
STAMPED: Mapping[str, set[str]] = {
    **{f"wing-8.{section}": {"modificationTimestamp"} for section in ("1.2", "1.3", "1.4", "2.2", "3.1", "4.2")},
    **{
        f"wing-8.{section}": {"id", "orderSubmittedDate", "creationTimestamp", "modificationTimestamp"}
        for section in ("1.1", "2.1", "3.2", "4.1", "5.1")
    },
    "wing-8.1.5": {"modificationTimestamp", "attachments"},
}
#: Printed answers that another printed answer contradicts: what is shown instead.
SHOWN: Mapping[str, Mapping[str, Any]] = {
    "wgtwo-v1-get-subscription": {
        "services": {
            "DATA": {"speed_bps": 256000},
            "ROAMING": {},
            "ROAMING_DATA": {},
            "VOICE_CALLWAITING": {"active": False},
            "PRODUCT_BUNDLING": {"products": ["some_product_id"]},
        },
    },
    "wing-5.20": {"accountId": 3439},  # as it was sent
    **dict.fromkeys(("wing-8.1.3", "wing-8.1.4", "wing-8.1.5"), ORDER_5651),
    "wing-8.2.1": {"accountId": 1},  # as it was sent
    "wing-8.5.1": {"accountId": 1},
    # the scalars at the head of the printed answer are lost
    "wing-5.5": {
        "data": {
            "simlcmanagement_subscription_identity": [
                {
                    "id": 801002,
                    "account_id": 7420,
                    "iccid": "8955644099890043709",
                    "imsi": "234500001043709",
                    "msisdn": "882362000763709",
                    **contracts.operation("wing-5.5").success.example["data"]["simlcmanagement_subscription_identity"][
                        0
                    ],
                }
            ]
        }
    },
    # 5.22 and 5.23 name groups of the account that 4.36 does not show
    "wing-4.36": {
        "data": {
            "accmgmt_tbl_groups": [
                {"name": "grptest12509", "account_master_id": 6501, "id": 5651},
                {"name": "Night shift", "account_master_id": 6501, "id": 18351},
                {"name": "Day shift", "account_master_id": 6501, "id": 18401},
            ]
        }
    },
}
#: Members of printed answers that their contract leaves out, with its reason under `open`.
LEFT_OUT: Mapping[str, set[str]] = {"stn-suspendsubscription": {"providerOrderNumber"}}
#: Whose contract says that the order of members means nothing.
UNORDERED = {"stn"}
#: Answers that name what only this run can know: compared by shape.
FRESH = {
    *("wing-2", "wing-3.3", "wing-3.8", "wing-3.13", "wing-3.18", "wing-3.20", "wing-5.7", "wing-5.8"),
    *("wing-5.9", "wing-5.10", "wing-5.11", "wing-5.12", "wing-5.14.1", "wing-5.14.2", "wing-5.22", "wing-16"),
    *("wing-5.18", "wing-7.2", "wing-7.5"),
    *("wing-4.2", "wing-4.3", "wing-4.4.1", "wing-4.4.2", "wing-4.8", "wing-4.10", "wing-4.13", "wing-4.16"),
    *("wing-4.19", "wing-4.23", "wing-4.25", "wing-4.32", "wing-4.33"),
    # when a tag or field was changed
    *("wing-5.15.1", "wing-5.15.2", "wing-5.16.1", "wing-5.16.2"),
    # 4376 has the fields that 4.6 shows, and keeps the extId of its address and contact
    *("wing-4.1", "wing-4.5.1", "wing-4.5.2"),
    "wing-3.5",  # it calls 4376 an ENTERPRISE, 4.1 and 4.6 say INDIVIDUAL
    # ids and times of their own
    *(f"wing-6.{family}.{call}" for family in range(1, 8) for call in (1, 2)),
    *("wing-11.2", "wing-12.1"),  # it prints another SIM's identities and its own time; a session
    "dish-port-in-eligibility",
    "wing-3.15",  # more services are permitted than the printed one
} | {operation.id for operation in IMPLEMENTED if operation.system in {"wgtwo", "stn"} and operation.method == "POST"}
#: Sections that are one call under two names, members in another order: which of them the box says it was.
SAME_CALL = {
    "wing-3.18": "wing-3.3",
    "wing-4.22": "wing-4.21",
    "wing-4.23": "wing-4.19",
    "wing-4.24": "wing-4.20",
    "wing-4.26": "wing-4.30",
    "wing-9.3": "wing-5.13",
}
#: The one of them whose answer it gets, where two answers are printed for it: 5.13 has the contract's choice.
ANSWERED_AS = {"wing-9.3": "wing-5.13"}
#: Objects whose members are anybody's.
FREE = {"custFields"}
#: Words and ids that go out as printed, without quotation marks.
BARE = set(contracts.document("wing-accounts")["bare_strings"]["bare"]) | {"wing-5.16.3", "wing-5.16.4"}
#: What files begin with whose content no document prints.
FILES = {"wing-7.4": b'"iccid","imsi","msisdn","ratePlan","zone","dataBytes"'}
#: Client id and secret, where a document sends them in HTTP Basic.
BASIC = {"wgtwo": ("sandbox-client", "sandbox-secret")}
#: What a call without credentials is told: content type, and members of the body.
UNAUTHORIZED: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "wing": ("application/problem+json", {"title": "Unauthorized", "status": 401, "detail": "Not Authenticated"}),
    "wgtwo": ("application/json", {"error": "invalid or missing credentials"}),
}


def ask(operation: Operation, world: Any, path: str | None = None, method: str | None = None) -> httpx.Response:
    """Send an operation's documented request."""
    values = {parameter["name"]: parameter.get("example") for parameter in operation.path_params}
    values |= PATH_VALUES.get(operation.id, {})
    query = QUERIES.get(operation.id) or {
        parameter["name"]: str(parameter["example"]).lower() if parameter["type"] == "boolean" else parameter["example"]
        for parameter in operation.query
        if "example" in parameter
    }
    body: dict[str, Any] = {}
    if operation.request is not None:
        kind = {"application/x-www-form-urlencoded": "data", "multipart/form-data": "files"}
        changes = BODY_VALUES.get(operation.id)
        example = operation.request.example
        if isinstance(example, str):  # 5.4.3's is no JSON, whatever its content type says
            body = {"content": example, "headers": {"Content-Type": operation.request.content_type}}
        else:
            body = {kind.get(operation.request.content_type, "json"): example | changes if changes else example}
        if "files" in body:
            body["files"] = dict.fromkeys(example, FILE)
    if "X-Tenant-Id" in operation.headers:
        body["headers"] = {"X-Tenant-Id": TENANTS[operation.section[:3]]}
    url = (path or operation.path).replace("{version}", "v1").format(**values)
    client = client_for(operation, world)
    if operation.id in CONTEXTS:
        client.headers["Account-Context-Id"] = CONTEXTS[operation.id]
    return client.request(method or operation.method, url, params=query or None, **body)


def success(operation: Operation) -> contracts.Response:
    """The documented answer when all goes well."""
    return contracts.operation(ANSWERED_AS.get(operation.id, operation.id)).success


def client_for(operation: Operation, world: Any) -> httpx.Client:
    """A client with the credentials that an operation asks for first."""
    match operation.auth:
        case "bearer":
            client = getattr(world, operation.system)
        case "unstated" if operation.system == "dish":
            client = world.dish
        case "unstated" if "stn-api-key" in operation.headers:
            client = world.stn
        case "basic":
            client = world.client(auth=BASIC[operation.system])
        case _:
            client = world.client()
    assert isinstance(client, httpx.Client)
    return client


def shape(value: Any) -> Any:
    """What a JSON value is made of: its members in order and their kinds; null goes with anything."""
    match value:
        case dict():
            return {name: shape(member) for name, member in value.items()}
        case list():
            return [shape(value[0])] if value else []
        case bool() | None | str():
            return type(value).__name__
        case _:
            return "number"


def fits(documented: Any, answered: Any) -> bool:
    """Whether an answer has the documented shape, members in the documented order."""
    match documented, answered:
        case dict(), dict():
            return list(documented) == list(answered) and all(
                name in FREE or fits(documented[name], answered[name]) for name in documented
            )
        case list(), list() if len(documented) == len(answered):
            return all(map(fits, documented, answered))
        case list(), list():
            return not documented or not answered or all(fits(documented[0], member) for member in answered)
        case (None, _) | (_, None):
            return True
        case _:
            return shape(documented) == shape(answered)


def without(value: Any, names: set[str]) -> Any:
    """An object, or objects in a list, without some of its members."""
    if isinstance(value, list):
        return [without(member, names) for member in value]
    return {name: member for name, member in value.items() if name not in names}


def by_name(value: Any) -> Any:
    """A JSON value with its members in the order of their names."""
    match value:
        case dict():
            return {name: by_name(value[name]) for name in sorted(value)}
        case list():
            return [by_name(member) for member in value]
        case _:
            return value


def includes(documented: Any, answered: Any) -> bool:
    """Whether an answer has all that is documented; it may have more members, and rows where none are printed."""
    match documented, answered:
        case dict(), dict():
            return all(name in answered and includes(documented[name], answered[name]) for name in documented)
        case list(), list():
            return not documented or (len(documented) == len(answered) and all(map(includes, documented, answered)))
        case _:
            return bool(documented == answered)


ANSWERED = [operation for operation in IMPLEMENTED if not operation.is_outgoing]


@pytest.mark.parametrize("operation", ANSWERED, ids=lambda operation: operation.id)
def test_answers_the_documented_request_as_documented(operation: Operation, world: Any) -> None:
    for earlier in FIRST.get(operation.id, ()):
        ask(contracts.operation(earlier), world)
        world.advance(until="idle")
    answer = ask(operation, world)
    expected = success(operation)
    assert expected.status == answer.status_code, answer.text
    assert (expected.content_type or "").split(";")[0] == answer.headers.get("content-type", "").split(";")[0]
    said = operation.raw.get("alias_of") or SAME_CALL.get(operation.id, operation.id)
    assert said == answer.headers["x-carrierbox-operation"]
    if expected.status == 204 or (operation.system == "wing" and expected.example is None):
        assert b"" == answer.content
        return
    if operation.id in FILES:
        assert answer.content.startswith(FILES[operation.id])
        return
    if expected.content_type == "text/plain" or operation.id in BARE:
        assert operation.id in FRESH or expected.example == answer.text
        assert not answer.text.endswith("\n")
        return
    if expected.content_type == "text/csv":
        assert answer.text.splitlines()[0] == "iccid,apnGroup,ratePlan"
        return
    content = answer.json()
    example = expected.example | SHOWN[operation.id] if operation.id in SHOWN else expected.example
    if operation.system in UNORDERED or operation.id in SAME_CALL:
        example, content = by_name(example), by_name(content)
    if left_out := LEFT_OUT.get(operation.id):
        example = {name: value for name, value in example.items() if name not in left_out}
    if isinstance(example, dict) and {"total", "results"} <= example.keys():
        # an envelope around rows: the printed ones are there, perhaps with members that print leaves out
        assert list(example) == list(content)
        assert content["total"] == len(content["results"])
        rows = content["results"]
        assert [row for row in example["results"] if not any(includes(row, shown) for shown in rows)] == []
        return
    assert fits(example, content), (shape(example), shape(content))
    if operation.id in FRESH:
        return
    if stamped := STAMPED.get(operation.id):
        example, content = without(example, stamped), without(content, stamped)
    if isinstance(example, list):
        # what the document shows is there; a seeded world has more beside it
        assert [row for row in example if row not in content] == []
    else:
        assert example == content


#: What the box sends to clients, and the operation that makes it do so.
SENT = {operation.id: operation for operation in IMPLEMENTED if operation.is_outgoing}
SENT_AFTER = {"dish-notification": "dish-activate-subscription"}


@pytest.mark.parametrize("operation", SENT.values(), ids=SENT)
def test_sends_what_is_documented(operation: Operation, world: Any) -> None:
    assert operation.request is not None
    asked = contracts.operation(SENT_AFTER[operation.id])
    assert asked.success.status == ask(asked, world).status_code
    world.advance(until="idle")
    [sent] = world.control.get(f"/_box/worlds/{world.name}/callbacks").json()
    assert (operation.id, "delivered") == (sent["operation"], sent["state"])
    example = operation.request.example
    assert fits(example, sent["body"]), (shape(example), shape(sent["body"]))
    same = {*example} - {"eventId", "eventTime", "gpsi", "iccid"}
    assert {name: example[name] for name in same} == {name: sent["body"][name] for name in same}


OTHER_SPELLINGS = [(operation, spelling) for operation in IMPLEMENTED for spelling in operation.also]


@pytest.mark.parametrize(("operation", "spelling"), OTHER_SPELLINGS, ids=lambda value: getattr(value, "id", value))
def test_answers_the_documents_other_spellings_too(operation: Operation, spelling: str, world: Any) -> None:
    method, _, path = spelling.partition(" ")
    assert success(operation).status == ask(operation, world, path, method).status_code


BEARER = [operation for operation in IMPLEMENTED if operation.auth == "bearer"]


@pytest.mark.parametrize("operation", BEARER, ids=lambda operation: operation.id)
def test_without_a_token_answers_the_documented_401(operation: Operation, world: Any) -> None:
    getattr(world, operation.system).headers.pop("Authorization")
    answer = ask(operation, world)
    content_type, members = UNAUTHORIZED[operation.system]
    assert 401 == answer.status_code
    assert content_type == answer.headers["content-type"]
    assert "Bearer" == answer.headers["www-authenticate"]
    assert members.items() <= answer.json().items()


def test_each_route_stands_for_documented_operations_at_a_documented_path() -> None:
    for route in vendor_routes():
        for section in sections(route):
            if section.startswith("keycloak-"):
                continue
            operation = contracts.operation(section)
            spellings = {f"{operation.method} {operation.path}", *operation.also}
            documented = {_anonymous(spelling).partition("?")[0] for spelling in spellings}
            assert {f"{method} {_anonymous(route.path)}" for method in route.methods or ()} <= documented


def _anonymous(path: str) -> str:
    """A path whose variables have no names: documents call one thing by several."""
    return re.sub(r"\{[^}]*\}", "{}", path)
