"""b02: activations, the records that every change makes, and their work from INIT to DONE or ERROR."""

from carrierbox.carriers.stn.activations.rules import (
    AFTER_BEGIN,
    by_id,
    cancel,
    carries_out,
    effect_of,
    fail,
    go_on,
    of_job,
    open_one,
    outcome,
    port,
    shown,
    take_in,
    write,
)

__all__ = [
    "AFTER_BEGIN", "by_id", "cancel", "carries_out", "effect_of", "fail", "go_on", "of_job", "open_one", "outcome",
    "port", "shown", "take_in", "write",
]  # fmt: skip
