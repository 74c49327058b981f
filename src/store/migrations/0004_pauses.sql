-- Bodies that somebody has paused: nothing is handed over to them until somebody resumes. A decision of people, so it is
-- original (backed up, never derived), and it must outlive the queue.
create table paused_bodies (
  body      text        primary key,
  paused_at timestamptz not null default now(),
  paused_by text        not null,
  reason    text        not null
);

-- What the pages ask for, so that none of them reads a large table. All of these are narrow: the inbox is written far
-- more often than it is searched.
create index messages_sender on messages (sender, id);
-- Small by nature: what was interpreted, or waits to be, is in neither.
create index messages_set_aside on messages (state, id) where state in ('ignored', 'parked', 'rejected');
create index messages_parked_by on messages ((fault ->> 'code'), id) where state = 'parked';

-- The kinds of question that are open for a person, beside the entry that asks them: counting them must not read entries.
alter table entries add column asked jsonb not null
  generated always as (jsonb_path_query_array(entry, '$.questions[*].kind')) stored;
create index entries_asked on entries (person_key) include (asked) where asked <> '[]';
create index entries_council on entries (council, person_key);
create index entries_icb on entries (icb, person_key);

create index audit_who on audit (who, id);
create index audit_action on audit (action, id);
