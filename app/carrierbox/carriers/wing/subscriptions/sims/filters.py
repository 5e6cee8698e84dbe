"""5.3: ``<parameter>.<operator>=<value>`` over SIMs.

A misspelt parameter or operator is refused, not ignored: a typing error must not hand back every SIM.
Source: WING guide 5.3, its table of 57 parameters; contract `wing-subscription.yaml`, key `filters`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from carrierbox.carriers.wing import criteria
from carrierbox.carriers.wing.criteria import LARGEST_PAGE, LISTS, OPERATORS
from carrierbox.carriers.wing.errors import BadParameter
from carrierbox.carriers.wing.subscriptions.record import FIELDS, Field

__all__ = ["OPERATORS", "PARAMETERS", "PROSE_STATES", "Search", "read"]

PARAMETERS: dict[str, Field] = {field.wire: field for field in FIELDS if field.filter}

#: Spellings of the running text that the wire never shows; taken as what they mean.
PROSE_STATES = {"ACTIVATED": "ACTIVE", "TRAIL": "TRIAL", "CONDITIONAL-SUSPENDED": "CONDITIONAL-SUSPEND"}


@dataclass(frozen=True, slots=True)
class Search:
    """What a list request asks for."""

    conditions: tuple[str, ...]
    values: tuple[Any, ...]
    names: tuple[str, ...]  # the filters, as ``parameter.operator``
    paged: bool
    limit: int
    offset: int


def read(query: Sequence[tuple[str, str]]) -> Search:
    """Read a query string's pairs; those without a dot that are not ``page`` or ``size`` are ignored.

    Raises: BadParameter, which names the parameter.
    """
    page, size, paged = 1, LARGEST_PAGE, False
    for name, value in query:
        if name == "page":
            page, paged = max(1, criteria.page(value)), True
        elif name == "size":
            size, paged = criteria.size(value), True
    conditions, values, names = [], [], []
    for name, given in criteria.collect(query):
        condition, bound = _criterion(name, given)
        conditions.append(condition)
        values += bound
        names.append(name)
    return Search(tuple(conditions), tuple(values), tuple(names), paged, size, (page - 1) * size)


def _criterion(name: str, given: list[str]) -> tuple[str, list[Any]]:
    parameter, _, operator = name.partition(".")
    field = PARAMETERS.get(parameter)
    if field is None:
        raise BadParameter(name=name, problem=f"there is no filter '{parameter}'")
    if parameter == "stateName" and operator in LISTS:  # a piece of a name is what it is
        given = [PROSE_STATES.get(spelled, spelled) for spelled in given]
    return criteria.condition(name, field, operator, given)
