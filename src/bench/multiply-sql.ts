/** What the copying needs to know, in tables that only its own connection sees. */
export const NOTE_SEEDS: readonly string[] = [
  `create temporary table seed_people
     (place bigint primary key, person_key uuid not null, nhs_number text not null, local_number text not null)`,
  `create temporary table seed_messages (id bigint primary key, person_key uuid not null, share float8 not null)`,
  `create temporary table largest_ids
     (message bigint not null, interpretation bigint not null, node bigint not null, publication bigint not null)`,
  `create temporary table copy_now (copy int not null, starts_at timestamptz not null, slot interval not null)`,
  `create temporary table copy_people
     (seed_key uuid primary key, person_key uuid not null, seed_nhs text not null, nhs text not null,
      seed_local text not null, local text not null)`,
  // Whatever names a person names the copy instead; both numbers are long enough never to be found by chance.
  `create function pg_temp.renamed(given text, p copy_people) returns text language sql immutable as
   $$ select replace(replace(given, (p).seed_nhs, (p).nhs), (p).seed_local, (p).local) $$`,
  // An identifier is one person's: each copy has its own.
  `create function pg_temp.own(given text, p copy_people) returns uuid language sql immutable as
   $$ select overlay(overlay(md5(given || (p).person_key) placing '4' from 13) placing '8' from 17)::uuid $$`,
  `create function pg_temp.owned(content jsonb, p copy_people) returns jsonb language sql immutable as
   $$ select content || jsonb_build_object(
        'ids', (select coalesce(jsonb_agg(i || jsonb_build_object('episode', pg_temp.own(i ->> 'episode', p),
                                                                  'flag', pg_temp.own(i ->> 'flag', p),
                                                                  'carePlan', pg_temp.own(i ->> 'carePlan', p))), '[]')
                  from jsonb_array_elements(content -> 'ids') i)) $$`,
];

/** The seeds came today, and so after all their copies: they are moved to the beginning. */
export const SPREAD_SEEDS = `
  update messages m
     set received_at = $1::timestamptz + s.share * $2::float8 * interval '1 millisecond'
    from seed_messages s
   where s.id = m.id`;

