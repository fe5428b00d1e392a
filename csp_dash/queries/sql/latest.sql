-- The newest period of an indicator for every area of a kind.
-- returns: area, start, finish, numerator, denominator, flag, source, vintage
with those as (
    select observation.* from observation
    join area on area.code = observation.area
    where observation.indicator = $indicator and area.kind = $area_kind
)
select area, start, finish, numerator, denominator, flag, source, vintage
from those
where finish = (select max(finish) from those where numerator is not null)
order by area;
