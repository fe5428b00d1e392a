-- Counts by LSOA in a period. A month is taken from the counts of all forces, and only where they lack it from the
-- Metropolitan Police's own burglary files.
-- returns: lsoa, ward, n, months
with whole as (
    select distinct start from lsoa_month where source = 'police_uk'
)
select lsoa, any_value(ward) as ward, sum(n)::bigint as n, count(distinct start)::bigint as months
from lsoa_month
where series = $series and start between $first and $last
  and (source = 'police_uk' or (source = 'police_uk_burglary' and start not in (select start from whole)))
group by lsoa
order by lsoa;
