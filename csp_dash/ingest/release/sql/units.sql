-- The unit that each figure lies in: what a release takes whole from one edition.
-- Where a file leaves zeros out that is a month of a kind of area, of one series or of all ("*"); else the figure's own
-- period. A month that a file covers and has no figure of is its own too, all zeros: these rows have no `id`.
-- Input: relations figure (id, file, series, area_kind, start, finish, edition), of the new files (file 0) and the live
-- release, and covered (series, area_kind, start), the months of which the new files leave zeros out.
with placed as (
    select figure.id, figure.file, figure.edition, figure.area_kind, figure.start,
           coalesce(whole.series, own.series, figure.series) as series,
           case when whole.series is null and own.series is null then figure.finish else '' end as finish
    from figure
    left join covered as whole
      on whole.series = '*' and whole.area_kind = figure.area_kind and whole.start = figure.start
    left join covered as own
      on own.series = figure.series and own.area_kind = figure.area_kind and own.start = figure.start
)
select * from placed
union all by name
select series, area_kind, start, '' as finish, 0 as file, (select max(edition) from figure where file = 0) as edition
from covered anti join (select * from placed where file = 0) as given using (series, area_kind, start)
order by id nulls last, series, area_kind, start;
