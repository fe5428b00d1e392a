-- All periods of an indicator for some areas; missing months stand as rows without a numerator.
-- returns: area, start, finish, numerator, denominator, flag
with asked as (
    select unnest($areas::varchar[]) as area
),
facts as (
    select observation.area, start, finish, numerator, denominator, flag
    from observation join asked using (area)
    where indicator = $indicator
),
gaps as (
    select asked.area, cast(unnest(availability.missing) || '-01' as date) as start
    from asked
    join area on area.code = asked.area
    join availability on availability.area_kind = area.kind and availability.indicator = $indicator
),
missing as (
    select gaps.area, gaps.start, last_day(gaps.start) as finish, null as numerator, null as denominator,
           'missing' as flag
    from gaps anti join facts on facts.area = gaps.area and facts.start = gaps.start
)
select area, start, finish, numerator, denominator, flag from facts
union all
select area, start, finish, numerator, denominator, flag from missing
order by area, start;
