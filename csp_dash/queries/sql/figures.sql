-- All periods of an indicator for every area; missing months stand as rows without a numerator.
-- returns: area, area_kind, monthly, start, finish, numerator, denominator, flag, source, vintage, is_gap
with known as (
    select any_value(frequency) = 'month' as monthly from feed where indicator = $indicator
),
facts as (
    select area, start, finish, numerator, denominator, flag, source, vintage, false as is_gap
    from observation
    where indicator = $indicator
),
gaps as (
    select area.code as area, cast(unnest(availability.missing) || '-01' as date) as start
    from area join availability on availability.area_kind = area.kind
    where availability.indicator = $indicator
),
missing as (
    select gaps.area, gaps.start, last_day(gaps.start) as finish, null as numerator, null as denominator,
           'missing' as flag, null as source, null as vintage, true as is_gap
    from gaps anti join facts using (area, start)
),
every_row as (
    select * from facts union all select * from missing
)
select every_row.area, area.kind as area_kind, known.monthly, start, finish, numerator, denominator, flag, source,
       vintage, is_gap
from every_row join area on area.code = every_row.area cross join known
order by every_row.area, start, finish;
