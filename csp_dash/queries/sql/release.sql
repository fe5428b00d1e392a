-- The release that this database was made from.
-- returns: release
select release from release;
