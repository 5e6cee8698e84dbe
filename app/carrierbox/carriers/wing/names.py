"""Names that are given once among those of an owner: a realm, a tenant or an account."""

from carrierbox.carriers.wing.errors import BadField
from carrierbox.kernel.world import Box


def check_free(box: Box, table: str, name: str, own: int | str | None = None, **owner: int | str) -> None:
    """Let a name pass that nothing of its owner's has in that table, but for what *own* is the id of.

    *owner* is a column and its value.
    Raises: BadField.
    """
    [(column, value)] = owner.items()
    taken = box.sql(
        f"SELECT 1 FROM {table} WHERE {column} = :owner AND name = :name AND id IS NOT :own",
        owner=value,
        name=name,
        own=own,
    ).fetchone()
    if taken:
        raise BadField(field="name", problem="is taken already")
