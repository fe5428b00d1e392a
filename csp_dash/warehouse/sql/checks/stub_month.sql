-- The first month of a source, or the last of six or fewer, has under a fifth of the month beside it: a stub, not a month.
-- The last month of a longer source is judged when it is taken in.
with monthly as (
    select fact.source, area.kind as places, fact.start, sum(fact.numerator) as n
    from fact join area on area.code = fact.area
    where fact.start = date_trunc('month', fact.start) and fact.finish = last_day(fact.start)
    group by all
),
beside as (
    select *, lag(n) over way as before, lead(n) over way as after,
           count(*) over (partition by source, places) as months
    from monthly
    window way as (partition by source, places order by start)
)
select source, places, strftime(start, '%Y-%m') as month, n as figure, coalesce(before, after) as month_beside
from beside
where (before is null or (after is null and months <= 6)) and coalesce(before, after) >= 100 and n < 0.2 * coalesce(before, after)
order by source, places, month;
