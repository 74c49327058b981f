-- Originals are sealed in batches after they are committed: a hash tree (RFC 9162) over each batch, and one over all
-- batches so far. A seal is never changed. It holds no patient data: hashes, counts and row ids.
create table seals (
  id        int            primary key, -- 1, 2, 3 and so on without a gap: its place in the tree of seals, from 1
  sealed_at timestamptz    not null,
  -- The rows it covers, in the order of its leaves: the row's id, and 10^15 more for each kind before its own
  -- (message, stated-fact, version, attempt, look).
  covers    int8multirange not null,
  leaves    bytea          not null, -- 32 bytes a row
  root      bytea          not null, -- over its leaves
  -- The finished subtrees of the tree of seals that end here, the smallest first: 32 bytes each, two on average. With
  -- them any proof reads as many rows as the tree is high.
  nodes     bytea          not null,
  head      bytea          not null, -- of how many seals there are up to this one, and the root over them
  check (octet_length(leaves) % 32 = 0),
  check (octet_length(nodes) % 32 = 0)
);
create index seals_covers on seals using gist (covers);
create index seals_head on seals using hash (head);

-- How far sealing has come, by kind. Ids are given before rows are committed, so a row may appear below others that are
-- sealed: gaps are looked at again until nobody can fill them any more.
create table sealing (
  kind       text           primary key,
  settled_to bigint         not null default 0,    -- every row up to here that will ever be is sealed
  sealed     int8multirange not null default '{}', -- what is sealed beyond
  seen_to    bigint         not null default 0,    -- the last that was sealed at seen_at
  seen_xmax  xid8,
  seen_at    timestamptz
);
insert into sealing (kind) values ('message'), ('stated-fact'), ('version'), ('attempt'), ('look');

-- What is sealed needs an order in which it came.
alter table stated_facts add column row_id bigint generated always as identity;
create unique index stated_facts_row on stated_facts (row_id);
alter table delivery_attempts add column id bigint generated always as identity;
create unique index delivery_attempts_row on delivery_attempts (id);
