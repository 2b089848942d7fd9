-- A made-up region: counties × villages × children, every value a function of its number.
-- Expects the temporary table size(children, villages, counties); runs as superuser, with triggers off.

-- name: place
create temp table county as
select (array['430602','430603','430611','430621','430623','430624','430626','430681','430682'])[n] as code, n
from generate_series(1, (select counties from size)) n;

create temp table village as
select row_number() over (order by c.code, v) - 1 as number,
       c.code as county,
       c.code || (100 + v / 15)::text as township,
       c.code || (100 + v / 15)::text || (201 + v % 15)::text as code
from county c, generate_series(0, (select villages / counties - 1 from size)) v;

-- name: admin_division
insert into admin_division (code, level, parent_code, name, valid_from)
select '430600000000', 2, null, '岳阳市', date '2000-01-01'
union all select code || '000000', 3, '430600000000', '县' || n, date '2000-01-01' from county
union all select distinct township || '000', 4, county || '000000', '镇' || right(township, 2), date '2000-01-01' from village
union all select code, 5, township || '000', '村' || right(code, 3), date '2000-01-01' from village;

-- name: organisation
insert into organisation (code, unit_type, level, division, name, valid_from)
select type || '@430600', type, 'prefecture', '430600000000', type || '市', date '2000-01-01'
from unnest(array['CA','ED','HE','PR','PL']) type
union all
select type || '@' || code, type, 'county', code || '000000', type || '县', date '2000-01-01'
from county, unnest(array['CA','ED','HE','PR','PS','ST']) type
union all
select distinct type || '@' || township, type, 'township', township || '000', type || '镇', date '2000-01-01'
from village, unnest(array['TW']) type
union all
select distinct 'SC@' || township || '-01', 'SC', 'township', township || '000', '学校', date '2000-01-01' from village
union all
select 'VC@' || code, 'VC', 'village', code, '村委会', date '2000-01-01' from village;

-- name: child
create temp table child_number as
select i,
       v.county, v.township, v.code as village,
       '01J' || lpad(upper(to_hex(i)), 7, '0') || upper(left(md5(i::text), 16)) as ulid,
       date '2008-01-01' + (i::bigint * 7919 % 6200)::int as birth_date,
       (array['王','李','张','刘','陈','杨','黄','赵','周','吴'])[1 + i % 10] as family_name,
       (array['子涵','欣怡','浩然','梓萱','宇轩','诗涵','博文','雨桐','思远','若曦','俊杰'])[1 + i % 11] as given_name,
       timestamptz '2025-01-01 00:00:00+00' + i % 20000 * interval '1 minute' as recorded_at
from generate_series(0, (select children - 1 from size)) i
join village v on v.number = i::bigint * (select villages from size) / (select children from size);

create index on child_number (i);
analyze child_number;

insert into family (county, id, household_no, household_size, minors_count, income_band, poverty_registered,
                    source_unit, recorded_at, recorded_by)
select county, 'family_' || county || '_' || ulid, county || lpad(i::text, 8, '0'), 3 + i % 4, 1 + i % 3,
       (array['below_minimum','low','middle','above'])[1 + i % 4], i % 9 = 0,
       'TW@' || township, recorded_at, 'officer:TW@' || township
from child_number;

insert into family_member (county, id, family_id, child_id, name, relation, sex, birth_date, in_household, phone,
                           alive_status, source_unit, recorded_at, recorded_by)
select county, 'member_' || county || '_' || overlay(ulid placing m::text from 26), 'family_' || county || '_' || ulid, null,
       family_name || (array['建国','秀英','桂兰'])[m], (array['51','52','50'])[m], (array['1','2','2'])[m],
       birth_date - 9000 - m * 400, m = 3, '139' || lpad((i * 3 + m)::text, 8, '0'), 'alive',
       'TW@' || township, recorded_at, 'officer:TW@' || township
from child_number, generate_series(1, 3) m;

insert into child (county, id, child_no, family_id, name, citizen_id_no, citizen_id_status, sex, birth_date, ethnicity,
                   residence_division, residence_address, hukou_division, lbc_status, lbc_reason, lbc_since,
                   difficulty_flag, difficulty_category, file_completeness, source_unit, recorded_at, recorded_by)
