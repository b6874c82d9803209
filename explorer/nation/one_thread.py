"""How a program begins that works beside others on the authorities of a nation: with one thread of its own."""

import os


def one_thread() -> None:
    """Let libraries that are loaded from here on take one thread each.

    As many programs run as the machine has processors. With threads of their own as well they would wait for each
    other. A library reads this as it is loaded, so this module, and the package it is in, loads none.
    """
    os.environ |= {"POLARS_MAX_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
