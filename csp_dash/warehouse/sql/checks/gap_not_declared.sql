-- A covered month of a zero-filled source has no fact at all for any area: it is missing, and coverage should say so.
with covered as (
    select source, unnest(generate_series(first, last, interval 1 month))::date as start, missing
    from coverage where zero_fill and series = '*'
)
select distinct covered.source, covered.start
from covered
anti join fact on fact.source = covered.source and fact.start = covered.start
where not list_contains(covered.missing, covered.start);
