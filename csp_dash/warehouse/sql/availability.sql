-- Which periods an indicator has for each kind of area, with the months that are missing between.
create table availability as
with per_kind as (
    select observation.indicator, area.kind as area_kind, observation.start, observation.finish,
           any_value(observation.source) as source, max(observation.vintage) as vintage
    from observation join area on area.code = observation.area
    where observation.numerator is not null
    group by all
),
spans as (
    select indicator, area_kind, min(start) as first, max(finish) as last, count(distinct finish) as periods,
           any_value(source) as source, max(vintage) as vintage
    from per_kind group by indicator, area_kind
),
months as (
    select spans.indicator, spans.area_kind,
           unnest(generate_series(spans.first, spans.last, interval 1 month))::date as start
    from spans
    join (select distinct indicator, frequency from feed) using (indicator)
    where frequency = 'month'
),
gaps as (
    select months.indicator, months.area_kind, list(strftime(months.start, '%Y-%m') order by months.start) as missing
    from months
    anti join per_kind
      on per_kind.indicator = months.indicator and per_kind.area_kind = months.area_kind
     and per_kind.start = months.start
    group by all
)
select spans.*, coalesce(gaps.missing, []) as missing
from spans left join gaps using (indicator, area_kind)
order by indicator, area_kind;
