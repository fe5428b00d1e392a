-- Narrow tables that maps, checks and the methods page need, each at its own grain. Their shape is declared here and
-- nowhere else; a release without a file for one of them has it empty.
create table vintage_total (
    source varchar, vintage varchar, series varchar, area varchar, fy varchar, months integer, total bigint
);
create table lsoa_month (source varchar, series varchar, lsoa varchar, ward varchar, start date, n bigint);
-- `month` is a text such as 2026-03. Older files count by year alone and leave it empty.
create table snap_point (
    lon double, lat double, street varchar, lsoa varchar, ward varchar, month varchar, year bigint, n bigint
);
create table stop_search (ward varchar, start date, ethnicity varchar, object varchar, outcome varchar, n bigint);
create table old_ward_fires (ward_code varchar, ward_name varchar, year bigint, n bigint);
create table outcome (force varchar, start date, ward varchar, outcome varchar, n bigint);
create table postcode (postcode varchar, lsoa varchar, ward varchar);
create table return_detail (
    indicator varchar, area varchar, start date, split1 varchar, value1 varchar, split2 varchar, value2 varchar, n double
);
-- What was taken in to make this release: a row a file, a row a rejected row, a row a figure that is new or was revised.
create table intake (
    file varchar, sha256 varchar, format varchar, title varchar, source varchar, rows bigint, accepted bigint,
    rejected bigint, out_of_area bigint, first varchar, last varchar, note varchar
);
create table rejected (file varchar, line bigint, "column" varchar, value varchar, reason varchar);
create table release_change (
    kind varchar, source varchar, series varchar, indicator varchar, area varchar, start date, old double, new double
);
