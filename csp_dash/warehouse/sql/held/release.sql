-- The release that a database was made from.
select release from release;
