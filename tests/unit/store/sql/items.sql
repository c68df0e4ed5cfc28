-- Statements for the tests of the store.

-- name: item_add
-- args: key text, n int, data blob, note text
insert into item (key, n, data, note) values (:key, :n, :data, :note);

-- name: item_add_back
-- args: key text
-- returns: id int, key text
insert into item (key, n) values (:key, 7) returning id, key;

-- name: item_get
-- args: key text
-- returns: id int, key text, n int, data blob, note text
select id, key, n, data, note from item where key = :key;

-- name: item_list
-- returns: key text, n int
select key, n from item order by key;

-- name: item_count
-- returns: n int
select count(*) from item;

-- name: item_bump
-- args: key text, by int
update item set n = coalesce(n, 0) + :by where key = :key or note = :key;

-- name: item_delete
-- args: key text
delete from item where key = :key;

-- name: item_upsert
-- args: key text, n int
insert into item (key, n) values (:key, :n) on conflict (key) do update set n = excluded.n;

-- name: part_add
-- args: item int, place int
insert into part (item, place) values (:item, :place);

-- name: pair_all
-- args:  none
-- returns: a text, b text
select a, b from pair where a <> ':not a param' and b <> 'x''y' /* :nor this */ order by a;

-- name: numbers
-- args: upto int
-- returns: n int
with recursive numbers (n) as (select cast(1 as bigint) union all select n + 1 from numbers where n < :upto)
select n from numbers;

-- name: text_add
-- args: id int, note text
insert into item_text (rowid, note) values (:id, :note);

-- name: text_find
-- engine: sqlite
-- args: words text
-- returns: id int
select rowid from item_text where item_text match :words order by rowid;

-- name: text_find
-- engine: postgres
-- args: words text
-- returns: id int
select rowid from item_text where note like '%' || trim('"' from :words) || '%' order by rowid;

-- name: text_blocks
-- engine: sqlite
-- returns: n int
select count(*) from item_text_data;

-- name: text_blocks
-- engine: postgres
-- returns: n int
select count(*) from item_text;
