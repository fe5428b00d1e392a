-- Narrow tables that maps and checks need, each at its own grain.
create table vintage_total as from read_parquet($vintage_total);
create table lsoa_month as from read_parquet($lsoa_month);
create table snap_point as from read_parquet($snap_point);
create table stop_search as from read_parquet($stop_search);
