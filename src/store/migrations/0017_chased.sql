-- The states of what is open for a person, beside the entry that says what is due: counting them must not read entries.
alter table entries add column clock_states jsonb not null
  generated always as (jsonb_path_query_array(entry, '$.clocks[*].state ? (@ != "done")')) stored;
create index entries_clock_states on entries (council) include (icb, clock_states) where clock_states <> '[]';

-- To whom a partnership's letter about what is overdue went, once a day. Figures only; nobody is named in it.
create table due_letters (
  council   text        not null,
  icb       text        not null,
  recipient text        not null,
  day       date        not null,
  attempt   integer     not null default 1,
  due_at    timestamptz not null,
  told_at   timestamptz,
  problem   text,
  primary key (day, council, icb, recipient)
);
