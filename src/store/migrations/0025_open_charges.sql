-- Derived with the entry that asks about it: each charge that nobody has answered about, as it is held against the register,
-- so that what was charged is summed up without reading entries. One row for each time without a gap in which the charge
-- and the duty run together; one without days for a charge that has no such time.
create table open_charges (
  person_key     uuid             not null,
  fact           uuid             not null, -- the charge, as it was stated
  stretch        int              not null, -- from 0, in the order of time
  council        text,
  icb            text,
  service        text             not null,
  kinds          text[]           not null, -- why it is looked at
  pence_per_week double precision not null, -- whole pence; of what was once recorded any number
  first_on       date,
  last_on        date,                      -- null: it goes on
  days_before    int              not null, -- in the stretches before this one: pence are rounded once a charge
  primary key (person_key, fact, stretch)
);
create index open_charges_fact on open_charges (fact);

-- What folding would say of the entries that are there.
insert into open_charges (person_key, fact, stretch, council, icb, service, kinds, pence_per_week, first_on, last_on,
                          days_before)
select e.person_key, s.id, coalesce(t.stretch, 0), e.council, e.icb, s.fact ->> 'for', beside.kinds,
       round((s.fact ->> 'amountPerWeek')::numeric * 100)::double precision, lower(t.days), upper(t.days) - 1,
       coalesce(t.days_before, 0)
  from entries e
 cross join lateral (select distinct (about #>> '{}')::uuid as fact
                       from jsonb_path_query(e.entry, '$.questions[*] ? (@.kind == "charges-unchecked").facts[*]
                              ? (@ like_regex "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")') as about) asked
  join stated_facts s on s.id = asked.fact
 cross join lateral (select (s.fact ->> 'from')::date as from_on, (s.fact ->> 'to')::date as to_on) charge
 cross join lateral (
   select array_remove(array[
            case when bool_or(together) then 'charged-while-owed' end,
            case when count(*) > 0 and s.fact ->> 'recordedAs' = 'care-act' then 'recorded-as-care-act' end,
            case when bool_or(together and charge.from_on < told_late_on) then 'found-late' end,
            case when bool_or(together and meets_need) and (s.fact ->> 'accommodation')::boolean
                 then 'accommodation-in-plan' end], null) as kinds,
          range_agg(daterange(greatest(charge.from_on, from_on), least(charge.to_on, to_on), '[]'))
            filter (where together) as days
     from (select (episode ->> 'from')::date as from_on, (episode ->> 'to')::date as to_on,
                  (episode ->> 'toldLateOn')::date as told_late_on,
                  coalesce((episode #>> '{plan,accommodation,meetsNeed}')::boolean, false) as meets_need,
                  episode
             from jsonb_array_elements(e.entry -> 'episodes') as episode
            where episode ->> 'status' <> 'entered-in-error') owed
    cross join lateral (
      select from_on is not null
             and coalesce(greatest(charge.from_on, from_on) <= least(charge.to_on, to_on), true) as together) both_run) beside
  left join lateral (
    select days, ordinality::int - 1 as stretch,
           (coalesce(sum(upper(days) - lower(days)) over (order by ordinality rows between unbounded preceding
                                                                                       and 1 preceding), 0))::int as days_before
      from unnest(beside.days) with ordinality as r (days, ordinality)) t on true
 where s.fact ->> 'kind' = 'charge'
   and cardinality(beside.kinds) > 0;
