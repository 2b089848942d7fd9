-- units --
select distinct u.unit
from (
    select from_unit unit from obligation where status = any (%(standing)s::text[])
    union all select to_unit from obligation where status = any (%(standing)s::text[])
    union all select sealed_unit from obligation where status = any (%(standing)s::text[]) and sealed_unit is not null
) u
-- passed_on --
update obligation o
set from_unit = coalesce(%(heirs)s::jsonb ->> o.from_unit, o.from_unit),
    to_unit = coalesce(%(heirs)s::jsonb ->> o.to_unit, o.to_unit),
    sealed_unit = coalesce(%(heirs)s::jsonb ->> o.sealed_unit, o.sealed_unit),
    passed_on_from = case when %(heirs)s::jsonb ->> o.from_unit is null then o.passed_on_from else o.from_unit end,
    row_version = o.row_version + 1, recorded_at = greatest(%(now)s, o.recorded_at + interval '1 microsecond'),
    recorded_by = %(by)s
where o.status = any (%(standing)s::text[])
  and coalesce(
      %(heirs)s::jsonb ->> o.from_unit, %(heirs)s::jsonb ->> o.to_unit, %(heirs)s::jsonb ->> o.sealed_unit
  ) is not null
returning o.id, o.row_version, o.from_unit, o.to_unit, o.sealed_unit
-- overdue --
update obligation o
set status = 'overdue', overdue_at = %(now)s, row_version = o.row_version + 1,
    recorded_at = greatest(%(now)s, o.recorded_at + interval '1 microsecond'), recorded_by = %(by)s
where o.id in (
    select w.id from obligation w where w.status = 'open' and w.due_at < %(now)s
    order by w.due_at limit %(most)s for update skip locked
)
returning row_to_json(o)::text, o.row_version
-- escalating --
select row_to_json(o)::text from obligation o
where o.status = 'overdue' and o.escalates_at < %(now)s
order by o.escalates_at limit %(most)s for update skip locked
-- escalated --
update obligation o
set status = 'escalated', escalated_at = %(now)s, escalated_to = r.superior, row_version = o.row_version + 1,
    recorded_at = greatest(%(now)s, o.recorded_at + interval '1 microsecond'), recorded_by = %(by)s
from json_to_recordset(%(rows)s::json) r(id text, superior text)
where o.id = r.id and o.status = 'overdue'
returning o.id, o.row_version
-- unacknowledged --
with late as (
    select n.county, n.id from notice n
    where n.acknowledged_at is null and n.escalated_at is null and n.declined_at is null and n.due_at < %(now)s
    order by n.due_at limit %(most)s for update skip locked
), told as (
    update notice n
    set escalated_at = %(now)s, row_version = n.row_version + 1,
        recorded_at = greatest(%(now)s, n.recorded_at + interval '1 microsecond'), recorded_by = %(by)s
    from late l where (n.county, n.id) = (l.county, l.id)
    returning n.id, n.row_version as version, n.county, n.child_id, n.case_id, n.event_id, n.unit
), board as (
    update case_knowledge k
    set escalated_at = %(now)s, row_version = k.row_version + 1,
        recorded_at = greatest(%(now)s, k.recorded_at + interval '1 microsecond'), recorded_by = %(by)s
    from told t
    where (k.county, k.event_id, k.unit) = (t.county, t.event_id, t.unit)
      and k.acknowledged_at is null and k.escalated_at is null
    returning k.id, k.row_version as version, k.county, k.child_id, k.case_id, k.unit
)
select json_build_object(
    'entity', 'Notice', 'id', t.id, 'version', t.version, 'county', t.county, 'child_id', t.child_id,
    'case_id', t.case_id, 'unit', t.unit, 'lead_unit', c.lead_unit
)::text
from told t left join protection_case c on (c.county, c.id) = (t.county, t.case_id)
union all
select json_build_object(
    'entity', 'CaseKnowledge', 'id', b.id, 'version', b.version, 'county', b.county, 'child_id', b.child_id,
    'case_id', b.case_id, 'unit', b.unit
)::text
from board b
