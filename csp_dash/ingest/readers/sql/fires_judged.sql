-- Every row of a file of the fire brigade with its fate: `fire` is counted, `other` is no fire, `away` lies outside London,
-- `wrong` is rejected for the reason given. Input: relation raw, all text, columns as lfb_fires.py names them, with
-- day_read, a date, and line.
create or replace table fire_row as
with text as (
    select line, trim(number) as number, trim(day) as day_text, lower(trim(kind)) as kind, lower(trim(stop)) as stop,
           lower(trim(property)) as property, upper(trim(borough)) as borough, upper(trim(ward)) as ward,
           day_read as day
    from raw
),
judged as (
    select *,
           case
               when kind = '' then 'no kind of incident is given'
               when kind <> 'fire' then ''
               when borough in ('', 'NULL', 'NA') then 'no borough is given'
               when not regexp_full_match(borough, '[EWSN]\d{8}') then 'it is not the code of a borough'
               when borough like 'E09%' and borough not between 'E09000001' and 'E09000033'
                   then 'no London borough has this code'
               when borough not like 'E09%' then ''
               when day_text = '' then 'no date is given'
               when day is null then 'it is not a date'
               when day < date '2009-01-01' then 'the records begin in 2009'
               when day > current_date then 'the day is still to come'
               else ''
           end as reason
    from text
)
select line, number, borough, ward, stop, property, cast(date_trunc('month', day) as date) as month, reason,
       case
           when reason <> '' then 'wrong'
           when kind <> 'fire' then 'other'
           when borough not like 'E09%' then 'away'
           else 'fire'
       end as fate,
       case when reason like '%incident%' then 'kind' when reason like '%borough%' then 'borough' else 'day' end as "column",
       case when reason like '%incident%' then '' when reason like '%borough%' then borough else day_text end as value
from judged;
