"""The coverage page: its rule, its totals, and that what lies in docs/ is what the contracts and routes say today."""

from pathlib import Path

import pytest

from carrierbox import contracts
from carrierbox.contracts import coverage

PAGE = Path(__file__).parents[2] / coverage.PAGE


@pytest.mark.parametrize(
    ("operation_id", "basis"),
    [
        ("wing-5.3.1", "mended"),
        ("wing-7.2", "assumed"),
        ("wgtwo-block", "documented"),
        ("dish-change-number", "assumed"),
        ("stn-querycdr", "documented"),
        ("stn-queryinvoice", "assumed"),
        ("stn-newsubscription", "assumed"),
    ],
    ids=["torn", "answer chosen", "shown", "address chosen", "shown in public", "page cut off", "answer composed"],
)
def test_basis(operation_id, basis):
    assert basis == coverage.basis(contracts.operation(operation_id))


def test_every_operation_has_one_row():
    rows = [line.split("|")[1].strip(" `") for line in coverage.render(set()).splitlines() if line.startswith("| `")]
    assert sorted(contracts.ids()) == sorted(rows)


def test_rows_follow_the_document():
    page = coverage.render(set())
    order = [page.index(f"| `wing-{section}` |") for section in ("4.36", "5.9", "5.10", "6.1.1", "15.2", "16")]
    assert sorted(order) == order


def test_a_row_says_what_the_contract_says():
    assert (
        "| `wing-5.7` | 5.7 | Update Billing State | `POST /api/{version}/sim/update_state` | document | mended | "
        in coverage.render(set())
    )


def test_implemented_operations_are_marked_and_counted():
    page = coverage.render({"stn-querycdr", "stn-queryinvoice"})
    assert ["yes", "yes"] == [line.split("|")[-2].strip() for line in page.splitlines() if line.endswith("| yes |")]
    assert "| sTN Partner API | 21 | 2 |" in page
    assert "| all | 234 | 2 |" in page


def test_the_page_is_up_to_date():
    from carrierbox.main import implemented_operations

    assert coverage.render(implemented_operations()) == PAGE.read_text(encoding="utf-8"), (
        f"{coverage.PAGE} is out of date: run python -m carrierbox.contracts.coverage"
    )
