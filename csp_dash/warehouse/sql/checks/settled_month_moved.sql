-- A settled month, over a year older than the newest, moves by more than a tenth for the whole borough.
-- The publisher rewrote history, or the file is not what it seems.
with now as (
    select source, start, sum(numerator) as n from main.fact where area = 'E09000030' and finish = last_day(start) group by all
),
before as (
    select source, start, sum(numerator) as n from live.fact where area = 'E09000030' and finish = last_day(start) group by all
),
reach as (select source, max(start) as newest from now group by source)
select now.source, strftime(now.start, '%Y-%m') as month, before.n as was, now.n as becomes
from now
join before using (source, start)
join reach using (source)
where now.start < reach.newest - interval 12 months and before.n >= 100 and abs(now.n / before.n - 1) > 0.1
order by now.source, month;
