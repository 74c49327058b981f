-- What the watch needs to notice silence and trouble. The feed_ tables are counted from messages, never on the way to
-- the acknowledgement; alerts and their tellings are what happened, and are kept.

-- How much came, minute by minute. A feed is named as the site file names it; whatever is no feed of ours counts under
-- '' and '', because a stranger may write anything into MSH-4, also a person's name.
create table feed_minutes (
  sender      text        not null,
  application text        not null, -- '' where the site file gives the sender none
  minute      timestamptz not null,
  received    int         not null, -- acknowledged and kept
  rejected    int         not null,
  first_id    bigint      not null, -- no message of this feed and minute has a lower one
  primary key (sender, application, minute)
);
create index feed_minutes_minute on feed_minutes (minute);

create table feed_totals (
  sender      text        not null,
  application text        not null,
  received    bigint      not null default 0,
  rejected    bigint      not null default 0,
  interpreted bigint      not null default 0, -- the first outcome of each message: what a replay makes of it is not counted
  ignored     bigint      not null default 0,
  parked      bigint      not null default 0,
  last_minute timestamptz,
  primary key (sender, application)
);

-- How far the counting has come. Ids are given before rows are committed, so a row may appear below one that was seen:
-- what was seen is counted only once every transaction of that time has ended.
create table feed_counting (
  only_row   boolean     primary key default true check (only_row),
  counted_to bigint      not null default 0,
  settled_to bigint      not null default 0, -- everything up to here has its first outcome
  seen_to    bigint      not null default 0,
  seen_xmax  xid8,
  seen_at    timestamptz
);
insert into feed_counting default values;

-- Times in which nobody counted, and so perhaps nobody listened: no feed was silent then.
create table feed_gaps (
  down_from  timestamptz primary key,
  down_until timestamptz not null
);

create table alerts (
  id            bigint      generated always as identity primary key,
  kind          text        not null,
  subject       text        not null, -- a feed, a body, a disk or a certificate; never a person
  details       jsonb       not null, -- figures and codes
  began_at      timestamptz not null,
  judged_at     timestamptz not null, -- the last round in which somebody could see it
  ended_at      timestamptz,
  ended_because text        check (ended_because in ('over', 'not-judged')),
  check ((ended_at is null) = (ended_because is null))
);
-- One open alert a cause, whoever notices it and however often.
create unique index alerts_open on alerts (kind, subject) where ended_at is null;

-- Each beginning and each ending is told once on each channel, and tried until the channel has taken it.
create table alert_tellings (
  alert_id bigint      not null references alerts,
  channel  text        not null, -- webhook, or the address of one person on duty
  moment   text        not null check (moment in ('began', 'ended')),
  due_at   timestamptz not null,
  attempt  int         not null default 0,
  told_at  timestamptz,
  problem  text,                 -- why the last attempt was not taken
  primary key (alert_id, channel, moment)
);
create index alert_tellings_open on alert_tellings (channel, due_at) where told_at is null;

-- Row ids begin at 1 in every installation; with this, traces of two installations never have the same id.
create table trace_salt (
  only_row boolean primary key default true check (only_row),
  salt     uuid    not null default gen_random_uuid()
);
insert into trace_salt default values;
