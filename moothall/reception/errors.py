"""What cannot be done, in the words of whoever tried."""


class NotSo(ValueError):
    """Something cannot stand as it is; ``field`` names what to mend, the message says how."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)
