-- Residents of each area on one base.
-- returns: area, people
select area, people from population where base = $base order by area;
