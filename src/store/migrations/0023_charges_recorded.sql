-- The charges of the last days: looked for with every round of the watch.
create index stated_facts_charges on stated_facts (recorded_at) where fact ->> 'kind' = 'charge';
