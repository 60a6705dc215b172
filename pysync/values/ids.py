"""Short random identifiers from bytes that the host provides. Floor: nothing below it.

Never from `random` or `hash()`: a restored memory snapshot repeats those in every tab.
"""

from __future__ import annotations

from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz_-"


def encode_id(entropy: bytes) -> str:
    """Text over 56 characters that are safe in URLs and hard to misread.

    >>> encode_id(bytes(3))
    '00000'
    """
    number = int.from_bytes(entropy, "big")
    length = -(-len(entropy) * 8000 // 5807)  # log2(56) = 5.807
    digits = []
    for _ in range(length):
        number, rest = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[rest])
    return "".join(digits)
