-- What national files say beside where a postcode lies: to whom each GP practice and each small area belongs. As the
-- postcodes they are neither an original nor derived from any, and are imported again where they are lost.

-- One row a practice and commissioner, over the days on which it was that.
create table gp_practices (
  code         text not null, -- ODS, in capitals
  commissioner text not null, -- ODS, as it was on those days
  from_on      date,          -- null: from before the file tells
  to_on        date,          -- null: still
  name         text not null,
  status       text not null,
  opened_on    date,
  closed_on    date
);
create unique index gp_practices_code on gp_practices (code, coalesce(from_on, '-infinity'));

-- One row a small area (LSOA) and the day from which a look-up tells of it.
create table small_areas (
  lsoa    text not null,
  from_on date not null,
  sub_icb text not null, -- ODS, as of that day
  icb     text,          -- ODS
  council text,          -- GSS, of the district or the council
  primary key (lsoa, from_on)
);

create table directory_imports (
  id           bigint      generated always as identity primary key,
  kind         text        not null check (kind in ('gp-practices', 'small-areas')),
  imported_at  timestamptz not null default now(),
  imported_by  text        not null,
  edition      text        not null, -- of all of its kind up to here: another one means that entries may differ
  rows_read    int         not null,
  rows_new     int         not null,
  rows_changed int         not null,
  rows_refused int         not null
);
create index directory_imports_last on directory_imports (kind, id desc);

-- The editions of the postcodes, the practices and the small areas, - where there is none; null where nothing was imported.
create function imported_editions() returns text
  language sql stable
  return nullif(rtrim(
    coalesce((select edition from postcode_imports order by id desc limit 1), '-') || ' ' ||
    coalesce((select edition from directory_imports where kind = 'gp-practices' order by id desc limit 1), '-') || ' ' ||
    coalesce((select edition from directory_imports where kind = 'small-areas' order by id desc limit 1), '-'),
    ' -'), '');

create or replace function folded_with_today(base text) returns text
  language sql stable
  return base || coalesce(' ' || imported_editions(), '');
