-- Rows and period of each source.
-- returns: source, indicators, first, last, rows
with used as (
    select source, count(distinct indicator)::bigint as indicators from feed group by source
)
select fact.source, coalesce(any_value(used.indicators), 0) as indicators, min(fact.start) as first, max(fact.finish) as last,
       count(*)::bigint as rows
from fact left join used using (source)
group by fact.source
order by fact.source;
