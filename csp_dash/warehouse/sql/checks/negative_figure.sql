-- A figure is below zero.
select indicator, area, start, numerator from observation where numerator < 0 or denominator < 0;
