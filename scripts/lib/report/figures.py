"""How a figure is written: once, so that every part and both renderings agree."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

NOTHING = "–"
Number = int | float | Decimal
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


def rounded(value: Number, places: int = 0) -> Decimal:
    """Round half away from zero, as people do."""
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    result: Decimal = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def money(value: Number | None, currency: str) -> str:
    """Write an amount in whole units; one below a hundred to the cent."""
    if value is None:
        return NOTHING
    sign = _SIGNS.get(currency, f"{currency} ")
    cents = rounded(value, 2)
    is_small = cents != rounded(value) and abs(cents) < 100
    amount = rounded(value, 2 if is_small else 0)
    return f"{'-' if amount < 0 else ''}{sign}{abs(amount):,}"


def count(value: Number | None, places: int = 0) -> str:
    """Write a number with thousands."""
    return NOTHING if value is None else f"{rounded(value, places):,}"


def plural(number: int, one: str, many: str = "") -> str:
    """Write how many there are of something."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def share(part: Number | None, whole: Number | None) -> str:
    """Write part / whole in percent; both are sums, so that no share is averaged."""
    if part is None or not whole:
        return NOTHING
    return percent(Decimal(str(part)) / Decimal(str(whole)))


def percent(value: Number | None) -> str:
    """Write a fraction in percent; with a decimal where it is near 0 or 1."""
    if value is None:
        return NOTHING
    hundredfold = Decimal(str(value)) * 100
    is_fine = 0 < abs(hundredfold) < 10 or 99 < hundredfold < 100
    return f"{rounded(hundredfold, 1 if is_fine else 0)}".removesuffix(".0") + "%"


def ratio(part: Number | None, whole: Number | None, places: int = 2) -> str:
    """Write how much of one sum there is for a unit of another."""
    if part is None or not whole:
        return NOTHING
    return f"{rounded(Decimal(str(part)) / Decimal(str(whole)), places):,}"


def change(now: Number, before: Number) -> str:
    """Write by how much something went up or down."""
    if not before:
        return "none before" if now else "none before either"
    fold = Decimal(str(now)) / Decimal(str(before))
    if fold >= 4 and before > 0:
        return f"up {rounded(fold, 1 if fold < 10 else 0):,}-fold"
    moved = rounded((fold - 1) * (100 if before > 0 else -100))
    if moved == 0:
        return "unchanged"
    return f"{'up' if moved > 0 else 'down'} {abs(moved):,}%"


def moved(now: Number, before: Number, written: str) -> str:
    """Write by how much something went up or down, and from what, as written."""
    return f"{change(now, before)} from {written}" if before else change(now, before)


def against(now: Number, before: Number, what: str, written: str) -> str:
    """Write what a figure is held against: the change, and the figure as written."""
    return (
        f"{change(now, before)} on {what} ({written})"
        if before
        else (f"against none on {what}")
    )


def per_unit(part: Number | None, whole: Number | None, currency: str) -> str:
    """Write how much money of one sum there is for each unit of another."""
    if part is None or not whole:
        return NOTHING
    return money(Decimal(str(part)) / Decimal(str(whole)), currency)


def words(name: str) -> str:
    """Write a name of the warehouse as people say it."""
    return name.replace("_", " ")
