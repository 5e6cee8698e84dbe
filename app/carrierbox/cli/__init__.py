"""The command line: `serve` and `doctor`, and the verbs that speak to a running box.

What is heavy (FastAPI, SQLModel, uvicorn, httpx) is imported inside the verb that needs it.
"""

from carrierbox.cli.app import main

__all__ = ["main"]
