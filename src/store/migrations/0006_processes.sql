-- What runs: a row for each role of each process, written again every few seconds and taken away when it ends. A row that
-- is old is of a process that was killed, or that cannot reach the database. Nothing is decided by it: it is there to be
-- looked at.
create table processes (
  id      uuid        not null,
  role    text        not null check (role in ('listen', 'work', 'console')),
  host    text        not null,
  seen_at timestamptz not null default now(),
  primary key (id, role)
) with (fillfactor = 50);
