-- parties --
select p.case_id, p.unit
from unnest(%(cases)s::text[]) w(id)
join case_party p on p.county = split_part(w.id, '_', 2) and p.case_id = w.id
where p.until is null or p.until > %(day)s::date
order by p.case_id, array_position(array['lead', 'co_lead', 'participant'], p.role), p.unit
-- former --
select r.new_id, r.old_id
from unnest(%(children)s::text[]) w(id)
join redirect r on r.new_id = w.id
-- standing --
select row_to_json(o)::text
from unnest(%(matters)s::text[]) w(matter)
join obligation o on o.matter = w.matter
where o.status = any (%(standing)s::text[])
order by o.id
for update of o
-- inserted --
insert into obligation ({names})
select {names} from json_populate_recordset(null::obligation, %(rows)s::json)
on conflict (subject_key) do nothing
returning id, row_version
-- updated --
update obligation o
set {changes}, row_version = o.row_version + 1,
    recorded_at = greatest(r.recorded_at, o.recorded_at + interval '1 microsecond'), recorded_by = r.recorded_by
from json_populate_recordset(null::obligation, %(rows)s::json) r
where o.id = r.id and o.status = any (%(standing)s::text[])
returning o.id, o.row_version
-- homes --
select c.id, c.residence_division, c.family_id,
    (select e.school_unit from enrolment e
     where e.county = c.county and e.child_id = c.id and e.status = 'enrolled'
         and (e.valid_to is null or e.valid_to > %(day)s::date)
     order by e.valid_from desc limit 1)
from (
    select c.county, c.id from unnest(%(children)s::text[]) w(id)
    join child c on c.county = split_part(w.id, '_', 2) and c.id = w.id
    union
    select c.county, c.id from unnest(%(households)s::text[]) w(id)
    join child c on c.county = split_part(w.id, '_', 2) and c.family_id = w.id
) f
join child c on c.county = f.county and c.id = f.id
order by c.id
