-- Each time that a body's own register was held against this one. The counts are kept, so that a trend can be seen.
create table reconciliations (
  id         bigint      generated always as identity primary key,
  body       text        not null, -- as the site file names it: GSS, ODS
  source     text        not null check (source in ('sheet', 'fhir')),
  as_of      date        not null, -- the day on which the register said so
  started_by text        not null,
  began_at   timestamptz not null default now(),
  next_page  text,                 -- where reading goes on after an interruption
  read_at    timestamptz,          -- every row is here
  refused    int         not null default 0,
  ended_at   timestamptz,
  applied    boolean     not null default false,
  counts     jsonb
);
create index reconciliations_of_body on reconciliations (body, id);

-- What the register of the latest one has; those before it are forgotten.
create table register_rows (
  reconciliation_id bigint not null references reconciliations (id) on delete cascade,
  line              int    not null, -- of the sheet, or the how manieth resource
  who               text   not null, -- the person key where somebody of that number is known here, else the number
  person_key        uuid,
  nhs_number        text   not null,
  record_version    int,
  said              jsonb  not null, -- the fact that it would be
  primary key (reconciliation_id, line)
);
create index register_rows_by_person on register_rows (reconciliation_id, who, line);
