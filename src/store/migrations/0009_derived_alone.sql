-- What is derived is written in transactions that hold what it points to, nothing that it points to is ever deleted, and a
-- rebuild makes it anew. To look for it again at every row was seven looks for each message. Originals keep theirs.
alter table interpretations drop constraint interpretations_message_id_fkey;
alter table mentions
  drop constraint mentions_node_id_fkey,
  drop constraint mentions_message_id_fkey,
  drop constraint mentions_stated_id_fkey;
alter table told_periods drop constraint told_periods_node_id_fkey;
alter table entries drop constraint entries_person_key_fkey;
