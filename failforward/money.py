"""Money is integer minor units and an ISO 4217 currency; amounts of different currencies are never added."""

from decimal import Decimal

# Minor digits where they are not two (ISO 4217).
MINOR_DIGITS = {
    **dict.fromkeys(["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI"], 0),
    **dict.fromkeys(["VND", "VUV", "XAF", "XOF", "XPF"], 0),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
}

SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥", "INR": "₹", "KRW": "₩", "ILS": "₪"}


def exponent(currency: str) -> int:
    return MINOR_DIGITS.get(currency.upper(), 2)


def format_minor(amount_minor: int, currency: str) -> str:
    """18400000, EUR → "€184,000"; the minor digits appear only where there are some."""
    digits = exponent(currency)
    whole, rest = divmod(abs(amount_minor), 10**digits)
    number = f"{whole:,}" + (f".{rest:0{digits}d}" if rest else "")
    sign = "−" if amount_minor < 0 else ""
    code = currency.upper()
    return f"{sign}{SYMBOLS[code]}{number}" if code in SYMBOLS else f"{sign}{code}\N{NO-BREAK SPACE}{number}"


def grouped(amount: Decimal | int) -> str:
    """1200.5 → "1,200.50", an amount of no one currency."""
    return f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.2f}"


def about(amount_minor: int, currency: str) -> int:
    """14216667, EUR → 14216700: an estimate of a thousand or more claims no cents."""
    unit = 10 ** exponent(currency)
    if abs(amount_minor) < 1_000 * unit:
        return amount_minor
    whole = (2 * abs(amount_minor) + unit) // (2 * unit) * unit
    return whole if amount_minor > 0 else -whole


def decimal_of(amount_minor: int | None, currency: str) -> Decimal | None:
    """18400050, EUR → 184000.50, for files that other programs read."""
    return None if amount_minor is None else Decimal(amount_minor).scaleb(-exponent(currency))


def minor_of(amount: Decimal | None, currency: str) -> int | None:
    """184000.50, EUR → 18400050, as a person types it."""
    return None if amount is None else int(amount.scaleb(exponent(currency)).to_integral_value())
