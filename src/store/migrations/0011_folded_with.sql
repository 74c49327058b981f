-- Derived. By which rules, policies, organisations and program an entry was folded: beside the entry that says it, because
-- counting whom a change has not reached must not read entries. What is empty was folded before this was noted.
alter table entries add column folded_with text not null default '';
create index entries_folded_with on entries (folded_with, person_key);
