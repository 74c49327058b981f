-- Derived. By which rules, policies, organisations and program an entry was folded: beside the entry that says it, because
-- counting whom a change has not reached must not read entries. What is empty was folded before this was noted.
alter table entries add column folded_with text not null default '';
create index entries_folded_with on entries (folded_with, person_key);

-- A rebuild that was broken off goes on: up to which version the ledger had come when it began, since when everything is read,
-- and what everybody's entry was, as a digest.
alter table rebuilds
  add column published_to bigint not null default 0,
  add column read_at timestamptz;
update rebuilds set published_to = coalesce((select max(id) from publications), 0);
create table rebuild_before (
  person_key uuid primary key,
  digest     text not null
);
