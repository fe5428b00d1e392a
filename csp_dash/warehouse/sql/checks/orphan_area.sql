-- A fact stands for an area that no list of places knows.
select distinct fact.source, fact.area from fact anti join area on area.code = fact.area;
