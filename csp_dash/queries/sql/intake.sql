-- Files that were taken in, and what became of their rows.
-- returns: file, format, title, source, first, last, rows, accepted, rejected, out_of_area, note
select file, format, title, source, first, last, rows, accepted, rejected, out_of_area, note
from intake
order by title, file;
