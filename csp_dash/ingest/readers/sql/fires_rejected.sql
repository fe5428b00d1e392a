-- The rows that are rejected, each with its reason.
select line, "column", value, reason from fire_row where fate = 'wrong' order by line;
