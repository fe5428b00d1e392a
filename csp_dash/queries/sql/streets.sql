-- Streets that stand on police.uk's map points, with the ward of those points. Names of kinds of place (a supermarket,
-- a car park) stand in many wards and are left out.
-- returns: street, ward
with named as (
    select distinct regexp_replace(street, '^On or near ', '') as street, ward
    from snap_point
    where ward is not null and street is not null
),
spread as (
    select street, count(*) as wards from named group by street
)
select named.street, named.ward
from named join spread using (street)
where spread.wards <= 4 and named.street <> ''
order by named.street, named.ward;
