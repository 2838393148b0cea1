"""Numbers as people read them: tokens, seconds, dollars, bytes."""

from __future__ import annotations

from math import ceil, floor, inf, log10


def tokens_text(tokens: float) -> str:
    """Return "8,192", "16.4k", "1.31M": three digits from ten thousand on."""
    if tokens < 10_000:
        return f"{tokens:,.0f}"
    if tokens < 999_500:
        return f"{_three(tokens / 1e3)}k"
    return f"{_three(tokens / 1e6)}M"


def seconds_text(seconds: float) -> str:
    """Return "14 ms", "2.3 s", "12 min", "1.5 h"."""
    if seconds < 0.95:
        return f"{max(1, round(seconds * 1000))} ms" if seconds else "0 s"
    if seconds < 90:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def dollars_text(dollars: float) -> str:
    """Return "$0.0012", "$0.20", "$15.00": two digits at least, in full from a cent on."""
    if dollars and dollars < 0.01:
        return f"${dollars:.2g}" if dollars >= 1e-4 else "less than $0.0001"
    return f"${dollars:,.2f}"


def bytes_text(size: float) -> str:
    """Return "49.2 GB", decimal."""
    return f"{_three(size / 1e9)} GB" if size >= 1e9 else f"{_three(size / 1e6)} MB"


def percent_text(share: float) -> str:
    """Return "97%", rounded down: nothing but all of it is 100%."""
    return f"{floor(share * 100 + 1e-9)}%"


def rounded(value: float, *, up: bool, whole: bool) -> float:
    """Round to three digits, away from what does not hold: a bound that is said has to be true."""
    if value in (0, inf):
        return value
    step = 10.0 ** (floor(log10(value)) - 2)
    if whole:
        step = max(1.0, step)
    found = (ceil if up else floor)(value / step) * step
    return round(found) if whole else float(f"{found:.3g}")


def _three(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"
