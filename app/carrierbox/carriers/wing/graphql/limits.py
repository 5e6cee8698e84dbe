"""How much one query may ask for. Hasura has no such limits of its own; a box that many share needs them."""

LONGEST = 100_000  # characters of a query's text
MOST_TOKENS = 20_000
DEEPEST = 20  # fields within fields, in a selection
MOST_FIELDS = 2_000  # fields that are selected, fragments counted wherever they are spread
MOST_ROOTS = 100
DEEPEST_VALUE = 40  # objects and lists within each other, in an argument; SQLite reads hardly deeper conditions
MOST_CONDITIONS = 400  # columns and relations in all of a root field's conditions
MOST_TERMS = 100  # that a list is ordered by
MOST_ROWS = 20_000  # of a root field
MOST_BYTES = 32 * 1024 * 1024  # of an answer
#: Lists of the schema's own description within each other: its size multiplies with each.
DEEPEST_LISTS = 2
#: How long a query's statements may take in all; looked at after so many instructions of SQLite's machine.
MOST_SECONDS = 30
STEPS_AT_A_TIME = 20_000
