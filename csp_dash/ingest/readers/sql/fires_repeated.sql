-- An incident number that was counted already: the first row counts.
update fire_row
set fate = 'wrong', reason = 'the same incident again', "column" = 'number', value = number
where fate = 'fire' and number <> '' and line > (
    select min(first.line) from fire_row as first where first.number = fire_row.number and first.fate = 'fire'
);
