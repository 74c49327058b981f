-- Derived. Under which names each numbered period of detention was told: a period is one person's, so people who share
-- one are folded together, to be asked about. Rows of an older interpretation stay, as mentions do.
create table told_periods (
  period  text   not null, -- RXT|P1: the sender with its own number
  node_id bigint not null references nodes,
  primary key (period, node_id)
);
create index told_periods_node on told_periods (node_id);

-- What was told before this table was there. A period that its sender does not number holds a day instead.
insert into told_periods (period, node_id)
select distinct told.sender || '|' || told.period, named.node_id
  from (select newest.message_id, fact ->> 'period' as period,
               coalesce(fact -> 'source' ->> 'sender', newest.facts -> 'shared' -> 'source' ->> 'sender') as sender
          from (select distinct on (message_id) message_id, facts
                  from interpretations
                 order by message_id, id desc) newest
         cross join lateral json_array_elements(case json_typeof(newest.facts) when 'array' then newest.facts
                                                     else newest.facts -> 'facts' end) fact
         where fact ->> 'kind' in ('detention', 'detention-withdrawn')) told
 cross join lateral (select min(node_id) as node_id from mentions where message_id = told.message_id) named
 where named.node_id is not null
   and told.period !~ '(^|/)\d{4}-\d{2}-\d{2}(T[^/]*Z)?(/|$)';

update nodes
   set due_since = now()
 where due_since is null
   and id in (select node_id
                from told_periods
               where period in (select period from told_periods group by period having count(*) > 1));
