"""carrierbox: four carriers' SIM-management APIs in one process, on a clock that the developer controls."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    __version__: str
else:

    def __getattr__(name: str) -> str:
        """Look the version up when it is asked for: every test run loads the pytest plugin, used or not."""
        if name != "__version__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("carrierbox")
        except PackageNotFoundError:  # run from a checkout that was never installed
            return "0+checkout"
