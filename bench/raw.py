"""The reference: a FastAPI ``async def`` route that answers constant bytes of a given size."""

import os
import sys

import uvicorn
from fastapi import FastAPI, Response

BODY = b"x" * int(os.environ.get("BENCH_BODY", "2048"))
app = FastAPI(openapi_url=None)


@app.get("/raw")
async def raw() -> Response:
    """Answer the same bytes every time."""
    return Response(BODY, media_type="application/json")


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), access_log=False, log_level="warning")
