-- {files} both reach to {edition}, and differ for {figure}. Keep the one downloaded last.
-- Two files of equal rank and edition give a figure differently, or fewer of them give it than must (`needed`).
-- Input: relation edition (id, unit, rank, edition, file, value, needed), a row for each figure of each file.
select min(id) as id, list(distinct file order by file) as files
from edition
group by unit, rank, edition
having count(distinct value) > 1 or count(distinct file) < max(needed)
order by unit, edition;