select county, 'child_' || county || '_' || ulid, county || lpad(i::text, 9, '0'), 'family_' || county || '_' || ulid,
       family_name || given_name, county || to_char(birth_date, 'YYYYMMDD') || lpad((i % 1000)::text, 3, '0') || 'X',
       'verified', (1 + i % 2)::text, birth_date, '01', village, '岳阳市' || village || '村' || i % 12 || '组' || i % 90 || '号',
       village, case when i % 3 = 0 then 'ended' else 'active' end, 'both_away', birth_date + 1500,
       i % 8 = 0, case when i % 8 = 0 then 'poverty' end, 60 + i % 41,
       'TW@' || township, recorded_at, 'officer:TW@' || township
from child_number;

-- name: guardianship_arrangement
insert into guardianship_arrangement (county, id, child_id, type, guardian_id, carer_name, carer_relation, carer_phone,
                                      valid_from, valid_to, ended_reason, source_unit, recorded_at, recorded_by)
select county, 'guardianship_' || county || '_' || overlay(ulid placing g::text from 26), 'child_' || county || '_' || ulid,
       (array['entrusted_relative','parent'])[g], 'member_' || county || '_' || overlay(ulid placing g::text from 26),
       family_name || (array['桂兰','建国'])[g], (array['50','51'])[g], '139' || lpad((i * 3 + g)::text, 8, '0'),
       (array[date '2024-02-01', date '2019-02-01'])[g], (array[null, date '2024-02-01'])[g],
       (array[null, 'carer_changed'])[g], 'TW@' || township, recorded_at, 'officer:TW@' || township
from child_number, generate_series(1, 2) g where g = 1 or i % 2 = 0;

-- name: enrolment
insert into enrolment (county, id, child_id, school_unit, status, stage, grade, class_name, boarding, valid_from,
                       source_unit, recorded_at, recorded_by)
select county, 'enrolment_' || county || '_' || ulid, 'child_' || county || '_' || ulid, 'SC@' || township || '-01', 'enrolled',
       case when birth_date > date '2014-08-31' then 'primary' else 'junior' end, 1 + i % 9, (1 + i % 4) || '班', i % 3 = 0,
       date '2025-09-01', 'SC@' || township || '-01', recorded_at, 'officer:SC@' || township || '-01'
from child_number where birth_date between date '2010-09-01' and date '2019-08-31';

-- name: protection_case
create temp table case_number as
select *, 'case_' || county || '_' || ulid as case_id, 'child_' || county || '_' || ulid as child_id, i % 20 < 6 as is_open,
       date '2025-03-01' + (i % 200)::int as opened_on
from child_number where i % 20 in (0, 5, 11, 17);

insert into protection_case (county, id, child_id, case_no, opened_from, opened_on, stage, lead_unit, risk_level,
                             closed_on, close_reason, source_unit, recorded_at, recorded_by)
select county, case_id, child_id, 'AJ' || county || lpad(i::text, 8, '0'), 'report', opened_on,
       case when is_open then 'intervention' else 'closed' end, 'CA@' || county, 'medium',
       case when not is_open then opened_on + 60 end, case when not is_open then 'safe_at_home' end,
       'CA@' || county, recorded_at, 'officer:CA@' || county
from case_number;

-- name: case_party
insert into case_party (county, id, child_id, case_id, unit, role, since, accepted_on, source_unit, recorded_at, recorded_by)
select county, 'party_' || county || '_' || overlay(ulid placing p::text from 26), child_id, case_id,
       (array['CA@' || county, 'PS@' || county, 'TW@' || township])[p], (array['lead','participant','participant'])[p],
       opened_on, opened_on + 1, 'CA@' || county, recorded_at, 'officer:CA@' || county
from case_number, generate_series(1, 3) p;

-- name: case_event
insert into case_event (county, id, child_id, case_id, type, at, by_unit, data_class, summary, source_unit, recorded_at, recorded_by)
select county, 'event_' || county || '_' || overlay(ulid placing e::text from 26), child_id, case_id,
       (array['report_received','report_accepted','assessment_done','plan_made','visited'])[e],
       opened_on + e * interval '3 days 1 hour', (array['PS@' || county, 'CA@' || county, 'TW@' || township])[1 + e % 3], 'D22',
       '第' || e || '次记录', 'CA@' || county, recorded_at, 'officer:CA@' || county
from case_number, generate_series(1, 5) e;

-- name: user_account
insert into user_account (id, person, unit, name, citizen_id_no, kind, roles, valid_from, source_unit, recorded_at, recorded_by)
select 'user_01J' || lpad(number::text, 23, '0'), 'officer:' || code, code, '经办人', '430600198' || lpad(number::text, 8, '0') || 'X',
       'human', array['officer'], date '2025-01-01', code, timestamptz '2025-01-01 00:00:00+00', 'officer:' || code
from (select code, row_number() over (order by code) as number from organisation) unit;
