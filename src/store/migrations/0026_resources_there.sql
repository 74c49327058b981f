-- A register on a server has a resource for each part of what was sent: a Flag or a CarePlan may be gone while its
-- EpisodeOfCare stands. Only an EpisodeOfCare, or a row of a sheet, is an entry of the register.
alter table register_rows
  alter column said drop not null,
  add column resource jsonb; -- null: a row of a sheet

-- How long ago a page came decides whether the server still knows where the reader was.
alter table reconciliations
  add column paged_at timestamptz;
