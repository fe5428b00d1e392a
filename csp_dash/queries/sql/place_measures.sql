-- Fixed measures of places.
-- returns: area, measure, value, source
select area, measure, value, source from place_measure order by measure, area;
