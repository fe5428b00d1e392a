"""Notes of the methods page: how noise is told from signal. Each number comes from the code or the data that use it."""

from __future__ import annotations

from dataclasses import dataclass

from csp_dash.analytics import control_chart, funnel, hotspots, intervals, rates, seasonal
from csp_dash.catalogue import Catalogue
from csp_dash.domain.filters import Filters
from csp_dash.domain.wording import counted, listed, number, percent, points
from csp_dash.maps import point_density
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.wards.point_density import apart

SURVEY = "pas"


@dataclass(frozen=True, slots=True)
class Note:
    """One method: the `title` begins the sentence that `text` goes on with, or ends in a full stop; both are Markdown."""

    title: str
    text: str


def method_notes(data: Dataset, view: Filters) -> tuple[Note, ...]:
    """The notes for a release. `view` is not used."""
    west, south, east, north = data.places.ward_outlines.box
    across = point_density.across((south + north) / 2, (west + east) / 2)
    return notes(data.catalogue, apart=apart(data, view), across=across)


def notes(catalogue: Catalogue, *, apart: float, across: float) -> tuple[Note, ...]:
    """The notes in the order of the page.

    `apart` is the share (0 to 1) of burglary records whose map point lies in another ward than their small area;
    `across` is the width of a hexagon of the map here, in metres.
    """
    one_in = f"one in {number(1 / intervals.ALPHA)}"
    level = percent(100 * intervals.LEVEL)
    interviews = _interviews(catalogue)
    least = round(intervals.smallest_detectable_points(0.5, interviews))  # a share is least certain at a half
    funnel_levels = listed([f"{number(100 * (1 - 2 * tail))}%" for tail in funnel.TAILS.values()])
    latest = f"the latest {counted(control_chart.YEAR, 'months')}"
    return (
        Note(
            "Like for like.",
            "The latest month is compared with the same month a year before, the financial year to date with the same months, "
            f"{counted(rates.YEAR, 'months')} with the {number(rates.YEAR)} before, and any chosen period with the same months. "
            "Part periods, unequal months and periods on two sides of a declared break are not compared, and the page says why. "
            f"The baseline is {catalogue.term.baseline.span.words} unless a measure declares another.",
        ),
        Note(
            "Change between two periods.",
            "Counts are compared with an exact test (binomial, given their sum); shares with a two-proportion test. "
            f"A change is called real when chance alone would make one as large in fewer than {one_in} cases.",
        ),
        Note(
            "Scatter.",
            "Offences come in bursts. How much more than chance neighbouring months scatter is measured for each series (from the "
            "steps between them, the season taken out) and the test is widened by it.",
        ),
        Note(
            "Seasons.",
            "Where a calendar month lies steadily above or below the level (STL; Kruskal and Wallis's test at one in "
            f"{number(1 / seasonal.SURE)}), the usual range follows the season.",
        ),
        Note(
            "Usual range",
            f"on trend charts: limits of an XmR chart, mean ± {control_chart.WIDTH:g} × mean moving range, of the "
            f"{counted(control_chart.BASELINE / control_chart.YEAR, 'years')} before {latest} (Wheeler and Chambers; moving ranges "
            f"above {control_chart.SCREEN:g} × their mean are left out, as in NHS *Making Data Count*). "
            f"Where months average under {number(control_chart.SMALL)}, exact limits of a count take their place.",
        ),
        Note(
            "Beside London",
            "the borough is tested against the rest of London, so that it is not compared with itself. "
            "Survey results are published without their counts, so they are tested against London as a whole.",
        ),
        Note(
            "Targets",
            f"are met, missed, on course or off course only when the whole {level} interval lies on one side of the goal, or of "
            "the straight path to it; otherwise they cannot be judged.",
        ),
        Note(
            "Measures that cut both ways",
            "(reports of antisocial behaviour, hate crime, domestic abuse, sexual offences and the like) are never marked better or "
            "worse; they are read together with an outcome or with confidence.",
        ),
        Note(
            "Forecasts",
            "(STL with exponential smoothing) are shown only where they beat last year's value on past dates. Their ranges come "
            "from how far they missed then.",
        ),
        Note(
            "Harm",
            "weighs offences by the starting points of sentencing; the explore page lists every weight and what is left out.",
        ),
        Note(
            "Rates",
            f"are per {number(_per(catalogue))} residents at the 2021 Census. Intervals of rates are Byar's, and exact below "
            f"{counted(intervals.BYAR_FROM, 'events')}; of shares and survey figures, Wilson's.",
        ),
        Note(
            "Survey figures",
            f"(Public Attitude Survey) rest on about {counted(interviews, 'interviews')} a borough a year, so a change of less than "
            f"about {points(least)} in a year is within chance.",
        ),
        Note("Similar boroughs.", catalogue.similar_reason),
        Note(
            "Map classes",
            "are natural breaks (Fisher and Jenks) moved to round numbers; they are stated under each map, and the same at every step "
            "of a map through time. Falls are blue and rises orange; grey is what chance could explain.",
        ),
        Note(
            "How unusual",
            "a ward is (a funnel): its count against what the borough's rate would give its residents, with exact limits of chance at "
            f"{funnel_levels} (Seaton and Manktelow 2012). Wards differ in more than residents; which stand out even so is told by "
            "limits that allow for it (Spiegelhalter 2005).",
        ),
        Note(
            "Hot spots",
            f"among small areas: Getis and Ord's Gi* with {number(hotspots.PERMUTATIONS)} permutations, and Benjamini and Hochberg's "
            f"adjustment, so that at most one in {number(1 / hotspots.SURE)} of what is coloured should be chance. "
            f"On {number(hotspots.NOISE_MAPS)} maps of pure noise "
            f"{percent(100 * hotspots.NOISE_MAPS_COLOURED / hotspots.NOISE_MAPS)} showed any. "
            "*New* is hot now and not the year before, *fading* the other way round.",
        ),
        Note(
            "Concentration:",
            "the fewest small areas that hold half of the offences, and the generalised Gini of Bernasco and Steenbeek (2017).",
        ),
        Note(
            "Map points",
            f"of police.uk are shared by many addresses. They are gathered into hexagons (H3, {counted(round(across, -1), 'metres')} "
            f"across) or smoothed over {counted(point_density.SPREAD, 'metres')}; neither says where an offence was.",
        ),
        Note(
            "Small areas are given to wards",
            "by the official look-up (best fit). Of the burglary records that police.uk places on a map point, "
            f"{percent(100 * apart)} lie in another ward by that point.",
        ),
        Note("Households", "are those of the 2021 Census. No workday population is published for today's wards."),
        Note(
            "Many tests.",
            f"Of {number(1 / intervals.ALPHA)} measures that did not change, one will seem to have. Read a verdict with the trend "
            "beside it.",
        ),
    )


def _interviews(catalogue: Catalogue) -> int:
    """Interviews in a borough and year behind the survey's shares, as the measures declare them."""
    return next(item.base for item in catalogue.indicators.values() if SURVEY in item.sources and item.base)


def _per(catalogue: Catalogue) -> int:
    """How many residents a rate is for."""
    return next(item.per for item in catalogue.indicators.values() if item.has_rate)
