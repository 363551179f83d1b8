"""What can go wrong, and the exit code that says so: those of the stages."""

FAILED, USAGE, INPUT = 1, 2, 3


class StageError(Exception):
    """A failure that is told in one line."""

    code = FAILED


class UsageError(StageError):
    """A flag, a configuration or a raw file that the person at the shell has to mend."""

    code = USAGE


class InputError(StageError):
    """An input artifact that is missing, corrupt or of another version."""

    code = INPUT