/** One copy of everybody. Ids move on by the largest of the seeds, so that rows that belong together still do. */
export const COPY_ROWS: readonly string[] = [
  `insert into messages (id, received_at, transport, state, reused, rejected, peer, sender, application, control_id,
                         sent_at, message_code, trigger, ack, digest, fault)
   select m.id + c.copy * l.message, c.starts_at + s.share * c.slot, m.transport, m.state, m.reused, m.rejected, m.peer,
          m.sender, m.application, pg_temp.renamed(m.control_id, p), m.sent_at, m.message_code, m.trigger, m.ack,
          m.digest, m.fault
     from seed_messages s
     join messages m on m.id = s.id
     join copy_people p on p.seed_key = s.person_key
    cross join copy_now c
    cross join largest_ids l
    order by m.id`,

  `insert into message_contents (message_id, content)
   select m.message_id + c.copy * l.message,
          convert_to(pg_temp.renamed(convert_from(m.content, 'LATIN1'), p), 'LATIN1')
     from seed_messages s
     join message_contents m on m.message_id = s.id
     join copy_people p on p.seed_key = s.person_key
    cross join copy_now c
    cross join largest_ids l
    order by m.message_id`,

  `insert into interpretations (id, message_id, interpreted_at, definition, outcome, fault, facts)
   overriding system value
   select i.id + c.copy * l.interpretation, i.message_id + c.copy * l.message, c.starts_at + s.share * c.slot,
          i.definition, i.outcome, i.fault, pg_temp.renamed(i.facts::text, p)::jsonb
     from seed_messages s
     join interpretations i on i.message_id = s.id
     join copy_people p on p.seed_key = s.person_key
    cross join copy_now c
    cross join largest_ids l
    order by i.id`,

  `insert into nodes (id, node, person_key)
   overriding system value
   select n.id + c.copy * l.node, pg_temp.renamed(n.node, p), p.person_key
     from copy_people p
     join nodes n on n.person_key = p.seed_key
    cross join copy_now c
    cross join largest_ids l
    order by n.id`,

  `insert into mentions (node_id, message_id)
   select m.node_id + c.copy * l.node, m.message_id + c.copy * l.message
     from seed_messages s
     join mentions m on m.message_id = s.id
    cross join copy_now c
    cross join largest_ids l
    order by m.message_id`,

  `insert into person_keys (key, anchor, given_at)
   select p.person_key, pg_temp.renamed(k.anchor, p), c.starts_at
     from copy_people p
     join person_keys k on k.key = p.seed_key
    cross join copy_now c`,

  `insert into episode_ids (person_key, body, anchor, episode, flag, care_plan, given_at)
   select p.person_key, e.body, pg_temp.renamed(e.anchor, p), pg_temp.own(e.episode::text, p),
          pg_temp.own(e.flag::text, p), pg_temp.own(e.care_plan::text, p), c.starts_at
     from copy_people p
     join episode_ids e on e.person_key = p.seed_key
    cross join copy_now c`,

  `insert into publications (id, person_key, body, body_kind, record_version, content, digest, published_at)
   overriding system value
   select v.id + c.copy * l.publication, p.person_key, v.body, v.body_kind, v.record_version,
          pg_temp.owned(pg_temp.renamed(v.content::text, p)::jsonb, p), v.digest, c.starts_at + c.slot
     from copy_people p
     join publications v on v.person_key = p.seed_key
    cross join copy_now c
    cross join largest_ids l
    order by v.id`,

  // One in fifty of what was confirmed was refused instead, so that there is something to mend.
  `insert into deliveries (publication_id, person_key, body, state, attempt, claimed_at, next_attempt_at, last_fault,
                           unsure, settled_at, confirmed_at)
   select d.publication_id + c.copy * l.publication, p.person_key, d.body,
          case when refused then 'parked' else d.state end, d.attempt, c.starts_at + c.slot, c.starts_at + c.slot,
          case when refused then 'council-refused' else d.last_fault end, d.unsure, c.starts_at + c.slot,
          case when refused or d.confirmed_at is null then null else c.starts_at + c.slot end
     from copy_people p
     join deliveries d on d.person_key = p.seed_key
    cross join copy_now c
    cross join largest_ids l
    cross join lateral (select d.state = 'confirmed' and (d.publication_id + c.copy) % 50 = 0 as refused) r
    order by d.publication_id`,

  `insert into delivery_attempts (publication_id, attempt, started_at, ended_at, result, http_status)
   select a.publication_id + c.copy * l.publication, a.attempt, c.starts_at + c.slot, c.starts_at + c.slot, a.result,
          a.http_status
     from copy_people p
     join deliveries d on d.person_key = p.seed_key
     join delivery_attempts a on a.publication_id = d.publication_id
    cross join copy_now c
    cross join largest_ids l`,

  `insert into entries (person_key, nhs_number, status, council, icb, entry, next_change_on, folded_at,
                        folded_with)
   select p.person_key, p.nhs, e.status, e.council, e.icb, pg_temp.renamed(e.entry::text, p)::jsonb, e.next_change_on,
          e.folded_at, e.folded_with
     from copy_people p
     join entries e on e.person_key = p.seed_key`,

  `insert into open_questions (person_key, question_id, kind, asked_since, council, icb)
   select p.person_key, q.question_id, q.kind, c.starts_at, q.council, q.icb
     from copy_people p
     join open_questions q on q.person_key = p.seed_key
    cross join copy_now c`,

  // Everybody has been looked at a few times.
  `insert into audit (at, who, role, action, subject)
   select c.starts_at + look * interval '1 minute', 'An officer', 'officer', 'person-seen', p.person_key::text
     from copy_people p
    cross join copy_now c
    cross join generate_series(1, 4) as look`,
];

/** New rows get ids above all of these. */
export const COUNT_ON_FROM_HERE: readonly string[] = [
  "select setval(pg_get_serial_sequence('messages', 'id'), (select max(id) from messages))",
  "select setval(pg_get_serial_sequence('interpretations', 'id'), (select max(id) from interpretations))",
  "select setval(pg_get_serial_sequence('nodes', 'id'), (select max(id) from nodes))",
  "select setval(pg_get_serial_sequence('publications', 'id'), (select max(id) from publications))",
];
