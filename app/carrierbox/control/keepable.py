"""JSON that can be read, and neither kept nor shown: half of a surrogate pair, endless numbers, too deep a nest."""

import math
from typing import Any

#: Lists and objects within each other; what requests say is compared less deep than this.
DEEPEST = 100


def check(given: Any, where: str = "", depth: int = 0) -> None:
    """Let a value pass that can be written down.

    Raises: ValueError.
    """
    match given:
        case str():
            try:
                given.encode()
            except UnicodeEncodeError:
                raise ValueError(f"half of a surrogate pair is no text{where and f', in {where}'}") from None
        case float() if not math.isfinite(given):
            raise ValueError(f"NaN and numbers without end are no JSON{where and f', in {where}'}")
        case dict() | list() if depth == DEEPEST:
            raise ValueError(f"it is nested more than {DEEPEST} deep")
        case dict():
            for name, member in given.items():
                check(name, where)
                check(member, f"{where}.{name}".lstrip("."), depth + 1)
        case list():
            for number, member in enumerate(given):
                check(member, f"{where}.{number}".lstrip("."), depth + 1)
