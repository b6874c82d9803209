"""Short codes that people read out and type: 'KT7-2MP'."""

import secrets

# Without letters and digits that are taken for each other (0 O Q, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V), and without A and E,
# so that no code is a word.
SIGNS = "CDFHJKMNPRTWXY23456789"
LENGTH = 6  # 22 to the 6th: 113 million codes, so that guessing one of a hundred takes a million tries
_MEANT = str.maketrans({"Z": "2", "S": "5", "G": "6", "B": "8"})  # what is not a sign, for the one it looks like


def draw() -> str:
    """A code that nobody can foresee, as it is kept: six signs without a hyphen."""
    return "".join(secrets.choice(SIGNS) for _ in range(LENGTH))


def spoken(code: str) -> str:
    """A code as it is shown: 'KT7-2MP'."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def understood(typed: str) -> str | None:
    """A typed code as it is kept; None where it cannot be one.

    Small letters, spaces, hyphens and points do not matter, nor does a letter that looks like a sign ('B' for '8').
    """
    if len(typed) > 10 * LENGTH:
        return None
    signs = "".join(sign for sign in typed.upper() if sign.isalnum()).translate(_MEANT)
    return signs if len(signs) == LENGTH and set(signs) <= set(SIGNS) else None
