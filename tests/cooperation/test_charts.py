"""The pictures draw whatever figures there are: well-formed, inside their frame, and never a word as markup."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from mtd.cooperation import charts
from mtd.cooperation.pictures import needs_picture, pictures_of
from mtd.cooperation.queries.duties import Summary
from mtd.cooperation.queries.figures import Figures, PulseLine, YearLine
from mtd.cooperation.queries.needs_figures import NeedFigures

COUNT = st.integers(0, 400)
PER_CENT = st.none() | st.integers(0, 100)
YEARS = st.integers(1, 14)


def numbers(svg: str, *names: str) -> list[float]:
    """The values of these attributes, in order."""
    return [float(value) for value in re.findall(rf'\b(?:{"|".join(names)})="([-\d.]+)"', svg)]


def well_formed(svg: str) -> ElementTree.Element:
    root = ElementTree.fromstring(svg)
    assert "nan" not in svg.lower()
    assert root.find("{http://www.w3.org/2000/svg}title") is not None
    assert "style=" not in svg
    return root


@given(st.lists(st.tuples(COUNT, COUNT, COUNT), min_size=1, max_size=14))
def test_bars_stay_in_their_frame_and_are_as_tall_as_their_numbers(rows: list[tuple[int, int, int]]) -> None:
    columns = [charts.Column(str(2010 + place), *row, "of") for place, row in enumerate(rows)]
    svg = str(charts.duty_bars("d", "Title", columns))
    well_formed(svg)
    assert all(value >= 0 for value in numbers(svg, "x", "y", "height", "width"))
    filled = re.findall(r'<rect class="f-teal"[^>]*height="([\d.]+)"', svg)
    kept = [row[0] for row in rows if row[0]]
    assert len(filled) == len(kept)
    if kept:
        unit = max(map(float, filled)) / max(kept)
        assert all(abs(float(tall) - one * unit) < 0.02 for one, tall in zip(kept, filled, strict=True))


@given(st.lists(st.none() | st.integers(0, 2000), min_size=1, max_size=14))
def test_a_line_is_drawn_through_what_is_known(values: list[int | None]) -> None:
    labels = [str(2010 + place) for place in range(len(values))]
    svg = str(charts.lines("l", "Title", labels, [charts.Series("x", tuple(values))], limit=(60, "60")))
    well_formed(svg)
    assert svg.count("<circle") == sum(value is not None for value in values)
    assert all(0 <= y <= charts.HEIGHT for y in numbers(svg, "cy"))


@given(st.lists(st.tuples(PER_CENT, PER_CENT, PER_CENT), min_size=1, max_size=14))
def test_attendance_is_drawn_for_any_mixture_of_help_systems(
    rows: list[tuple[int | None, int | None, int | None]],
) -> None:
    years = [charts.Attendance(str(2010 + place), *row) for place, row in enumerate(rows)]
    svg = str(charts.attendance_bars("a", "Title", years, ("A & B", "<C>", "D")))
    root = well_formed(svg)
    assert all(value >= 0 for value in numbers(svg, "x", "width"))
    assert "A &amp; B" in svg
    assert "&lt;C&gt;" in svg
    assert "C" not in {element.tag for element in root.iter()}
    drawn = re.findall(r'class="f-(?:care|youth)"', svg)
    assert len(drawn) == sum(value is not None for row in rows for value in row[:2])


def figures(lines: tuple[YearLine, ...], pulse: tuple[PulseLine, ...] = (), **needs: int) -> Figures:
    return Figures(2025, date(2025, 12, 31), True, Summary(), (), (), lines, NeedFigures(**needs), pulse)


def test_where_there_is_nothing_the_picture_says_so_and_keeps_its_table() -> None:
    for picture in pictures_of(figures((YearLine(2025, Summary()),))):
        assert picture.empty
        assert not picture.svg
        assert picture.rows
    assert needs_picture(NeedFigures()).empty == "No need was raised in this year."


def test_every_number_of_a_picture_is_in_its_table_and_in_its_words() -> None:
    line = YearLine(2025, Summary(kept=11, late=7, missed=3), 5, 4, 37, {"addiction_care": (40, 33)})
    pulse = (PulseLine(date(2025, 3, 29), 3.4, None),)
    duties, days, attendance, felt = pictures_of(figures((line,), pulse))
    assert duties.rows == (("2025", "11", "7", "3"),)
    assert "2025: 11 kept, 7 kept late, 3 missed" in duties.alt
    assert days.rows == (("2025", "37", "5", "4"),)
    assert attendance.rows == (("2025", "83 % (33 of 40)", "–", "–"),)
    assert felt.rows == (("March 2025", "3.4", "–"),)


def test_a_year_for_a_document_draws_every_status_by_its_own_shape() -> None:
    statuses = ("kept", "late", "missed", "to_come", "paused")
    marks = tuple(
        charts.LaneMark(10 + 15 * n, one, 5.0 if one == "late" else None) for n, one in enumerate(statuses)
    )
    lane = charts.Lane(
        "A very long name of a duty that nobody can read in one line", "rule <b>", marks, "1 of 5"
    )
    svg = str(charts.ribbon("r", "Title", ["Jan"] * 12, [lane]))
    well_formed(svg)
    assert "…" in svg
    assert "rule &lt;b&gt;" in svg
    shapes = [len(re.findall(pattern, svg)) for pattern in (r'r="9"', r'r="8"', r'width="16" height="16"')]
    assert shapes == [1, 1, 1]
