-- Rows that were left out, counted by kind of file and reason, with where the first of them stands.
-- returns: format, title, reason, column, rows, files, first_file, first_line
with kinds as (
    select file, any_value(format) as format, any_value(title) as title from intake group by file
)
select coalesce(kinds.format, '') as format, coalesce(kinds.title, '') as title, rejected.reason,
       coalesce(string_agg(distinct nullif(rejected.column, ''), ' or ' order by nullif(rejected.column, '')), '') as "column",
       count(*)::bigint as rows,
       count(distinct rejected.file)::bigint as files,
       min_by(rejected.file, (rejected.file, rejected.line)) as first_file,
       min_by(rejected.line, (rejected.file, rejected.line)) as first_line
from rejected left join kinds using (file)
group by all
order by rows desc, title, reason;
