-- The postcodes of the borough, where a directory of them was taken in.
-- returns: postcode, ward
select postcode, ward
from postcode
order by postcode;
