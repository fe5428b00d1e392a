-- Facts of every source in one table, what each source covers, and which series feed which indicator.
-- A figure whose file does not tell to which month it reached reaches to the end of its own period.
create table fact as
select regexp_extract(filename, '([^/\\]+)\.parquet$', 1) as source,
       * exclude (filename) replace (coalesce(vintage, strftime(finish, '%Y-%m')) as vintage)
from read_parquet($facts, filename = true, union_by_name = true);
create table coverage as
select source, series, area_kind,
       cast(first || '-01' as date) as first,
       cast(last || '-01' as date) as last,
       list_transform(string_split(coalesce(missing, ''), ';'), x -> try_cast(x || '-01' as date)) as missing,
       cast(zero_fill as boolean) as zero_fill
from read_csv($coverage, header = true, all_varchar = true);
create table feed as select * from feed_rows;
