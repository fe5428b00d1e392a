-- What this release changed: new periods with the number of their figures, and figures that were revised or are gone.
-- `finish` is the last day of the period.
-- returns: kind, source, series, indicator, area, start, finish, old, new
with ends as (
    select source, start, max(finish) as finish from fact group by source, start
)
select kind, source, series, indicator, area, start, coalesce(ends.finish, last_day(start)) as finish, old, new
from release_change left join ends using (source, start)
order by kind, source, series, area, start;
