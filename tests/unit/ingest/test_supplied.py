"""A measure that a release supplies turns official or partner by itself, everywhere, and nothing made up is left of it."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from support import ROOT

from csp_dash import queries
from csp_dash.catalogue import Catalogue
from csp_dash.catalogue.loader import HERE, read
from csp_dash.catalogue.release_view import return_source, supplied
from csp_dash.domain.enums import Frequency, Trust
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import TOWER_HAMLETS, AreaKind
from csp_dash.domain.indicator import Feed, Supply
from csp_dash.domain.periods import Month, Span
from csp_dash.domain.settings import Settings
from csp_dash.ingest.context import Context
from csp_dash.ingest.facts import KEY, write_parquet
from csp_dash.ingest.files import source_file
from csp_dash.ingest.geography.place_names import wards
from csp_dash.ingest.returns import reader
from csp_dash.ingest.returns.template import columns, written
from csp_dash.panels import answer, tile
from csp_dash.panels.about import methods_tables
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import WITHHELD
from csp_dash.panels.panel import Panel
from csp_dash.panels.plan import plan_claims
from csp_dash.panels.plan import targets as judged
from csp_dash.panels.themes import paired_measures
from csp_dash.panels.trends import comparisons, trend
from csp_dash.panels.wards import choropleth, ward_card, ward_map
from csp_dash.warehouse import Snapshot

NOX = "nox_sightings"
HELD = {return_source(NOX): frozenset({NOX})}
OFFICIAL = Feed((AreaKind.BOROUGH, AreaKind.REGION), "dfe_lait", ("fte_rate",))
LAST = Month(2026, 3)
MONTHS = 36
TODAY = date(2026, 11, 24)


def with_supply(catalogue: Catalogue, slug: str, *feeds: Feed) -> Catalogue:
    """The catalogue with official supplies of an indicator."""
    item = replace(catalogue.indicators[slug], supplies=tuple(map(Supply, feeds)))
    return replace(catalogue, indicators={**catalogue.indicators, slug: item})


# ---- the catalogue


def test_nothing_held_changes_nothing(catalogue: Catalogue) -> None:
    assert supplied(catalogue, {}) is catalogue
    assert (
        supplied(catalogue, {"mps_ward": frozenset({"burglary"}), "return_burglary": frozenset({"burglary"})})
        is catalogue
    )
    assert supplied(catalogue, {return_source(NOX): frozenset({"something else"})}) is catalogue


def test_a_return_makes_an_illustrative_measure_a_partner_s(catalogue: Catalogue) -> None:
    found = supplied(catalogue, HELD)
    item = found.indicators[NOX]
    assert item.trust is Trust.PARTNER and item.trust.words == "partner return" and item.counts_in_headlines
    assert item.feeds == (Feed((AreaKind.WARD, AreaKind.BOROUGH), "return_nox_sightings", (NOX,)),)
    assert "made-up" not in item.plain and item.caveats == ("nox_counts",)
    source = found.sources["return_nox_sightings"]
    assert (
        source.publisher == item.holder and "partner return" in source.title and source.licence.startswith("Supplied")
    )
    assert "nox_illustrative" not in found.sources and "illustrative_nox" not in found.events
    assert not any(one.trust is Trust.ILLUSTRATIVE for one in found.indicators.values())
    unchanged = {slug for slug in catalogue.indicators if catalogue.indicators[slug] == found.indicators[slug]}
    assert set(catalogue.indicators) - unchanged == {NOX}


def test_every_measure_that_takes_a_return_can_be_supplied_at_once(catalogue: Catalogue) -> None:
    asked = {slug: item for slug, item in catalogue.indicators.items() if item.asks}
    found = supplied(catalogue, {return_source(slug): frozenset({slug}) for slug in asked})
    for slug, item in asked.items():
        now = found.indicators[slug]
        assert now.trust is Trust.PARTNER and now.counts_in_headlines and now.base is None
        assert now.feed(AreaKind.BOROUGH) is not None and bool(now.feed(AreaKind.WARD)) is (
            AreaKind.WARD in item.asks.areas
        )  # type: ignore[union-attr]
        assert found.sources[return_source(slug)].publisher == item.holder
    waiting = {slug for slug, item in found.indicators.items() if item.trust in (Trust.AWAITING, Trust.ILLUSTRATIVE)}
    assert waiting == {slug for slug, item in catalogue.indicators.items() if item.supplies and not item.asks}
    assert not any(item.pair_awaiting for item in found.indicators.values())
    assert not any(target.lacking for target in found.targets)
    for item in found.indicators.values():
        assert {*item.caveats, *item.breaks, *item.events} <= set(found.events) and set(item.sources) <= set(
            found.sources
        )
    assert supplied(found, {return_source(slug): frozenset({slug}) for slug in asked}) is found


def test_an_official_supply_makes_an_awaiting_measure_official(catalogue: Catalogue) -> None:
    found = supplied(with_supply(catalogue, "adult_reoffending", OFFICIAL), {"dfe_lait": frozenset({"fte_rate", "x"})})
    item = found.indicators["adult_reoffending"]
    assert item.trust is Trust.OFFICIAL and item.feeds == (OFFICIAL,) and item.sources == ("dfe_lait",)


def test_a_supply_needs_every_one_of_its_series(catalogue: Catalogue) -> None:
    feed = replace(OFFICIAL, denominator_series=("cohort",))
    waiting = with_supply(catalogue, "adult_reoffending", feed)
    assert supplied(waiting, {"dfe_lait": frozenset({"fte_rate"})}) is waiting
    found = supplied(waiting, {"dfe_lait": frozenset({"fte_rate", "cohort"})})
    assert found.indicators["adult_reoffending"].trust is Trust.OFFICIAL


def test_a_return_wins_over_official_figures(catalogue: Catalogue) -> None:
    held = {"dfe_lait": frozenset({"fte_rate"}), "return_adult_reoffending": frozenset({"adult_reoffending"})}
    item = supplied(with_supply(catalogue, "adult_reoffending", OFFICIAL), held).indicators["adult_reoffending"]
    assert item.trust is Trust.PARTNER and item.sources == ("return_adult_reoffending",)


def test_a_pair_no_longer_waits_for_what_is_there(catalogue: Catalogue) -> None:
    slug = "hate_positive_outcomes"
    found = supplied(catalogue, {return_source(slug): frozenset({slug})})
    for old in catalogue.indicators.values():
        now = found.indicators[old.slug]
        assert now.pair == old.pair
        assert now.pair_awaiting == ("" if old.pair_awaiting == slug else old.pair_awaiting)
    lacking = {target.indicator: target.lacking for target in found.targets}
    assert not lacking[slug] and lacking["rape_positive_outcomes"]


def test_a_source_that_only_a_supply_names_is_kept_apart_until_it_is_there(tmp_path: Path) -> None:
    shutil.copytree(HERE, tmp_path / "catalogue", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    folder = tmp_path / "catalogue"
    text = (folder / "sources" / "dfe_lait.toml").read_text(encoding="utf-8")
    (folder / "sources" / "elsewhere.toml").write_text(text, encoding="utf-8")
    path = folder / "indicators" / "iom_reoffending.toml"
    block = '\n[[supply]]\nareas = ["borough"]\nsource = "elsewhere"\nseries = ["adults"]\n'
    path.write_text(path.read_text(encoding="utf-8") + block, encoding="utf-8")
    catalogue = read(folder)
    assert "elsewhere" in catalogue.offered and "elsewhere" not in catalogue.sources
    for series in ("adults", "anything"):  # its card is written with whatever it brings
        found = supplied(catalogue, {"elsewhere": frozenset({series})})
        assert "elsewhere" in found.sources
        assert found.indicators["iom_reoffending"].measured is (series == "adults")


def test_the_police_dashboards_of_hate_crime_would_supply_its_measures(catalogue: Catalogue) -> None:
    series = {"hate_crime_offences", "hate_crime_positive_outcomes", "rape_offences", "rape_positive_outcomes"}
    found = supplied(catalogue, {"mps_monthly": frozenset(series)})
    for slug in ("hate_total", "hate_positive_outcomes", "rape_positive_outcomes"):
        item = found.indicators[slug]
        assert item.trust is Trust.OFFICIAL and item.sources == ("mps_monthly",)
        assert item.denominator != "offences" or item.feeds[0].denominator_series
    assert "mps_monthly" in found.sources and "mps_monthly" not in catalogue.sources


# ---- a release that holds returns


def spans(frequency: Frequency) -> list[Span]:
    """The periods of a made return, the last of which ends in March 2026."""
    length, count = {Frequency.MONTH: (1, MONTHS), Frequency.QUARTER: (3, 12)}.get(frequency, (12, 4))
    return [Span(LAST.plus(1 - length * (at + 1)), LAST.plus(-length * at)) for at in reversed(range(count))]


def fill(folder: Path, catalogue: Catalogue, slug: str) -> None:
    """A return of an indicator, with figures that follow from place and period."""
    item = catalogue.indicators[slug]
    assert item.asks is not None
    places = list(wards()) if AreaKind.WARD in item.asks.areas else [TOWER_HAMLETS]
    lines = [",".join(columns(item))]
    for at, span in enumerate(spans(item.frequency)):
        for place, code in enumerate(places):
            split = [(item.asks.allowed(name) or ("some",))[0] for name in item.asks.split]
            count = str(10 + place + at % 7)
            if slug == "hate_total" and at == 3:
                count = "<5"
            figures = [count] if "count" in columns(item) else [count, "60"]
            lines.append(",".join([slug, written(span), code, "", *split, *figures, ""]))
    (folder / f"{slug}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


SUPPLIED = ("nox_sightings", "pspo_breaches", "hate_total", "hate_positive_outcomes", "treatment_completion", "community_triggers", "prevent_training_people")  # fmt: skip


@pytest.fixture(scope="module")
def release(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The bundled release with the returns of several partners."""
    root = tmp_path_factory.mktemp("release")
    for name in ("data", "geo"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("built", "templates"))
    files = tmp_path_factory.mktemp("returns")
    for slug in SUPPLIED:
        fill(files, catalogue, slug)
    entries, others = source_file.entries([files])
    assert len(entries) == len(SUPPLIED) and not others
    for taken in reader.read(entries, Context(catalogue, root / "geo", files / "scratch"), TODAY):
        write_parquet(taken.facts, root / "data" / "facts" / f"{taken.source}.parquet", order_by=KEY)
    sums = {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for name in ("data", "geo")
        for path in sorted((root / name).rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }
    body = json.dumps({"release": "2026-03-returned", "files": sums})
    (root / "data" / "manifest.json").write_text(body, encoding="utf-8")
    return Snapshot.open(root)


@pytest.fixture(scope="module")
def partner(release: Snapshot, catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dataset]:
    yield Dataset(release, catalogue, Settings(cache=str(tmp_path_factory.mktemp("cache"))))


def in_year(code_at: int) -> int:
    """What a ward's return adds up to in the newest twelve months."""
    return sum(10 + code_at + at % 7 for at in range(MONTHS - 12, MONTHS))


def told(picture: Panel) -> str:
    """All words of a picture and its evidence."""
    kept = (picture.title, picture.caption, picture.alt, picture.sentence, picture.remark, picture.marked)
    own = picture.evidence
    return " ".join([*kept, own.source, own.csv, own.filename, own.table.to_csv(), *(note.text for note in own.notes)])


def test_the_tile_shows_the_partner_s_figure(partner: Dataset) -> None:
    found = tile.tile(partner, Filters(indicator=NOX))
    assert found.number == sum(map(in_year, range(20))) and found.period == "12 months to March 2026"
    assert found.indicator.trust is Trust.PARTNER and found.change is not None and not found.change.refusal
    ward = tile.tile(partner, Filters(indicator=NOX, wards=("E05009319",)))
    assert ward.number == in_year(2)


def test_trend_map_and_exports_show_the_partner_s_figures_and_nothing_made_up(partner: Dataset) -> None:
    view = Filters(indicator=NOX)
    line = trend.trend(partner, view)
    shaded = ward_map.ward_map(partner, view)
    holder = partner.catalogue.indicators[NOX].holder
    for picture in (line, shaded.picture, ward_map.wall(partner, view)):
        words = told(picture)
        assert not picture.empty and holder in words and "partner return" in words
        assert "llustrative" not in words and "made up" not in words and "526 sightings" not in words
    rows = pd.read_csv(io.StringIO(line.evidence.csv))
    assert set(rows["trust"]) == {"partner return"} and set(rows["source"]) == {"return_nox_sightings"}
    assert rows["numerator"].tail(12).sum() == sum(map(in_year, range(20)))
    assert line.evidence.filename == "nox_sightings-by-month.csv"
    values = shaded.shaded.frame.set_index("area")["value"]
    assert [values[code] for code in wards()] == [in_year(at) for at in range(20)]
    assert choropleth.offered(partner, view) == choropleth.offered(partner, Filters(indicator="pspo_breaches"))
    card = ward_card.ward_cards(partner, replace(view, wards=("E05009336",)))[0]
    assert card.standing == ("Highest of the 20 wards by number.",)


def test_the_command_line_says_whose_figure_it_is(partner: Dataset) -> None:
    found = answer.value(partner, NOX, TOWER_HAMLETS, "2025-04", "2026-03")
    assert found["value"] == sum(map(in_year, range(20)))
    assert (found["trust"], found["source"], found["vintage"]) == ("partner return", "return_nox_sightings", "2026-03")
    assert "lowest" not in answer.compare(partner, NOX, ()) and NOX in answer.compare(partner, NOX, ())
    quarter = answer.value(partner, "community_triggers", TOWER_HAMLETS, "2026-01", "2026-03")
    assert quarter["value"] == 10 + 11 % 7


def test_no_kind_of_place_is_said_to_lack_figures_and_to_have_them(
    partner: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    have = queries.availability(partner.warehouse)
    # as where a ward's figure is not known, so that the borough has no sum
    monkeypatch.setattr(queries, "availability", lambda _: have[have["area_kind"] != "borough"])
    with pytest.raises(answer.NoAnswer, match=r"no figures for a borough; it has them for: ward\.$"):
        answer.value(partner, NOX, TOWER_HAMLETS, "2026-03", "2026-03")
    monkeypatch.setattr(queries, "availability", lambda _: have.iloc[:0])
    with pytest.raises(answer.NoAnswer, match=r"no figures for a borough nor for any other area\.$"):
        answer.value(partner, NOX, TOWER_HAMLETS, "2026-03", "2026-03")


def test_the_register_names_its_standing(partner: Dataset) -> None:
    rows = methods_tables.measures(partner, Filters()).set_index("Name in links")
    assert {slug: rows["Standing"][slug] for slug in SUPPLIED} == dict.fromkeys(SUPPLIED, "partner return")
    assert rows["Figures"][NOX] == "Apr 2023 to Mar 2026" and "illustrative" not in set(rows["Standing"])


def test_quarters_and_years_are_told_as_what_they_are(partner: Dataset) -> None:
    quarter = tile.tile(partner, Filters(indicator="community_triggers"))
    assert quarter.period == "January 2026 to March 2026" and quarter.number == 10 + 11 % 7
    line = trend.trend(partner, Filters(indicator="community_triggers"))
    assert line.caption.endswith("by quarter.") and len(line.evidence.table) == 12
    assert line.evidence.filename == "community_triggers-by-quarter.csv"
    year = trend.trend(partner, Filters(indicator="prevent_training_people"))
    assert year.caption.endswith("by year.") and "in 2025/26" in year.title
    share = trend.trend(partner, Filters(indicator="treatment_completion"))
    assert "by quarter" in share.caption and "interviews" not in share.caption
    changed = tile.tile(partner, Filters(indicator="treatment_completion")).change
    assert changed is not None and changed.tested  # on the return's own denominators


def test_comparisons_pairs_and_targets_count_a_partner_s_figures(partner: Dataset) -> None:
    assert "no figures" not in comparisons.comparisons(partner, Filters(indicator=NOX)).ways[2].sentence
    found = paired_measures.pair(partner, Filters(indicator="pspo_breaches"))
    assert found.second is not None and found.second.indicator.slug == NOX and not found.awaiting
    assert not paired_measures.pair(partner, Filters(indicator="hate_total")).awaiting
    by_figure = {one.target.figure: one for one in judged.targets(partner, Filters())}
    assert "no open figures" not in " ".join(by_figure["tgt_hate_sd_rate"].readings)
    assert not by_figure["tgt_hate_sd_rate"].target.lacking and by_figure["tgt_rape_sd_rate"].target.lacking
    assert plan_claims.claims(partner, Filters())


def test_a_withheld_month_is_said_to_be_withheld(partner: Dataset) -> None:
    table = trend.trend(partner, Filters(indicator="hate_total")).evidence.table
    assert table.iloc[3, -1] == WITHHELD and (table.iloc[:, -1] == WITHHELD).sum() == 1


def test_made_up_figures_are_never_set_beside_a_partner_s(
    catalogue: Catalogue, data: Dataset, partner: Dataset
) -> None:
    """Breaches are read with sightings, but not while those are illustrative."""
    assert data.catalogue.indicators[NOX].trust is Trust.ILLUSTRATIVE
    mixed = replace(
        partner.catalogue.indicators["pspo_breaches"], feeds=(Feed((AreaKind.BOROUGH,), "mps_ward", ("burglary",)),)
    )
    assert mixed.pair == NOX and not data.catalogue.indicators[NOX].counts_in_headlines
    held = replace(data.catalogue, indicators={**data.catalogue.indicators, "pspo_breaches": mixed})
    beside = object.__new__(Dataset)
    beside.__dict__ = {**data.__dict__, "catalogue": held}
    found = paired_measures.pair(beside, Filters(indicator="pspo_breaches"))
    assert found.second is None and "Held by" in found.awaiting


def test_a_public_instance_shows_a_partner_s_figures_but_no_sensitive_wards(
    release: Snapshot, catalogue: Catalogue, tmp_path: Path
) -> None:
    asked = catalogue.indicators[NOX]
    sensitive = replace(catalogue, indicators={**catalogue.indicators, NOX: replace(asked, sensitive=True)})
    settings = Settings.read({"CSP_DASH_PROFILE": "public", "CSP_DASH_CACHE": str(tmp_path)})
    held = Dataset(release, sensitive, settings)
    item = held.catalogue.indicators[NOX]
    assert held.shows(item) and held.have(item, AreaKind.BOROUGH) and held.have(item, AreaKind.WARD) is None
    assert NOX in held.words.indicators
    assert tile.tile(held, Filters(indicator=NOX, wards=("E05009336",))).number == sum(map(in_year, range(20)))


def test_a_first_return_of_a_few_months_is_shown_for_those_months(partner: Dataset) -> None:
    """Less than a year of figures has no twelve months to show."""
    have = partner.have(partner.catalogue.indicators[NOX])
    assert have is not None
    short = replace(have, span=Span(LAST.plus(-2), LAST))
    beside = object.__new__(Dataset)
    beside.__dict__ = {**partner.__dict__, "_have": {**partner.__dict__["_have"], (NOX, "borough"): short}}
    found = tile.tile(beside, Filters(indicator=NOX))
    assert found.period == "January 2026 to March 2026"
    assert found.number == sum(10 + place + at % 7 for place in range(20) for at in range(MONTHS - 3, MONTHS))


def test_the_database_has_one_figure_for_each_place_and_period(partner: Dataset) -> None:
    frame = queries.series(partner.warehouse, indicator=NOX, areas=list(wards()))
    assert len(frame) == 20 * MONTHS and frame["numerator"].notna().all()
