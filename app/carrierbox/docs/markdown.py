"""What the made pages have in common."""

MADE = "Made by `python -m carrierbox.docs`; a test fails when it is out of date.\n"


def row(*cells: str) -> str:
    """A row of a table."""
    escaped = " | ".join(" ".join(cell.split()).replace("|", r"\|") for cell in cells)
    return f"| {escaped} |"
