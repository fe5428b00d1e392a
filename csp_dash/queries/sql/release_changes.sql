-- What this release changed: new periods with the number of their figures, and figures that were revised or are gone.
-- returns: kind, source, series, indicator, area, start, old, new
select kind, source, series, indicator, area, start, old, new
from release_change
order by kind, source, series, area, start;
