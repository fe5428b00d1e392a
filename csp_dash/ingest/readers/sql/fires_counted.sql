-- Fires by month, borough and, in Tower Hamlets, ward.
select strftime(month, '%Y-%m') as month, borough,
       case when borough = 'E09000030' then ward else '' end as ward,
       count(*) as fires_all,
       count(*) filter (where stop = 'primary fire') as primary_fires,
       count(*) filter (where stop = 'secondary fire') as secondary_fires,
       count(*) filter (where property = 'dwelling') as dwelling_fires
from fire_row
where fate = 'fire'
group by all
order by all;
