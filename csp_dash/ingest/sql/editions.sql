-- The rows of the edition that gives each unit: of the highest rank, then the newest, then the last file.
-- Input: relation edition (id, unit, rank, edition, file), a row for each row of an edition or for a unit that it speaks for.
select id from edition
qualify file = first_value(file) over (partition by unit order by rank desc, edition desc, file desc)
order by id;
