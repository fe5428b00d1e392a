-- Every area with its names and label point.
-- returns: code, kind, name, short, parent, former, label_lon, label_lat
select code, kind, name, short, parent, coalesce(former, '') as former,
       try_cast(label_lon as double) as label_lon, try_cast(label_lat as double) as label_lat
from area
order by kind, name;
