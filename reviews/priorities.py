"""What to fix first: the value recoverable per year × confidence ÷ effort. Pure arithmetic, made to be done by hand."""

from dataclasses import dataclass

from reviews.cost import halves_up


@dataclass(frozen=True)
class Priority:
    """Money per day of work, in minor units of one currency. `confidence` is in percent, `effort_days` above 0."""

    per_year_minor: int
    confidence: int | None
    effort_days: int | None
    currency: str

    @property
    def is_stated(self) -> bool:
        return bool(self.per_year_minor) and self.confidence is not None and bool(self.effort_days)

    @property
    def per_day_minor(self) -> int | None:
        if not self.is_stated:
            return None
        return halves_up(self.per_year_minor * self.confidence, 100 * self.effort_days)
