"""Reads worth a name, by what they are about; import from here what other slices ask for."""

from .lived import register_column
from .report import next_steps_reports
from .year import YearMark, year_of

__all__ = ["YearMark", "next_steps_reports", "register_column", "year_of"]
