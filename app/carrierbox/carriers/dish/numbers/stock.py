"""The stock of numbers: which are free, drawing one, keeping one for a transaction under way."""

from carrierbox.carriers.dish.errors import NumberInUse
from carrierbox.kernel.identifiers import make_msisdn
from carrierbox.kernel.world import Box

#: Area codes with a 9 in the middle are not given out in North America, so these numbers are nobody's.
RANGE = "1299"
LENGTH = 11
#: What is drawn where no number is given; below lies the fleet, above what a world's description calls free.
FIRST, LAST = 7_000_000, 8_999_999


def is_taken(box: Box, gpsi: str) -> bool:
    """Whether a number is on a subscription that is not Ceased."""
    on = "SELECT 1 FROM dish_sim WHERE gpsi = :gpsi AND state IN ('Active', 'Suspended')"
    return box.sql(on, gpsi=gpsi).fetchone() is not None


def is_in_use(box: Box, gpsi: str) -> bool:
    """Whether an order cannot have a number: it is on a subscription, or another order under way keeps it."""
    kept = "SELECT 1 FROM dish_number WHERE gpsi = :gpsi AND job IS NOT NULL"
    return is_taken(box, gpsi) or box.sql(kept, gpsi=gpsi).fetchone() is not None


def settle_on(box: Box, gpsi: str | None, reservation_id: str | None) -> str:
    """The number that an order gets: the one it names, the one that its reservation is for, or one that is drawn.

    Any reservation id passes: only where it comes without a number is it looked at.
    Raises: NumberInUse.
    """
    if gpsi is None and reservation_id is not None:
        reserved = "SELECT gpsi FROM dish_number WHERE reservation_id = :id"
        row = box.sql(reserved, id=reservation_id).fetchone()
        gpsi = row["gpsi"] if row else None
    if gpsi is None:
        return _draw(box)
    check_free(box, gpsi)
    return gpsi


def check_free(box: Box, gpsi: str) -> None:
    """Let a number pass that an order can have.

    Raises: NumberInUse.
    """
    if is_in_use(box, gpsi):
        raise NumberInUse


def _draw(box: Box) -> str:
    rng = box.rng()
    while True:
        gpsi = make_msisdn(RANGE, rng.randint(FIRST, LAST), LENGTH)
        kept = box.sql("SELECT 1 FROM dish_number WHERE gpsi = :gpsi", gpsi=gpsi).fetchone()
        if kept is None and not is_taken(box, gpsi):
            return gpsi


def keep(box: Box, gpsi: str, job: str) -> None:
    """Keep a number for a transaction."""
    box.sql(
        "INSERT INTO dish_number (gpsi, job) VALUES (:gpsi, :job) ON CONFLICT (gpsi) DO UPDATE SET job = excluded.job",
        gpsi=gpsi,
        job=job,
    )


def let_go(box: Box, gpsi: str) -> None:
    """End a transaction's hold on a number: a reservation of a number that is taken now is used up."""
    box.sql("UPDATE dish_number SET job = NULL WHERE gpsi = :gpsi", gpsi=gpsi)
    if is_taken(box, gpsi):
        box.sql("DELETE FROM dish_number WHERE gpsi = :gpsi", gpsi=gpsi)
    else:
        box.sql("DELETE FROM dish_number WHERE gpsi = :gpsi AND reservation_id IS NULL", gpsi=gpsi)
