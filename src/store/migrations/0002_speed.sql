-- Rows that change are kept apart from what is large and never changes: each change writes its row anew.

-- The exact bytes. Nothing is here for a message that was rejected. Written by the statement that writes the message,
-- so no foreign key looks for what is certainly there.
create table message_contents (
  message_id bigint primary key,
  content    bytea  not null
);
insert into message_contents (message_id, content)
select id, content from messages where content is not null;
alter table messages drop column content;

-- When the body first confirmed a version. Belongs to the ledger, as the version does.
alter table deliveries add column confirmed_at timestamptz;
update deliveries d
   set confirmed_at = p.confirmed_at
  from publications p
 where p.id = d.publication_id;
alter table publications drop column confirmed_at;

-- An attempt is written when it has ended; the one that runs is in its delivery.
delete from delivery_attempts where ended_at is null;
alter table delivery_attempts
  alter column started_at drop default,
  alter column ended_at   set not null,
  alter column result     set not null;

-- One row for each time something changed hands is enough to read; the row before is gone at once.
alter table deliveries set (fillfactor = 70);
alter table nodes set (fillfactor = 70);

-- Written once and read whole, never looked into by a query: as they come, smaller and without taking them apart.
alter table interpretations alter column facts   type json;
alter table publications    alter column content type json;

-- What waits to be interpreted is looked for all the time, and must not be looked for among what is parked.
drop index messages_open;
create index messages_waiting on messages (id) where state = 'received';

-- Since when a person waits whom a defect keeps from being folded: each try puts due_since off.
alter table nodes add column waits_since timestamptz;
