-- Periods that each indicator has, by kind of area.
-- returns: indicator, area_kind, first, last, periods, source, vintage, missing
select indicator, area_kind, first, last, periods, source, vintage, missing
from availability
order by indicator, area_kind;
