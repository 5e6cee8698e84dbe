"""carrierbox: four carriers' SIM-management APIs in one process, on a clock that the developer controls."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("carrierbox")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0+checkout"
