-- Each published file's total for each financial year.
-- returns: vintage, source, fy, months, total
select vintage, source, fy, months, total
from vintage_total
where series = $series and area = $area
order by fy, vintage;
