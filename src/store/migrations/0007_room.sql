-- An entry is written anew with nearly everything that is said of its person: with room beside it the row before is gone at
-- once, and none of its indexes is written. Without, it stays until the next vacuum, at the size of the whole table.
alter table entries set (fillfactor = 60);
