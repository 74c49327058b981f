-- The first day on which something open is due: who has something due by a day is found without reading entries.
alter table entries add column due_on date;
create index entries_due on entries (due_on, person_key) where due_on is not null;
