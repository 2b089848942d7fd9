-- The same as standing.py, completeness.py and findings.py, for all children of a county at once, or for some of them.
-- A name in `_at` is a table as it was recorded at the moment asked for: rows of the present, or with former ones.
-- Parameters: county, day, at, and children where `which` is some of them.

-- all --
(select * from child_at where county = %(county)s)

-- some --
(
    select k.*
    from unnest(%(children)s::text[]) n (id),
         lateral (select * from child_at where county = %(county)s and id = n.id offset 0) k
)

-- subject --
subject as materialized (
    select c.*, d.urban_rural_class,
           (c.birth_date + interval '6 years')::date as six,
           (c.birth_date + interval '8 years')::date as eight,
           (c.birth_date + interval '16 years')::date as sixteen,
           (c.birth_date + interval '18 years')::date as eighteen,
           coalesce(c.lbc_since <= %(day)s, false)
               or coalesce(c.lbc_until <= %(day)s and c.lbc_end_reason is distinct from 'age_16', false) as entered,
           coalesce(c.lbc_until <= %(day)s and c.lbc_end_reason is distinct from 'age_16', false) as closed,
           exists (
               select from family_member_at m
               where (m.county, m.child_id) = (c.county, c.id) and m.alive_status in ('dead', 'declared_dead')
           ) as dead
    from {which} c
    left join admin_division d on d.code = c.hukou_division
)

-- parent --
parent as materialized (
    select s.county, s.id as child_id, m.phone is not null as reachable, m.guardianship_capacity as capacity,
           coalesce(m.alive_status in ('dead', 'declared_dead', 'missing'), false) as gone,
           away.since, away.placed
    from subject s
    join family_member_at m on (m.county, m.family_id) = (s.county, s.family_id)
    left join lateral (
        select min(p.out_since) as since, bool_and(p.work_division is not null) as placed
        from migration_spell_at p
        where (p.county, p.parent_id) = (m.county, m.id)
          and p.out_since <= %(day)s and (p.returned_on is null or p.returned_on > %(day)s)
    ) away on true
    where m.relation in ('50', '51', '52', '57', '58', '59')
)

-- household --
household as materialized (
    select county, child_id, count(*) as parents, bool_or(reachable) as reachable,
           count(*) filter (where not gone and since is not null) as away,
           count(*) filter (where not gone and since is null and capacity in ('capable', 'limited')) as able,
           count(*) filter (where not gone and since is null and capacity is null) as unsaid,
           max(since) filter (where not gone) as since,
           bool_and(placed) filter (where not gone and since is not null) as placed
    from parent
    group by county, child_id
)

-- absence --
absence as materialized (
    select s.county, s.id as child_id, coalesce(h.parents, 0) as parents, coalesce(h.reachable, false) as reachable,
           h.placed, coalesce(h.away, 0) as away,
           case when h.able > 0 then 'no'
                when h.parents >= 2 and h.away = 0 then 'no'
                when coalesce(h.parents, 0) < 2 or h.unsaid > 0 then 'unknown'
                else 'yes' end as "left",
           case when h.away = h.parents then 'both_away' else 'one_away_other_incapable' end as reason,
           greatest(h.since, s.birth_date) as since
    from subject s
    left join household h on (h.county, h.child_id) = (s.county, s.id)
)

-- status --
status as materialized (
    select s.county, s.id as child_id, s.sixteen, s.dead, s.closed, s.lbc_since, s.lbc_until, s.lbc_reason,
           s.lbc_end_reason, a.since, a.reason,
           case when s.dead or s.sixteen <= %(day)s or s.urban_rural_class like '1%%' or a."left" = 'no'
                then case when s.entered then 'ended' else 'not_eligible' end
                when s.closed
                then case when a."left" = 'yes' and a.since > s.lbc_until then 'candidate' else 'ended' end
                when a."left" = 'unknown' then 'candidate'
                else 'active' end as status
    from subject s
    join absence a on (a.county, a.child_id) = (s.county, s.id)
)

-- standing --
standing as materialized (
    select t.county, t.child_id, t.status as lbc_status,
           case when t.status = 'active' then coalesce(t.lbc_reason, t.reason) else t.lbc_reason end as lbc_reason,
           case when t.status = 'active' then coalesce(t.lbc_since, t.since) else t.lbc_since end as lbc_since,
           case when aged then t.sixteen when t.lbc_end_reason = 'age_16' then null else t.lbc_until end as lbc_until,
           case when aged then 'age_16' when t.lbc_end_reason = 'age_16' then null
                else t.lbc_end_reason end as lbc_end_reason
    from status t,
         lateral (select t.status = 'ended' and not t.closed and not t.dead and t.sixteen <= %(day)s as aged) l
)

