"""What a test expects of a journal: which requests there were, how often, and in which order.

Pure: entries and expectations in, differences out. An entry is read no further than an expectation asks.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from carrierbox.control import entries
from carrierbox.control.schemas import Expectation, Expectations
from carrierbox.kernel import clock, redaction
from carrierbox.kernel.faults import path_fits
from carrierbox.kernel.journal import Entry

#: How many near misses, or entries too many, are told of one expectation.
MOST_TOLD = 5


def least(expectation: Expectation) -> int:
    """How often something is to be there at least."""
    if expectation.times is not None:
        return expectation.times
    if expectation.at_least is not None:
        return expectation.at_least
    return 0 if expectation.at_most is not None else 1


def most(expectation: Expectation) -> int | None:
    """How often something is to be there at most."""
    return expectation.times if expectation.times is not None else expectation.at_most


def in_words(expectation: Expectation) -> str:
    """How often something is to be there."""
    low, high = least(expectation), most(expectation)
    if high is None:
        return f"at least {low}"
    if low == high:
        return f"exactly {low}"
    return f"between {low} and {high}" if low else f"at most {high}"


def conditions(expectation: Expectation) -> dict[str, Any]:
    """What an entry has to be like, by name."""
    named = {"operation": expectation.operation} if expectation.operation is not None else {}
    return named | {name: getattr(expectation.where, name) for name in expectation.where.model_fields_set}


class Seen:
    """An entry, decoded as far as anybody asks."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    @cached_property
    def query(self) -> dict[str, str]:
        """The parameters in the address."""
        return dict(parse_qsl(entries.query(self.entry), keep_blank_values=True))

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """The request's headers."""
        return redaction.joined(self.entry.asked_headers)

    @cached_property
    def body(self) -> Any:
        """The request's body; a form as its fields."""
        media_type = self.headers.get("content-type", "")
        read = redaction.body(self.entry.asked, media_type)
        is_form = isinstance(read, str) and media_type.startswith(redaction.FORM)
        return dict(parse_qsl(read, keep_blank_values=True)) if is_form else read

    @cached_property
    def response(self) -> Any:
        """The answer's body."""
        headers = redaction.joined(self.entry.answer_headers)
        return redaction.body(self.entry.answer, headers.get("content-type", ""))

    def misfit(self, name: str, wanted: Any) -> str | None:
        """Why it does not fit one condition; None where it does."""
        match name:
            case "query" | "body" | "response":
                return misfit(wanted, getattr(self, name), name)
            case "headers":
                return misfit({header.lower(): value for header, value in wanted.items()}, self.headers, name)
            case "iccid":
                about = self.entry.iccids or ()
                return None if wanted in about else f"it is about {', '.join(about) or 'no SIM'}, not {wanted}"
            case "path":
                fits = path_fits(wanted, self.entry.path)
            case "status":
                fits = entries.has_status(self.entry.status, str(wanted))
            case "method":
                fits = self.entry.method == wanted.upper()
            case "fault" if wanted == "*":
                fits = self.entry.fault is not None
            case _:
                fits = getattr(self.entry, name) == wanted
        return None if fits else f"{name} is {getattr(self.entry, name)}, not {wanted}"

    def misfits(self, conditions: Mapping[str, Any]) -> list[str]:
        """Why it does not fit, one reason a condition."""
        reasons = (self.misfit(name, wanted) for name, wanted in conditions.items())
        return [reason for reason in reasons if reason is not None]

    def told(self) -> dict[str, Any]:
        """Which entry it is, at a glance."""
        entry = self.entry
        return {
            "id": str(entry.number),
            "at": clock.text(entry.moment),
            "method": entry.method,
            "path": entry.path,
            "operation": entry.operation,
            "status": entry.status,
        }


def misfit(wanted: Any, given: Any, where: str) -> str | None:
    """How what was given lacks what is wanted of it; of an object some members will do, all else is to be the same."""
    if isinstance(wanted, Mapping) and isinstance(given, Mapping):
        for name, part in wanted.items():
            if name not in given:
                return f"{where}.{name} is not there"
            if reason := misfit(part, given[name], f"{where}.{name}"):
                return reason
        return None
    if isinstance(wanted, list) and isinstance(given, list) and len(wanted) == len(given):
        reasons = (misfit(*pair, f"{where}.{i}") for i, pair in enumerate(zip(wanted, given, strict=True)))
        return next((reason for reason in reasons if reason), None)
    is_same = wanted == given and isinstance(wanted, bool) == isinstance(given, bool)
    return None if is_same else f"{where} is {_short(given)}, not {_short(wanted)}"


def _short(value: Any) -> str:
    spelled = repr(value)
    return spelled if len(spelled) <= 200 else f"{spelled[:200]}..."


def differences(oldest_first: Sequence[Seen], wanted: Expectations) -> list[dict[str, Any]]:
    """What of the expectations does not hold."""
    fitting = [_fitting(oldest_first, each) for each in wanted.expect]
    found = [
        _difference(i, each, oldest_first, fitting[i])
        for i, each in enumerate(wanted.expect)
        if not least(each) <= len(fitting[i]) <= (len(oldest_first) if (high := most(each)) is None else high)
    ]
    return found or ([*_disorder(oldest_first, wanted.expect, fitting)] if wanted.in_order else [])


def _fitting(oldest_first: Sequence[Seen], expectation: Expectation) -> list[int]:
    """Where the entries stand that count."""
    asked = conditions(expectation)
    return [i for i, seen in enumerate(oldest_first) if not seen.misfits(asked)]


def _difference(i: int, expectation: Expectation, oldest_first: Sequence[Seen], fits: Sequence[int]) -> dict[str, Any]:
    told = {**_asked(i, expectation), "wanted": in_words(expectation), "found": len(fits)}
    if len(fits) < least(expectation):
        return told | {"near_misses": _near_misses(conditions(expectation), oldest_first)}
    return told | {"entries": _told(oldest_first, fits)}


def _near_misses(asked: Mapping[str, Any], oldest_first: Sequence[Seen]) -> list[dict[str, Any]]:
    """The entries that fit all conditions but the fewest, latest first; none that fit no condition at all."""
    misses = [(seen.misfits(asked), seen) for seen in reversed(oldest_first)]
    near = sorted((miss for miss in misses if 0 < len(miss[0]) < len(asked)), key=lambda miss: len(miss[0]))
    return [{**seen.told(), "why": why} for why, seen in near[:MOST_TOLD]]


def _disorder(
    oldest_first: Sequence[Seen], expectations: Sequence[Expectation], fitting: Sequence[Sequence[int]]
) -> Iterator[dict[str, Any]]:
    """The first expectation that is met, but not behind those before it."""
    last = -1
    for i, (expectation, fits) in enumerate(zip(expectations, fitting, strict=True)):
        for _ in range(least(expectation)):
            behind = next((at for at in fits if at > last), None)
            if behind is None:
                after = oldest_first[last].told() if last >= 0 else None
                yield {
                    **_asked(i, expectation),
                    "wanted": "in order",
                    "after": after,
                    "entries": _told(oldest_first, fits),
                }
                return
            last = behind


def _asked(i: int, expectation: Expectation) -> dict[str, Any]:
    return {"index": i, "expect": expectation.model_dump(exclude_unset=True)}


def _told(oldest_first: Sequence[Seen], fits: Sequence[int]) -> list[dict[str, Any]]:
    return [oldest_first[at].told() for at in fits[:MOST_TOLD]]
