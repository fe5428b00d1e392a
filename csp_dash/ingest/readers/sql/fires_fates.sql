-- How many rows of a file met each fate.
select fate, count(*) from fire_row group by fate;
