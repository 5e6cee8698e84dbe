"""b01: SIM cards, and their way from stock into use and out of it."""

from carrierbox.carriers.stn.simcards.rules import activate, disable, free, put, release, reserve

__all__ = ["activate", "disable", "free", "put", "release", "reserve"]
