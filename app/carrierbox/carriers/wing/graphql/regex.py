"""Regular expressions that take no longer on one text than on another.

Python's own `re` may need exponential time for what a client sends, which would hold up the whole box. Nobody asks here
which part of a text matched, so an automaton that goes through the text once will do. Of PostgreSQL's syntax it knows
all but back references, look-around and word boundaries.
"""

from functools import lru_cache

from carrierbox.carriers.wing.graphql.automaton import Automaton, State, Test
from carrierbox.carriers.wing.graphql.patterns import LONGEST_PATTERN

MOST_STATES = 1_000
MOST_REPEATS = 255
DEEPEST = 50


@lru_cache(maxsize=64)
def compiled(kind: str, pattern: str) -> Automaton:
    """A regular expression, minding case (``regex``) or not (``iregex``), or one of SQL's SIMILAR TO (``similar``).

    Raises: ValueError.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"it has more than {LONGEST_PATTERN} characters")
    return _Parser(pattern, is_similar=kind == "similar", minds_case=kind != "iregex").automaton()


def matches(kind: str, pattern: str, text: str | None) -> bool | None:
    """Whether a text matches; of nothing it is unknown."""
    return None if text is None else compiled(kind, pattern).matches(text)


_CLASSES: dict[str, Test] = {
    "d": str.isdigit,
    "w": lambda sign: sign.isalnum() or sign == "_",
    "s": str.isspace,
    "D": lambda sign: not sign.isdigit(),
    "W": lambda sign: not (sign.isalnum() or sign == "_"),
    "S": lambda sign: not sign.isspace(),
}
_NAMED: dict[str, Test] = {
    "alpha": str.isalpha,
    "digit": str.isdigit,
    "alnum": str.isalnum,
    "upper": str.isupper,
    "lower": str.islower,
    "space": str.isspace,
    "punct": lambda sign: sign.isprintable() and not sign.isalnum() and not sign.isspace(),
    "xdigit": lambda sign: sign in "0123456789abcdefABCDEF",
}
_QUANTIFIERS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}


class _Parser:
    """Reads an expression and builds its states on the way; a part is the pair of its first and last state."""

    def __init__(self, pattern: str, *, is_similar: bool, minds_case: bool) -> None:
        self._pattern = pattern
        self._at = 0
        self._depth = 0
        self._is_similar = is_similar
        self._minds_case = minds_case
        self._states: list[State] = []

    def automaton(self) -> Automaton:
        first, last = self._choice()
        if self._at < len(self._pattern):
            raise ValueError("parentheses () not balanced")
        return Automaton(self._states, first, last, whole=self._is_similar)

    def _state(self, test: Test | None = None, after: list[int] | None = None, only_at: str = "") -> int:
        if len(self._states) >= MOST_STATES:
            raise ValueError("it is too complex")
        self._states.append(State(test, after or [], only_at))
        return len(self._states) - 1

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _next(self) -> str:
        self._at += 1
        return self._pattern[self._at - 1 : self._at]

    def _choice(self) -> tuple[int, int]:
        parts = [self._sequence()]
        while self._peek() == "|":
            self._next()
            parts.append(self._sequence())
        if len(parts) == 1:
            return parts[0]
        last = self._state()
        for _, end in parts:
            self._states[end].after.append(last)
        return self._state(after=[first for first, _ in parts]), last

    def _sequence(self) -> tuple[int, int]:
        first = last = self._state()
        while self._peek() not in {"", "|", ")"}:
            begun = self._at
            start, end = self._atom()
            start, end = self._repeated(start, end, begun)
            self._states[last].after.append(start)
            last = end
        # a part's last state has nothing to test, so that what follows can be hung on to it
        return first, last

    def _atom(self) -> tuple[int, int]:
        if self._is_quantifier():
            raise ValueError("quantifier operand invalid")
        sign = self._next()
        if sign == "(":
            return self._group()
        if not self._is_similar and sign in "^$":
            only = self._state(only_at=sign)
            last = self._state()
            self._states[only].after.append(last)
            return only, last
        last = self._state()
        return self._state(self._test(sign), [last]), last

    def _group(self) -> tuple[int, int]:
        if self._peek() == "?":
            self._next()
            if self._next() != ":":
                raise ValueError("look-around and options in the pattern are not supported")
        self._depth += 1
        if self._depth > DEEPEST:
            raise ValueError("it is too complex")
        part = self._choice()
        self._depth -= 1
        if self._next() != ")":
            raise ValueError("parentheses () not balanced")
        return part

    def _test(self, sign: str) -> Test:
        if sign == "[":
            return self._bracket()
        if sign == "\\":
            return self._escape()
        if sign in ("%_" if self._is_similar else "."):
            return lambda _: True
        return self._is(sign)

    def _is(self, sign: str) -> Test:
        if self._minds_case:
            return lambda other: other == sign
        low = sign.lower()
        return lambda other: other.lower() == low

    def _escape(self) -> Test:
        sign = self._next()
        if not sign:
            raise ValueError("invalid escape \\ sequence")
        if self._is_similar or not sign.isalnum():
            return self._is(sign)
        if sign in _CLASSES:
            return _CLASSES[sign]
        if sign in _ESCAPES:
            return self._is(_ESCAPES[sign])
        raise ValueError("back references and word boundaries are not supported")

    def _bracket(self) -> Test:
        """What stands in ``[...]``."""
        is_negated = self._peek() == "^"
        if is_negated:
            self._next()
        tests: list[Test] = []
        while True:
            sign = self._next()
            if not sign:
                raise ValueError("brackets [] not balanced")
            if sign == "]" and tests:
                break
            tests.append(self._member(sign))
        if is_negated:
            return lambda sign: not any(test(sign) for test in tests)
        return lambda sign: any(test(sign) for test in tests)

    def _member(self, sign: str) -> Test:
        if sign == "[" and self._peek() == ":":
            name, end, _ = self._pattern[self._at + 1 :].partition(":]")
            if not end or name not in _NAMED:
                raise ValueError("invalid character class")
            self._at += len(name) + 3
            return _NAMED[name]
        if sign == "\\" and not self._is_similar:
            escaped = self._next()
            if escaped in _CLASSES:
                return _CLASSES[escaped]
            sign = _ESCAPES.get(escaped, escaped)
        if self._peek() != "-" or self._pattern[self._at + 1 : self._at + 2] in {"", "]"}:
            return self._is(sign)
        self._next()
        last = self._next()
        if last == "\\" and not self._is_similar:
            last = self._next()
        if last < sign:
            raise ValueError("invalid character range")
        if self._minds_case:
            return lambda other: sign <= other <= last
        return lambda other: sign <= other.lower() <= last or sign <= other.upper() <= last

    def _repeated(self, first: int, last: int, begun: int) -> tuple[int, int]:
        """A part as often as the quantifier behind it says."""
        least, most = self._quantifier(begun)
        if (least, most) == (1, 1):
            return first, last
        end = self._at
        part = self._often(first, last, begun, least, most)
        self._at = end
        if self._is_quantifier():
            raise ValueError("quantifier operand invalid")
        return part

    def _quantifier(self, begun: int) -> tuple[int, int | None]:
        """How often the part that began there is wanted, at least and at most."""
        if self._is_similar and self._pattern[begun] == "%":
            return 0, None
        if not self._is_quantifier():
            return 1, 1
        bounds = self._bounds() if self._peek() == "{" else _QUANTIFIERS[self._next()]
        if self._peek() == "?" and not self._is_similar:
            self._next()  # as little as will do: the same texts match
        return bounds

    def _is_quantifier(self) -> bool:
        sign = self._peek()
        return sign != "" and (sign in "*+?" or (sign == "{" and self._pattern[self._at + 1 : self._at + 2].isdigit()))

    def _bounds(self) -> tuple[int, int | None]:
        inside, end, _ = self._pattern[self._at + 1 :].partition("}")
        least, comma, most = inside.partition(",")
        if (
            not end
            or not (least.isascii() and least.isdigit())
            or not (most == "" or (most.isascii() and most.isdigit()))
        ):
            raise ValueError("invalid repetition count(s)")
        self._at += len(inside) + 2
        low = int(least[:6])
        high = (int(most[:6]) if most else None) if comma else low
        if low > MOST_REPEATS or (high is not None and not low <= high <= MOST_REPEATS):
            raise ValueError("invalid repetition count(s)")
        return low, high

    def _often(self, first: int, last: int, begun: int, least: int, most: int | None) -> tuple[int, int]:
        """Copies of a part one after the other; further copies are read from the pattern again."""
        copies = [(first, last)]
        copies += [self._again(begun) for _ in range((least if most is None else most) - 1)]
        out = self._state()
        start = self._state(after=[copies[0][0]])
        if least == 0:
            self._states[start].after.append(out)
        for number, (_, end) in enumerate(copies, 1):
            if number < len(copies):
                self._states[end].after.append(copies[number][0])
            if number >= max(least, 1):
                self._states[end].after.append(out)
        if most is None:
            self._states[copies[-1][1]].after.append(copies[-1][0])
        return start, out

    def _again(self, begun: int) -> tuple[int, int]:
        here, self._at = self._at, begun
        part = self._atom()
        self._at = here
        return part
