"""What a user of the program did, told in sentences; shown without a traceback."""


class ExplorerError(Exception):
    """A mistake in something that the program was given.

    Args:
        faults: One sentence a fault. Each names the place, what is wrong and what was allowed.
    """

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class ConfigError(ExplorerError):
    """A fault in a file of config/."""


class DataError(ExplorerError):
    """A fault in a data file: the sentence names the file and the row."""


class SelectionError(ExplorerError):
    """Somebody asked for an area, year, group or indicator that is not there."""


class StoreError(ExplorerError):
    """Something could not be kept, changed or found among what is kept between visits."""


class StoreUnavailable(StoreError):
    """What is kept between visits cannot be reached, read or written at all."""
