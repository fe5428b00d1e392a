-- Totals of a period for every area of a kind. Months add up; a survey, a yearly rate or a one-night count is
-- taken as it stands at its newest period that ends inside the window.
-- returns: area, numerator, denominator, periods, expected, flag, source, vintage
with known as (
    select any_value(frequency) = 'month' as monthly from feed where indicator = $indicator
),
inside as (
    select observation.*, known.monthly,
           row_number() over (partition by observation.area order by observation.finish desc) as age
    from observation
    join area on area.code = observation.area
    cross join known
    where observation.indicator = $indicator and area.kind = $area_kind
      and observation.finish between $first and $last
      and (known.monthly or observation.numerator is not null)
)
select area, sum(numerator) as numerator, sum(denominator) as denominator,
       count(numerator)::bigint as periods,
       (case when any_value(monthly) then datediff('month', $first::date, $last::date) + 1 else 1 end)::bigint as expected,
       string_agg(distinct flag, ',' order by flag) as flag,
       any_value(source) as source, max(vintage) as vintage
from inside
where monthly or age = 1
group by area
order by area;
