-- Every row that was left out, with the kind of file that it stood in.
-- returns: file, format, line, column, value, reason
with kinds as (
    select file, any_value(format) as format from intake group by file
)
select rejected.file, coalesce(kinds.format, '') as format, rejected.line, rejected."column", rejected.value, rejected.reason
from rejected left join kinds using (file)
order by rejected.file, rejected.line, rejected."column";
