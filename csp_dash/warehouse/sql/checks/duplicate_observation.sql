-- An indicator has two figures for one area and period.
select indicator, area, start, count(*) as figures from observation group by all having count(*) > 1;
