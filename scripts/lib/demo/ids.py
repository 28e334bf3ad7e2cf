"""Record ids that look like the ones real systems give."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from lib.demo.columns import Array

_DIGITS = np.frombuffer(
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", dtype=np.uint8
)
_CHECKS = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", dtype=np.uint8)
_INSTANCE = b"5g00000"
_SHORT = 15
_LONG = 18


def salesforce_ids(prefix: str, count: int, first: int = 1) -> pa.Array:
    """Return 18-character Salesforce ids: key prefix, instance, number, checksum.

    The last three characters say which of the first 15 are upper case, five bits each,
    as Salesforce defines them.
    """
    letters = np.empty((count, _LONG), dtype=np.uint8)
    head = prefix.encode() + _INSTANCE
    letters[:, : len(head)] = np.frombuffer(head, dtype=np.uint8)
    number = np.arange(first, first + count, dtype=np.int64)
    for place in range(_SHORT - 1, len(head) - 1, -1):
        letters[:, place] = _DIGITS[number % len(_DIGITS)]
        number = number // len(_DIGITS)
    upper = (letters[:, :_SHORT] >= ord("A")) & (letters[:, :_SHORT] <= ord("Z"))
    bits = upper.reshape(count, 3, 5) @ np.array([1, 2, 4, 8, 16])
    letters[:, _SHORT:] = _CHECKS[bits]
    return _as_text(letters)


def numbered(prefix: str, count: int, width: int = 8) -> pa.Array:
    """Return ids such as t00000001, which sort as they were made."""
    letters = np.empty((count, len(prefix) + width), dtype=np.uint8)
    letters[:, : len(prefix)] = np.frombuffer(prefix.encode(), dtype=np.uint8)
    number = np.arange(1, count + 1, dtype=np.int64)
    for place in range(len(prefix) + width - 1, len(prefix) - 1, -1):
        letters[:, place] = ord("0") + number % 10
        number = number // 10
    return _as_text(letters)


def tokens(rng: np.random.Generator, count: int, length: int) -> pa.Array:
    """Return random letters and digits, such as a cookie or a click id."""
    drawn = rng.integers(0, len(_DIGITS), size=(count, length), dtype=np.uint8)
    return _as_text(_DIGITS[drawn])


def _as_text(letters: Array) -> pa.Array:
    count, length = letters.shape
    offsets = np.arange(count + 1, dtype=np.int32) * length
    data = np.ascontiguousarray(letters).tobytes()
    return pa.StringArray.from_buffers(
        count, pa.py_buffer(offsets.tobytes()), pa.py_buffer(data)
    )
