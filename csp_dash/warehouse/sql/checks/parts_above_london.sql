-- The boroughs of a source add up to more than the London figure that it gives.
with parts as (
    select source, series, start, finish, sum(numerator) as n from fact
    where area like 'E09%' and denominator is null
    group by all
)
select parts.source, parts.series, strftime(parts.start, '%Y-%m') as month, parts.n as boroughs, london.numerator as london
from parts
join fact as london
  on london.source = parts.source and london.series = parts.series and london.start = parts.start
 and london.finish = parts.finish and london.area = 'E12000007'
where parts.n > london.numerator
order by parts.source, month;
