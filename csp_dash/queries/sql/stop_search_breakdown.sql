-- Stops by self-defined ethnicity, object and outcome.
-- returns: ethnicity, object, outcome, n
select ethnicity, object, outcome, sum(n)::bigint as n
from stop_search
where start between $first and $last
  and (len($wards::varchar[]) = 0 or list_contains($wards::varchar[], ward))
group by all
order by n desc, ethnicity, object, outcome;
