-- Points of older files are counted by year; those with a month get its year.
update snap_point set year = cast(left(month, 4) as bigint) where year is null;
