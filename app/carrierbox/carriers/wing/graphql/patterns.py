"""LIKE's patterns as SQLite wants them."""

from carrierbox.carriers.wing.graphql.errors import Faulty, too_much

LONGEST_PATTERN = 1_000


def like(pattern: str, path: str) -> str:
    """A pattern for SQLite's LIKE, a backslash being its escape character.

    Raises: Faulty.
    """
    _pieces(pattern, path)
    return pattern


def glob(pattern: str, path: str) -> str:
    """A LIKE pattern as one for GLOB, which minds upper and lower case.

    Raises: Faulty.
    """
    signs = {"%": "*", "_": "?"}
    return "".join(
        signs[sign] if is_sign else f"[{sign}]" if sign in "*?[" else sign for sign, is_sign in _pieces(pattern, path)
    )


def _pieces(pattern: str, path: str) -> list[tuple[str, bool]]:
    """The characters of a LIKE pattern, and whether each is a sign."""
    if len(pattern) > LONGEST_PATTERN:
        raise too_much(path, f"a pattern has at most {LONGEST_PATTERN} characters here")
    pieces = []
    signs = iter(pattern)
    for sign in signs:
        if sign != "\\":
            pieces.append((sign, sign in "%_"))
        elif (escaped := next(signs, None)) is None:
            raise Faulty("$", "LIKE pattern must not end with escape character", "data-exception")
        else:
            pieces.append((escaped, False))
    return pieces
