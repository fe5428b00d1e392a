-- The tables of a database that is attached, or of the one in use where none is named.
select table_name from duckdb_tables() where database_name = coalesce(?, current_database());
