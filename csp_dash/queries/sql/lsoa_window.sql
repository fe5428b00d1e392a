-- Counts by LSOA in a period.
-- returns: lsoa, ward, n, months
select lsoa, any_value(ward) as ward, sum(n)::bigint as n, count(distinct start)::bigint as months
from lsoa_month
where series = $series and start between $first and $last
group by lsoa
order by lsoa;
