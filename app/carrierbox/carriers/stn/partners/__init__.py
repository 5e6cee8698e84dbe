"""Partners: whose keys they are, and under which customer numbers their subscriptions run."""

from carrierbox.carriers.stn.partners.rules import customer

__all__ = ["customer"]
