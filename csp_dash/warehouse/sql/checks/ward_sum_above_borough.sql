-- The wards of the borough add up to more than the borough itself.
-- A source must agree with itself to the unit; two sources of the same force are taken from files of different months, so
-- they may differ by 15, or by a tenth.
with per_kind as (
    select observation.indicator, area.kind, observation.start, sum(observation.numerator) as n,
           any_value(observation.source) as source
    from observation join area on area.code = observation.area
    where area.kind = 'ward' or observation.area = 'E09000030'
    group by all
)
select wards.indicator, strftime(wards.start, '%Y-%m') as month, wards.n as wards, borough.n as borough
from per_kind as wards
join per_kind as borough using (indicator, start)
where wards.kind = 'ward' and borough.kind = 'borough'
  and wards.n > borough.n + case when wards.source = borough.source then 0 else greatest(15, 0.1 * borough.n) end
order by indicator, month;
