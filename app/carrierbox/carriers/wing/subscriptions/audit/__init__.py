"""5.24: the audit trail of a SIM's life. Every chapter that changes a SIM records here."""

from carrierbox.carriers.wing.subscriptions.audit.rules import Ending, record, record_all

__all__ = ["Ending", "record", "record_all"]
