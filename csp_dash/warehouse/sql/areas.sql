-- Places with their codes, populations and other measures, as the snapshot carries them.
create table release as select $release as release;
create table area as select * from read_csv($areas, header = true, all_varchar = true);
create table population as
select area, base, cast(people as bigint) as people, source
from read_csv($population, header = true, all_varchar = true);
create table place_measure as
select area, measure, cast(value as double) as value, source
from read_csv($measures, header = true, all_varchar = true);
