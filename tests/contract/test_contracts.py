"""The contract files and their loader: every operation can be read, and says what its format promises."""

import re
import subprocess
import sys

import pytest

from carrierbox import contracts


def test_operations_are_those_of_all_files():
    assert {"wing": 168, "wgtwo": 25, "dish": 20, "stn": 21} == {
        system: len(contracts.operations(system)) for system in ("wing", "wgtwo", "dish", "stn")
    }


def test_no_id_stands_twice():
    written = [facts["id"] for name in contracts.DOCUMENTS for facts in contracts.document(name)["operations"]]
    assert len(written) == len(contracts.ids())


def test_a_scope_narrows():
    assert {"stn-setservicessubscription"} == {operation.id for operation in contracts.operations("stn", "seed")}


def test_an_operation_is_found_by_its_id():
    operation = contracts.operation("wing-5.7")
    assert ("POST", "/api/{version}/sim/update_state") == (operation.method, operation.path)
    assert operation.request
    assert "ACTIVE" == operation.request.example["newState"]
    assert 202 == operation.success.status


def test_an_unknown_id_is_named_in_the_refusal():
    with pytest.raises(contracts.UnknownOperation, match=r"wing-99\.9"):
        contracts.operation("wing-99.9")


def test_the_keys_beside_the_operations_are_in_the_document():
    assert contracts.document("wgtwo")["lifecycle"]


def test_an_unknown_document_is_refused():
    with pytest.raises(contracts.UnknownDocument, match="wing-accounts"):
        contracts.document("../pyproject")


def test_only_the_notification_goes_out():
    assert ["dish-notification"] == [operation.id for operation in contracts.operations() if operation.is_outgoing]


@pytest.mark.parametrize("operation", contracts.operations(), ids=lambda operation: operation.id)
def test_an_operation_keeps_to_the_format(operation):
    assert operation.id.startswith(f"{operation.system}-")
    assert operation.scope in {"seed", "beyond"}
    assert operation.method in {"GET", "POST", "PUT", "PATCH", "DELETE"}
    assert operation.auth in {"bearer", "basic", "form", "none", "unstated"}
    assert set(operation.headers.values()) <= {"required", "optional"}
    assert all(re.match(r"(GET|POST|PUT|PATCH|DELETE) /", spelling) for spelling in operation.also)
    assert operation.success.status in {200, 201, 202, 204}
    # WING's {version} stands in every path and is listed where a section says more about it.
    named = {parameter["name"] for parameter in operation.path_params} | {"version", "callbackUrl"}
    assert set(re.findall(r"{(\w+)}", operation.path)) <= named


def test_a_box_starts_without_reading_contracts():
    started = "import carrierbox.main, sys; print('carrierbox.contracts' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", started], capture_output=True, text=True, check=True)
    assert "False\n" == run.stdout
