"""What a call can see: the account in Account-Context-Id and those below it, within what its user may see.

Source: contract `wing-accounts.yaml`, `headers.Account-Context-Id`; 5.1.1's example, which spans two accounts.
"""

from dataclasses import dataclass

from carrierbox.carriers.wing import errors
from carrierbox.kernel.worlds import Box
from carrierbox.keycloak import Caller


@dataclass(frozen=True, slots=True)
class Reach:
    """A part of the account tree, as a condition on SIM rows."""

    account_id: int | None  # where one account is needed; None for ``*`` of a user of the whole realm
    condition: str  # over the columns realm, tenant_id and account_id of table alias s


@dataclass(frozen=True, slots=True)
class _Node:
    tenant_id: str
    realm: str
    parent: int | None


def of(box: Box, user: Caller, context: str | None) -> Reach:
    """The reach of a call by *user* with this account context.

    Raises: NoAccountContext, BadAccountContext, AccountOutOfReach.
    """
    return box.world.memo(
        ("wing.reach", user.realm, user.account_id, context), lambda: _of(box, user.realm, user.account_id, context)
    )


def _of(box: Box, realm: str, top: int | None, context: str | None) -> Reach:
    if context is None:
        raise errors.NoAccountContext
    tree = _tree(box)
    if context == "*":
        return _reach(tree, realm, top)
    if not (context.isascii() and context.isdigit() and len(context) < 19):
        raise errors.BadAccountContext(value=context)
    account_id = int(context)
    node = tree.get(account_id)
    if node is None or node.realm != realm or (top is not None and account_id not in _below(tree, top)):
        raise errors.AccountOutOfReach(account=account_id)
    return _reach(tree, realm, account_id)


def _tree(box: Box) -> dict[int, _Node]:
    rows = box.sql(
        "SELECT a.id, a.tenant_id, t.realm, a.parent_account_id"
        " FROM wing_account a JOIN wing_tenant t ON t.id = a.tenant_id"
    )
    return {row[0]: _Node(row[1], row[2], row[3]) for row in rows}


def _below(tree: dict[int, _Node], top: int) -> set[int]:
    """The account and all accounts under it."""
    found = {top}
    layer = {top}
    while layer := {account for account, node in tree.items() if node.parent in layer} - found:
        found |= layer
    return found


def _reach(tree: dict[int, _Node], realm: str, top: int | None) -> Reach:
    """The plainest condition that says it: a walk over a million SIMs compares it with each."""
    # S608 is off below: the texts are our own literals, the tenants our own rows, the ids integers
    if top is None:
        return Reach(None, f"s.realm = {_quoted(realm)}")
    seen = _below(tree, top)
    tenant = tree[top].tenant_id
    whole = f"s.realm = {_quoted(realm)} AND s.tenant_id = {_quoted(tenant)}"
    if seen == {account for account, node in tree.items() if node.tenant_id == tenant}:
        return Reach(top, whole)
    return Reach(top, f"{whole} AND s.account_id IN ({', '.join(map(str, sorted(seen)))})")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
