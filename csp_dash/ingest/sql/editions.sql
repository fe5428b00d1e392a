-- The rows of the edition that gives each unit: of the highest rank; of those that are known to be older than another, none;
-- then the one with most rows, then the last file. So age decides where it is known of both, and rows where it is not.
-- Input: relation edition (id, unit, rank, edition, rows, file), a row for each row of an edition or for a unit that it
-- speaks for.
with preferred as (
    select * from edition qualify rank = max(rank) over (partition by unit)
),
newest as (
    select * from preferred qualify edition = '' or edition = max(edition) over (partition by unit)
)
select id from newest
qualify file = first_value(file) over (partition by unit order by rows desc, file desc)
order by id;
