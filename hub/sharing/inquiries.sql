-- nodes --
with recursive found as (
    (select node from access_record order by node limit 1)
    union all
    select (select r.node from access_record r where r.node > f.node order by r.node limit 1)
    from found f where f.node is not null
)
select f.node, coalesce(m.seq, 0) from found f left join inquiry_mark m on m.node = f.node where f.node is not null
-- looked --
select r.seq, r.unit, r.at, case when
    r.outcome = 'answered' and r.rows > 0 and position(' ' in r.children) = 0
    and split_part(r.unit, '@', 1) = any (%(types)s::text[]) and r.at > %(since)s
    and r.roots::jsonb ?| array['child', 'node']
    and not s.classes && %(classes)s::text[] and not coalesce(r.duty = any (%(duties)s::text[]), false)
    then r.children end
from access_record r join access_shape s on s.hash = r.shape
where r.node = %(node)s and r.seq > %(seq)s
order by r.seq limit %(most)s
-- inquired --
insert into inquiry (child_id, unit, day, unit_type, at)
select child_id, unit, day, unit_type, at from json_populate_recordset(null::inquiry, %(rows)s::json)
on conflict (child_id, unit, day) do nothing
returning child_id, unit
-- leads --
select p.child_id, p.id, p.lead_unit, p.county
from unnest(%(children)s::text[]) w(id)
join protection_case p on p.county = split_part(w.id, '_', 2) and p.child_id = w.id and p.closed_on is null
join child c on c.county = p.county and c.id = p.child_id and c.access_restriction <> 'sealed'
where not exists (
    select 1 from protection_case o where o.county = p.county and o.child_id = p.child_id and o.closed_on is null
        and (o.sealed or o.confidential)
)
-- parties --
select p.child_id, p.unit
from unnest(%(children)s::text[]) w(id)
join case_party p on p.county = split_part(w.id, '_', 2) and p.child_id = w.id
where p.until is null or p.until > %(day)s::date
-- met --
select c.id, c.residence_division
from unnest(%(children)s::text[]) w(id)
join child c on c.county = split_part(w.id, '_', 2) and c.id = w.id
join lateral (
    select count(distinct i.unit_type) as types from inquiry i
    where i.child_id = c.id and i.at > greatest(%(since)s, (
        select max(o.fulfilled_at) from obligation o
        where o.matter = 'child:child_' || split_part(c.id, '_', 3) and o.rule = %(rule)s and o.status = 'fulfilled'
    ))
) n on n.types >= %(enough)s
-- marked --
insert into inquiry_mark (node, seq) values (%(node)s, %(seq)s)
on conflict (node) do update set seq = excluded.seq where inquiry_mark.seq < excluded.seq
returning node
-- forgotten --
delete from inquiry where at <= %(since)s returning child_id
