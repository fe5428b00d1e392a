-- Counts by LSOA and month of one police.uk category, noughts written out for every small area in each month that there is.
-- A month is taken from the counts of all forces, and only where they lack it from the Metropolitan Police's own burglary files.
-- returns: area, start, finish, n, source
with whole as (
    select distinct start from lsoa_month where source = 'police_uk'
),
months as (
    select start, 'police_uk' as source from whole
    union all
    select distinct start, source from lsoa_month
    where source = 'police_uk_burglary' and series = $series and start not in (select start from whole)
),
known as (
    select distinct series from lsoa_month where series = $series
)
select area.code as area, months.start, last_day(months.start) as finish, coalesce(lsoa_month.n, 0)::bigint as n, months.source
from area cross join months cross join known
left join lsoa_month
  on lsoa_month.lsoa = area.code and lsoa_month.start = months.start and lsoa_month.source = months.source
 and lsoa_month.series = known.series
where area.kind = 'lsoa'
order by area, start;
