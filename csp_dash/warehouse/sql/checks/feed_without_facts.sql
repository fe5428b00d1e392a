-- An indicator names a series that its source does not hold.
select distinct feed.indicator, feed.source, feed.series
from feed anti join fact on fact.source = feed.source and fact.series = feed.series;
