-- Derived. Whom a parked message names, as far as it can be read: it says nothing yet, and whoever looks at the person is
-- told that it waits. Apart from mentions: what nobody has understood joins nobody, and nobody is folded because of it.
create table parked_names (
  node       text   not null, -- nhs:9990000018
  message_id bigint not null,
  primary key (node, message_id)
);
create index parked_names_message on parked_names (message_id);
