-- Which national files of bodies were imported. The files themselves are not kept: what they say is, below.
create table organisation_imports (
  id          bigint      generated always as identity primary key,
  imported_at timestamptz not null default now(),
  imported_by text        not null,
  file_name   text        not null, -- without its path
  file_digest text        not null,
  kind        text        not null check (kind in ('successions', 'records', 'links')),
  counts      jsonb       not null
);

-- What national files say, as the NHS's own directory writes it: neither an original nor derived from any, and imported
-- again where it is lost. It says nothing to the register by itself: changes are found in it, and those are decided about.
create table national_links (
  from_code   text   not null,
  to_code     text   not null,
  happened_on date   not null,
  import_id   bigint not null references organisation_imports (id),
  primary key (from_code, to_code, happened_on)
);
create table national_records (
  code       text   primary key,
  changed_on date,                  -- the last change that the record itself tells of; of two the newer counts
  record     jsonb  not null,
  import_id  bigint not null references organisation_imports (id)
);

-- Each time that changes were applied. Another edition means that entries may differ.
create table organisation_editions (
  id         bigint      generated always as identity primary key,
  edition    text        not null,
  applied_at timestamptz not null default now(),
  applied_by text        not null
);

-- Original, once somebody decided: rows for the tables of bodies and successions, beside those that come with the product.
create table organisation_changes (
  id               bigint      generated always as identity primary key,
  digest           text        not null unique, -- of what was found: the same however often it is found
  what             text        not null check (what in ('body', 'succession')),
  row              jsonb       not null,        -- the cells of the row; as a person completed it
  base             jsonb,                       -- those of the row that it was made against
  continues        boolean     not null,        -- the base stays until the day before
  needs_confirming boolean     not null,
  why              text        not null,
  state            text        not null check (state in ('staged', 'confirmed', 'refused', 'applied')),
  import_id        bigint      references organisation_imports (id),
  found_at         timestamptz not null default now(),
  decided_by       text,
  decided_at       timestamptz,
  because          text,
  edition_id       bigint      references organisation_editions (id),
  check ((state = 'applied') = (edition_id is not null))
);
create index organisation_changes_applied on organisation_changes (edition_id, id) where state = 'applied';

-- By what people are folded today: the version of the organisations, the third part, is followed by the edition of what was
-- applied to them, which the database knows.
alter function folded_with_today(text) rename to folded_with_places_today;
create function folded_with_today(base text) returns text
  language sql stable
  return folded_with_places_today(
    coalesce(
      (select regexp_replace(base, '^(\S+ \S+ [^ +]+)(\+\S+)?', '\1+' || edition)
         from organisation_editions
        order by id desc
        limit 1),
      base
    )
  );
