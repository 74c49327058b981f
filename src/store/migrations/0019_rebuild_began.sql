-- What was said after a rebuild began is no difference that it makes.
alter table rebuilds add column began_at timestamptz not null default statement_timestamp();
