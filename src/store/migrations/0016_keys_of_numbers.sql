-- What is told under a key is told of one NHS number. A record that was first known without a number was told under the
-- key of its local identifier: that key is now the number's, so that nothing is told again.
update person_keys k
   set anchor = told.node
  from (select distinct on (node) person_key, node
          from (select person_key, 'nhs:' || min(content #>> '{publication,patient,nhsNumber}') as node
                  from publications
                 group by person_key
                having count(distinct content #>> '{publication,patient,nhsNumber}') = 1) single
         order by node, person_key) told
 where k.key = told.person_key
   and k.anchor like 'local:%'
   and not exists (select from person_keys other where other.anchor = told.node);