-- arranged --
arranged as materialized (
    select g.county, g.child_id, count(*) as total,
           count(*) filter (where g.type <> 'none') as cared,
           count(*) filter (where g.type like 'entrusted%%') as entrusted,
           bool_and(g.carer_name is not null and g.carer_relation is not null and g.carer_phone is not null)
               filter (where g.type like 'entrusted%%') as carer_known,
           bool_and(exists (
               select from entrustment_confirmation_at e
               where (e.county, e.arrangement_id) = (g.county, g.id) and e.signed_on <= %(day)s
           )) filter (where g.type like 'entrusted%%') as signed,
           bool_and(g.type = 'parent') as parental,
           min(g.valid_from) filter (where g.type = 'none') as none_since,
           max(g.valid_from) as latest,
           (array_agg(g.valid_from order by g.valid_from))[2] as second
    from subject s
    join guardianship_arrangement_at g on (g.county, g.child_id) = (s.county, s.id)
    where g.valid_from <= %(day)s and (g.valid_to is null or g.valid_to > %(day)s)
    group by g.county, g.child_id
)

-- look --
look as materialized (
    select distinct on (v.county, v.child_id) v.county, v.child_id, v.done_on,
           coalesce(v.problems, '{}') as problems
    from subject s
    join visit_at v on (v.county, v.child_id) = (s.county, s.id)
    where v.done_on <= %(day)s
    order by v.county, v.child_id, v.done_on desc, v.id desc
)

-- schooling --
schooling as materialized (
    select e.county, e.child_id, bool_or(e.grade is not null) as graded
    from subject s
    join enrolment_at e on (e.county, e.child_id) = (s.county, s.id)
    where e.valid_from <= %(day)s and (e.valid_to is null or e.valid_to > %(day)s)
    group by e.county, e.child_id
)

-- completeness --
completeness as materialized (
    select s.county, s.id as child_id,
        20 * ((s.citizen_id_no is not null or exists (
                  select from hukou_record_at r
                  where (r.county, r.child_id) = (s.county, s.id)
                    and r.status <> 'registered' and r.unregistered_reason is not null
              ))::int
              + (s.sex in ('1', '2'))::int + (s.ethnicity is not null)::int + (s.hukou_division is not null)::int
              + (s.residence_address is not null)::int) / 5
        + 20 * ((a.parents >= 2)::int + a.reachable::int + (f.main_income_source is not null)::int
                + (a.away > 0 and a.placed)::int) / (3 + (a.away > 0)::int)
        + 20 * ((coalesce(g.cared, 0) > 0)::int + (s.responsible_person_id is not null)::int
                + coalesce(g.carer_known, false)::int + coalesce(g.signed, false)::int)
          / (2 + 2 * (coalesce(g.entrusted, 0) > 0)::int)
        + case when s.six <= %(day)s and s.sixteen > %(day)s
               then 20 * ((e.child_id is not null)::int + coalesce(e.graded, false)::int) / 2 else 20 end
        + 20 * ((l.done_on is not null and l.done_on > %(day)s::date - 180)::int
                + (s.difficulty_flag and (
                      exists (select from assistance_at x where (x.county, x.child_id) = (s.county, s.id))
                      or exists (select from aid_application_at x where (x.county, x.child_id) = (s.county, s.id))
                  ))::int) / (1 + s.difficulty_flag::int) as file_completeness
    from subject s
    join absence a on (a.county, a.child_id) = (s.county, s.id)
    left join family_at f on (f.county, f.id) = (s.county, s.family_id)
    left join arranged g on (g.county, g.child_id) = (s.county, s.id)
    left join schooling e on (e.county, e.child_id) = (s.county, s.id)
    left join look l on (l.county, l.child_id) = (s.county, s.id)
)

-- gap --
gap as materialized (
    -- The running end of what is covered, as an infinite date where an arrangement is open.
    select county, child_id, min(covered) filter (where following > covered) as since
    from (
        select g.county, g.child_id,
               max(coalesce(g.valid_to, 'infinity')) over w as covered,
               coalesce(lead(g.valid_from) over w, %(day)s::date + 1) as following
        from subject s
        join guardianship_arrangement_at g on (g.county, g.child_id) = (s.county, s.id)
        where g.valid_from <= %(day)s and (g.valid_to is null or g.valid_to > g.valid_from)
        window w as (partition by g.county, g.child_id order by g.valid_from, g.id)
    ) as line
    group by county, child_id
)

-- finding --
finding as materialized (
    select s.county, s.id as child_id, f.kind, f.since
    from subject s
    join absence a on (a.county, a.child_id) = (s.county, s.id)
    left join arranged g on (g.county, g.child_id) = (s.county, s.id)
    left join look l on (l.county, l.child_id) = (s.county, s.id)
    left join gap on (gap.county, gap.child_id) = (s.county, s.id),
    lateral (
        select least(g.none_since, case when 'no_guardian' = any (l.problems)
            and coalesce(g.latest < l.done_on, true) then l.done_on end) as since
    ) unguarded,
    lateral (values
        ('no_guardian', unguarded.since),
        ('guardianship_gap', case when gap.child_id is null then coalesce(s.effective_from, s.birth_date)
                                  else gap.since end),
        ('guardianship_overlap', g.second),
        ('living_alone', case when s.sixteen > %(day)s and 'living_alone' = any (l.problems) then l.done_on end),
        ('not_entrusted', case when s.sixteen > %(day)s and a."left" = 'yes' and g.parental
                               then greatest(a.since, g.latest) end),
        ('left_unattended', case when s.eight > %(day)s then least(unguarded.since,
            case when l.problems && array['living_alone', 'unattended'] then l.done_on end) end)
    ) as f (kind, since)
    where f.since is not null and not s.dead and s.eighteen > %(day)s
)
