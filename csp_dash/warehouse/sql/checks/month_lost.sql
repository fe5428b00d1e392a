-- A figure that the live release has is gone: a period is missing that was there before.
select observation.indicator, area.kind as places, observation.start as period, count(*) as figures
from live.observation
join area on area.code = observation.area
anti join main.observation as now
  on now.indicator = observation.indicator and now.area = observation.area and now.start = observation.start
where exists (  -- a partner's return takes the place of made-up figures: that is no loss
    select 1 from main.feed where feed.indicator = observation.indicator and feed.source = observation.source
)
group by all
order by period, indicator;
