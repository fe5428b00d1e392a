-- Every figure of every indicator: one row an area and period that its source covers.
-- Where a source leaves zero rows out, the zeros are written back; a period that is not covered has no row.
-- A share of several groups, each published with its own cases, is all their cases over all their people: of a period
-- that gives one group alone, or only as a percentage, there is no row.
create table observation as
with kind_of as (
    select code as area, kind as area_kind from area where kind in ('ward', 'borough', 'region')
),
scope as (
    select distinct fact.source, kind_of.area_kind, fact.area
    from fact join kind_of using (area)
),
filled as (
    select source, series, area_kind, unnest(generate_series(first, last, interval 1 month))::date as start, missing
    from coverage
    where zero_fill
),
covered as (
    select source, series, area_kind, start from filled where not list_contains(missing, start)
),
wanted as (
    -- distinct: a month may be covered for every series ("*") and for this one by name
    select distinct feed.indicator, feed.role, feed.source, feed.series, feed.area_kind, covered.start
    from feed
    join covered
      on covered.source = feed.source and covered.area_kind = feed.area_kind
     and (covered.series = feed.series or covered.series = '*')
),
grid as (
    select wanted.indicator, wanted.role, wanted.source, wanted.series, wanted.area_kind, scope.area,
           wanted.start, last_day(wanted.start) as finish
    from wanted join scope using (source, area_kind)
),
from_grid as (
    select grid.indicator, grid.role, grid.source, grid.area_kind, grid.area, grid.start, grid.finish,
           case when fact.area is null then 0 else fact.numerator end as numerator,
           fact.denominator, fact.flag, fact.vintage
    from grid
    left join fact
      on fact.source = grid.source and fact.series = grid.series and fact.area = grid.area and fact.start = grid.start
),
as_published as (
    select feed.indicator, feed.role, feed.source, feed.area_kind, fact.area, fact.start, fact.finish,
           fact.numerator, fact.denominator, fact.flag, fact.vintage
    from feed
    join kind_of on kind_of.area_kind = feed.area_kind
    join fact on fact.source = feed.source and fact.series = feed.series and fact.area = kind_of.area
    where not exists (
        select 1 from coverage
        where coverage.zero_fill and coverage.source = feed.source and coverage.area_kind = feed.area_kind
          and (coverage.series = feed.series or coverage.series = '*')
    )
),
every_row as (
    select * from from_grid union all by name select * from as_published
),
made_of as (
    select indicator, area_kind, count(*) as groups from feed where role = 'numerator' group by indicator, area_kind
)
select indicator, area, start, finish,
       case when bool_or(role = 'numerator' and numerator is null) then null
            else sum(numerator) filter (where role = 'numerator') end as numerator,
       case when bool_or(role = 'denominator') then sum(numerator) filter (where role = 'denominator')
            when groups = 1 or bool_and(numerator is not null) then sum(denominator) end as denominator,
       -- as a list: a sorted and distinct string_agg takes most of the time of a build
       nullif(array_to_string(list_sort(list_distinct(list(flag) filter (where flag is not null))), ','), '') as flag,
       any_value(source) as source,
       max(vintage) as vintage
from every_row join made_of using (indicator, area_kind)
group by indicator, area, start, finish, groups
having groups = 1 or count(denominator) = 0
    or count(denominator) filter (where flag is distinct from 'published_proportion') = groups
order by indicator, area, start;
