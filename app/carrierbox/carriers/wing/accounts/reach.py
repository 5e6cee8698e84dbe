"""What a call can see: the account in Account-Context-Id and those below it, within what its user may see there.

Source: contract `wing-accounts.yaml`, `headers.Account-Context-Id`; 5.1.1's example, which spans two accounts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from carrierbox.carriers.wing import errors
from carrierbox.kernel.world import Box


@dataclass(frozen=True, slots=True)
class Reach:
    """A part of the account tree, as a condition on SIM rows."""

    realm: str
    account_id: int | None  # stands in where one account is needed; None where nothing is seen
    condition: str  # over the columns realm, tenant_id and account_id of table alias s
    accounts: frozenset[int] = field(repr=False)
    is_whole: bool = False  # every account of the realm, and what belongs to none
    sees_all: bool = False  # the user does, whatever this call is about
    tenant_id: str | None = None  # whose accounts these are, all of them

    @property
    def account(self) -> int:
        """The one account that the call is about; with ``*``, the caller's own top account.

        Raises: AccountOutOfReach.
        """
        if self.account_id is None:
            raise errors.AccountOutOfReach(account="*")
        return self.account_id

    def covers(self, column: str) -> str:
        """The condition that a column of account ids lies within reach."""
        return "1" if self.is_whole else f"{column} IN ({', '.join(map(str, sorted(self.accounts)))})"


@dataclass(frozen=True, slots=True)
class Node:
    """An account's place in the tree."""

    tenant_id: str
    realm: str
    parent: int | None


Tree = Mapping[int, Node]


def of(box: Box, realm: str, tops: tuple[int, ...] | None, context: str | None) -> Reach:
    """The reach of a call with this account context by who sees these accounts and all below, or the whole realm.

    Raises: NoAccountContext, BadAccountContext, AccountOutOfReach.
    """
    # whoever changes the tree lets the world forget
    return box.world.memo(("wing.reach", realm, tops, context), lambda: _of(box, realm, tops, context))


def _of(box: Box, realm: str, tops: tuple[int, ...] | None, context: str | None) -> Reach:
    if context is None:
        raise errors.NoAccountContext
    seen = tree(box, realm)
    if context == "*":
        return _reach(seen, realm, tops, sees_all=tops is None)
    if not (context.isascii() and context.isdigit() and len(context) < 19):
        raise errors.BadAccountContext(value=context)
    account_id = int(context)
    if account_id not in seen or (tops is not None and account_id not in below(seen, tops)):
        raise errors.AccountOutOfReach(account=account_id)
    return _reach(seen, realm, [account_id], sees_all=tops is None)


def of_tenant(box: Box, whole: Reach, tenant_id: str) -> Reach:
    """The part of a reach that lies in one tenant.

    Raises: TenantOutOfReach.
    """
    return box.world.memo(("wing.reach", whole, tenant_id), lambda: _of_tenant(box, whole, tenant_id))


def _of_tenant(box: Box, whole: Reach, tenant_id: str) -> Reach:
    seen = tree(box, whole.realm)
    accounts = frozenset(account for account in whole.accounts if seen[account].tenant_id == tenant_id)
    if not accounts:
        raise errors.TenantOutOfReach(tenant=tenant_id)
    top = whole.account_id if whole.account_id in accounts else next(each for each in seen if each in accounts)
    condition = f"{whole.condition} AND s.tenant_id = {_quoted(tenant_id)}"
    return Reach(whole.realm, top, condition, accounts, sees_all=whole.sees_all)


def tree(box: Box, realm: str) -> Tree:
    """A realm's accounts; those of the tenant that was there first lead, by id."""
    rows = box.sql(
        "SELECT a.id, a.tenant_id, t.realm, a.parent_account_id FROM wing_account a"
        " JOIN wing_tenant t ON t.id = a.tenant_id WHERE t.realm = :realm ORDER BY t.rowid, a.id",
        realm=realm,
    )
    return {row[0]: Node(row[1], row[2], row[3]) for row in rows}


def below(tree: Tree, tops: Iterable[int]) -> set[int]:
    """These accounts and all accounts under them."""
    children: dict[int | None, list[int]] = {}
    for account, node in tree.items():
        children.setdefault(node.parent, []).append(account)
    found: set[int] = set()
    waiting = [top for top in tops if top in tree]
    while waiting:
        account = waiting.pop()
        if account not in found:
            found.add(account)
            waiting += children.get(account, ())
    return found


def _reach(tree: Tree, realm: str, tops: Sequence[int] | None, *, sees_all: bool) -> Reach:
    """The plainest condition that says it: a walk over a million SIMs compares it with each."""
    # S608 is off below: the texts are our own literals, the tenants our own rows, the ids integers
    whole = f"s.realm = {_quoted(realm)}"
    if tops is None:
        top = next((account for account, node in tree.items() if node.parent is None), None)
        return Reach(realm, top, whole, frozenset(tree), is_whole=True, sees_all=True)
    seen = frozenset(below(tree, tops))
    top = next((top for top in tops if top in tree), None)
    tenants = sorted({tree[account].tenant_id for account in seen})
    if len(tenants) == 1:
        whole += f" AND s.tenant_id = {_quoted(tenants[0])}"
        if seen == {account for account, node in tree.items() if node.tenant_id == tenants[0]}:
            return Reach(realm, top, whole, seen, sees_all=sees_all, tenant_id=tenants[0])
    condition = f"{whole} AND s.account_id IN ({', '.join(map(str, sorted(seen)))})"
    return Reach(realm, top, condition, seen, sees_all=sees_all)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
