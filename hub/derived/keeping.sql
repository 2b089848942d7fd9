-- What is stored, brought into step with what is computed. Each begins with the statements of statements.sql.
-- Parameters beside theirs: by, who is recorded; own, children whose row this very transaction has written: they are
-- completed in place. Any other row leaves its former state, later than it was recorded, whatever the clocks say.

-- lock --
-- Found by their keys, one by one, whatever the planner knows of the tables; in one order for all writers.
select c.id
from (
    select n.id from unnest(%(children)s::text[]) n (id)
    union
    select m.id
    from unnest(%(families)s::text[]) f (id),
         lateral (select id from child where county = %(county)s and family_id = f.id offset 0) m
    union
    select m.id
    from unnest(%(children)s::text[]) n (id),
         lateral (select family_id from child where county = %(county)s and id = n.id offset 0) o,
         lateral (select id from child where county = %(county)s and family_id = o.family_id offset 0) m
    order by 1
) w,
lateral (select id from child where county = %(county)s and id = w.id for no key update) c

-- changed --
changed as materialized (
    select c.county, c.id, t.lbc_status, t.lbc_reason, t.lbc_since, t.lbc_until, t.lbc_end_reason,
           k.file_completeness,
           (c.lbc_status, c.lbc_reason, c.lbc_since, c.lbc_until, c.lbc_end_reason) is distinct from
           (t.lbc_status, t.lbc_reason, t.lbc_since, t.lbc_until, t.lbc_end_reason) as stands_otherwise,
           c.file_completeness is distinct from k.file_completeness as filled_otherwise
    from child c
    join standing t on (t.county, t.child_id) = (c.county, c.id)
    join completeness k on (k.county, k.child_id) = (c.county, c.id)
    where (c.lbc_status, c.lbc_reason, c.lbc_since, c.lbc_until, c.lbc_end_reason, c.file_completeness)
       is distinct from
          (t.lbc_status, t.lbc_reason, t.lbc_since, t.lbc_until, t.lbc_end_reason, k.file_completeness)
)

-- stale --
select id from changed
union
select child_id from compared where wanted is distinct from since
order by id

-- differences --
select count(*),
       count(*) filter (where t.lbc_status = 'active'), count(*) filter (where t.lbc_status = 'candidate'),
       count(*) filter (where t.lbc_status = 'ended'), count(*) filter (where t.lbc_status = 'not_eligible'),
       (select count(*) from finding),
       count(*) filter (where c.lbc_status is distinct from t.lbc_status),
       count(*) filter (where (c.lbc_reason, c.lbc_since, c.lbc_until, c.lbc_end_reason)
                        is distinct from (t.lbc_reason, t.lbc_since, t.lbc_until, t.lbc_end_reason)),
       count(*) filter (where c.file_completeness is distinct from k.file_completeness),
       (select count(*) from compared where wanted is distinct from since)
from child_at c
join standing t on (t.county, t.child_id) = (c.county, c.id)
join completeness k on (k.county, k.child_id) = (c.county, c.id)

-- counties --
with recursive found as (
    (select county from child order by county limit 1)
    union all
    select (select c.county from child c where c.county > f.county order by c.county limit 1)
    from found f
    where f.county is not null
)
select county from found where county is not null

-- child --
child_kept as (
    update child c
    set lbc_status = n.lbc_status, lbc_reason = n.lbc_reason, lbc_since = n.lbc_since, lbc_until = n.lbc_until,
        lbc_end_reason = n.lbc_end_reason, file_completeness = n.file_completeness,
        row_version = c.row_version + (c.id <> all (%(own)s::text[]))::int,
        recorded_at = case when c.id = any (%(own)s::text[]) then c.recorded_at
                           else greatest(%(at)s, c.recorded_at + interval '1 microsecond') end,
        recorded_by = case when c.id = any (%(own)s::text[]) then c.recorded_by else %(by)s end
    from changed n
    where (c.county, c.id) = (n.county, n.id)
    returning 'Child' as entity, c.county, c.id, c.id as child, c.row_version as version, false as is_new,
              n.stands_otherwise as stands, n.filled_otherwise as filled,
              n.stands_otherwise and c.lbc_status = 'ended' and c.lbc_end_reason = 'age_16' as aged_out
)

-- compared --
compared as materialized (
    select coalesce(h.county, w.county) as county, coalesce(h.child_id, w.child_id) as child_id,
           coalesce(h.kind, w.kind) as kind, h.id, h.since, w.since as wanted
    from finding w
    full join (
        -- Where two files became one there may be two of a kind: one of them goes on.
        select h.*, row_number() over (partition by h.county, h.child_id, h.kind order by h.since, h.id) as place
        from guardianship_finding_at h
        join subject s on (s.county, s.id) = (h.county, h.child_id)
        where h.cleared_on is null
    ) h on (h.county, h.child_id, h.kind, h.place) = (w.county, w.child_id, w.kind, 1)
)

-- finding --
opened as (
    insert into guardianship_finding (county, id, child_id, kind, since, found_on, source_unit, source_system,
                                      effective_from, recorded_at, recorded_by, verified_status, row_version)
    select n.county, 'finding_' || n.county || '_' || u.stamp || substr(u.hex, 1, 12) || substr(u.hex, 29, 4),
           n.child_id, n.kind, n.wanted, %(day)s, s.source_unit, %(by)s, n.wanted, %(at)s, %(by)s, 'verified', 1
    from compared n
    join subject s on (s.county, s.id) = (n.county, n.child_id),
    lateral (
        -- A ULID: milliseconds in ten characters, then random bits; the ones used of a UUID are all random.
        select upper(replace(gen_random_uuid()::text, '-', '')) as hex,
               (select string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + ((m.ms >> (5 * i)) & 31)::int, 1), ''
                                  order by i desc)
                from generate_series(0, 9) as i) as stamp
        from (select floor(extract(epoch from %(at)s::timestamptz) * 1000)::bigint as ms) m
        -- Depends on the row, so that each gets its own.
        where n.kind is not null
    ) u
    where n.id is null
    returning 'GuardianshipFinding' as entity, county, id, child_id as child, row_version as version, true as is_new
),
finding_kept as (
    update guardianship_finding f
    set since = coalesce(n.wanted, f.since), cleared_on = case when n.wanted is null then %(day)s::date end,
        row_version = f.row_version + 1, recorded_by = %(by)s,
        recorded_at = greatest(%(at)s, f.recorded_at + interval '1 microsecond')
    from compared n
    where (f.county, f.id) = (n.county, n.id) and n.wanted is distinct from n.since
    returning 'GuardianshipFinding' as entity, f.county, f.id, f.child_id as child, f.row_version as version,
              false as is_new
)

-- kept --
select row_to_json(child_kept)::text from child_kept
union all select row_to_json(opened)::text from opened
union all select row_to_json(finding_kept)::text from finding_kept
