-- The series of each source that facts are there of.
select regexp_extract(filename, '([^/\\]+)\.parquet$', 1) as source, list(distinct series) as series
from read_parquet(?, filename = true, union_by_name = true)
group by source;
