-- A source reaches less far than in the live release.
with reach as (select source, max(finish) as last from main.fact group by source),
before as (  -- made-up figures go as soon as there are real ones: that is no loss
    select source, max(finish) as last from live.fact where flag is distinct from 'illustrative' group by source
)
select before.source, reach.last as reaches, before.last as reached
from before left join reach using (source)
where reach.last is null or reach.last < before.last
order by before.source;
