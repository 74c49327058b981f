-- One row a question that is open, for the officers' list of work: the oldest first. Derived with the entry that asks it.
create table open_questions (
  person_key  uuid        not null,
  question_id text        not null,
  kind        text        not null,
  asked_since timestamptz not null, -- when the last of the facts that it rests on was learnt
  council     text,
  icb         text,
  primary key (person_key, question_id)
);
create index open_questions_oldest on open_questions (asked_since, person_key, question_id);
create index open_questions_kind on open_questions (kind, asked_since, person_key, question_id);

insert into open_questions (person_key, question_id, kind, asked_since, council, icb)
select e.person_key, question ->> 'id', question ->> 'kind', date_trunc('milliseconds', e.folded_at), e.council, e.icb
  from entries e
 cross join lateral jsonb_array_elements(e.entry -> 'questions') as question
    on conflict do nothing;

-- What somebody stated last, so that a form need not ask again who states it.
create index stated_facts_recorded on stated_facts (recorded_by, recorded_at);
