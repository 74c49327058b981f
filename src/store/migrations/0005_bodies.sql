-- How much each body holds, without reading every delivery. A delivery is written here once: when it is settled.
create index deliveries_settled on deliveries (body, state, settled_at) where state in ('confirmed', 'overtaken');
