-- When each message was understood, kept while a rebuild reads it anew: what was known on a past day stays known.
create table rebuild_learnt (
  message_id bigint      primary key,
  learnt_at  timestamptz not null
);
