-- Burglaries by police.uk map point over some years.
-- returns: lon, lat, street, ward, n
select lon, lat, any_value(street) as street, any_value(ward) as ward, sum(n)::bigint as n
from snap_point
where year between $first_year and $last_year
group by lon, lat
order by n desc, lon, lat;
