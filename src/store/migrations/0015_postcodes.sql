-- Where each postcode of England and Wales lies, by the national file that was imported: neither an original nor derived
-- from any. It is imported again where it is lost.
create table postcodes (
  postcode      text primary key, -- capitals, without a space
  council       text not null,    -- GSS, of the council with social services
  lsoa11        text,
  lsoa21        text,
  sub_icb       text,             -- GSS
  icb           text,             -- GSS
  introduced_on date              -- it lies there since; one that was given up may be given again elsewhere
);

create table postcode_imports (
  id           bigint      generated always as identity primary key,
  imported_at  timestamptz not null default now(),
  imported_by  text        not null,
  edition      text        not null, -- of all that was imported up to here: another one means that entries may differ
  month        text,                 -- the last month that the file tells of, YYYY-MM
  rows_read    int         not null,
  rows_new     int         not null,
  rows_changed int         not null,
  rows_refused int         not null
);

-- By what people are folded today: `base`, as the program knows it, and the edition of the postcodes, which the database
-- knows. One that was imported while processes run counts in all of them at once.
create function folded_with_today(base text) returns text
  language sql stable
  return base || coalesce(' ' || (select edition from postcode_imports order by id desc limit 1), '');
