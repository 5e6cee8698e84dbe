"""How a verb ends that cannot do what it was asked."""


class Failed(Exception):
    """What is wrong and what to do about it: one line on standard error, exit code 1."""

    def __init__(self, wrong: str, advice: str | None = None) -> None:
        line = " ".join(wrong.split())
        super().__init__(f"{line}; {advice}" if advice else line)
        self.wrong = line
        self.advice = advice
