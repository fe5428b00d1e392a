-- Months between the first and the last of a source that its files lack.
-- returns: source, area_kind, series, missing
select source, area_kind, series, list_transform(missing, day -> strftime(day, '%Y-%m')) as missing
from coverage
where len(list_filter(missing, day -> day is not null)) > 0
order by source, area_kind, series;
