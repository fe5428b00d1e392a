-- All figures of a source for the whole borough fall by more than 60% in one month: the file may be short.
-- Looked at in the months that the live release lacks of a source that it has, and in each source's newest month.
with monthly as (
    select source, start, sum(numerator) as n
    from main.fact
    where area = 'E09000030' and start = date_trunc('month', start) and finish = last_day(start)
    group by source, start
),
beside as (
    select source, start, n, lag(n) over (partition by source order by start) as before,
           start = max(start) over (partition by source) as newest
    from monthly
)
select source, strftime(start, '%Y-%m') as month, n as figure, before as month_before
from beside
where before >= 50 and n < 0.4 * before
  and (newest or (
      exists (select 1 from live.fact where fact.source = beside.source)
      and not exists (
          select 1 from live.fact
          where fact.source = beside.source and fact.start = beside.start and fact.area = 'E09000030'
      )
  ))
order by source, month;
