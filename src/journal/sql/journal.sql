-- The journal's statements. Every one is named by the function that runs it; nothing here changes or removes what was written, but the queue of
-- entries without a place and the journal's own marks.

-- name: stream_find
-- args: type text, key text
-- returns: id int, head int, recorded int
select id, head, recorded from stream where type = :type and key = :key

-- For a writer: on PostgreSQL the row is held, so that of two processes the second sees what the first committed.
-- name: stream_hold
-- engine: sqlite
-- args: type text, key text
-- returns: id int, head int, recorded int
select id, head, recorded from stream where type = :type and key = :key

-- name: stream_hold
-- engine: postgres
-- args: type text, key text
-- returns: id int, head int, recorded int
select id, head, recorded from stream where type = :type and key = :key for update

-- name: stream_add
-- args: type text, key text, recorded int
-- returns: id int
insert into stream (type, key, head, recorded) values (:type, :key, 1, :recorded) on conflict do nothing returning id

-- name: stream_grow
-- args: id int, before int, head int, recorded int
update stream set head = :head, recorded = :recorded where id = :id and head = :before

-- name: entry_add
-- engine: sqlite
-- args: stream int, number int, kind text, at int, recorded int, by_user text, agency text, bytes blob, salt blob, leaf blob
-- returns: id int
insert into entry (stream, number, kind, at, recorded, by_user, agency, bytes, salt, leaf)
values (:stream, :number, :kind, :at, :recorded, :by_user, :agency, :bytes, :salt, :leaf)
returning id

-- On PostgreSQL the entry also takes its place in the queue.
-- name: entry_add
-- engine: postgres
-- args: stream int, number int, kind text, at int, recorded int, by_user text, agency text, bytes blob, salt blob, leaf blob
-- returns: id int
with added as (
	insert into entry (stream, number, kind, at, recorded, by_user, agency, bytes, salt, leaf)
	values (:stream, :number, :kind, :at, :recorded, :by_user, :agency, :bytes, :salt, :leaf)
	returning id
)
insert into unplaced (entry) select id from added returning entry as id

-- name: entry_file_add
-- args: entry int, position int, name text, type text, sha256 blob, sm3 blob, size int, field text
insert into entry_file (entry, position, name, type, sha256, sm3, size, field)
values (:entry, :position, :name, :type, :sha256, :sm3, :size, :field)

-- name: entry_reread
-- args: low int, high int
-- returns: id int, bytes blob, salt blob, leaf blob
select id, bytes, salt, leaf from entry where id between :low and :high order by id

-- name: entry_by_id
-- args: id int
-- returns: id int, stream int, bytes blob, salt blob, leaf blob, idx int
select e.id, e.stream, e.bytes, e.salt, e.leaf, l.idx from entry e left join leaf l on l.entry = e.id where e.id = :id

-- name: entry_by_index
-- args: idx int
-- returns: id int, stream int, bytes blob, salt blob, leaf blob, idx int
select e.id, e.stream, e.bytes, e.salt, e.leaf, l.idx from leaf l join entry e on e.id = l.entry where l.idx = :idx

-- name: entry_of_stream
-- args: stream int, after int, most int
-- returns: id int, stream int, bytes blob, salt blob, leaf blob, idx int
select e.id, e.stream, e.bytes, e.salt, e.leaf, l.idx from entry e left join leaf l on l.entry = e.id
where e.stream = :stream and e.number > :after order by e.number limit :most

-- name: entry_in_log_order
-- args: first int, most int
-- returns: id int, stream int, bytes blob, salt blob, leaf blob, idx int
select e.id, e.stream, e.bytes, e.salt, e.leaf, l.idx from leaf l join entry e on e.id = l.entry
where l.idx >= :first order by l.idx limit :most

-- name: log_size
-- returns: size int
select coalesce(max(idx) + 1, 0) as size from leaf

-- name: leaf_add
-- args: idx int, entry int, hash blob
insert into leaf (idx, entry, hash) values (:idx, :entry, :hash)

-- name: leaf_range
-- args: first int, after int
-- returns: idx int, hash blob
select idx, hash from leaf where idx >= :first and idx < :after order by idx

-- name: leaf_data_range
-- args: first int, after int
-- returns: idx int, leaf blob
select l.idx, e.leaf from leaf l join entry e on e.id = l.entry where l.idx >= :first and l.idx < :after order by l.idx

-- name: node_add
-- args: level int, idx int, hash blob
insert into node (level, idx, hash) values (:level, :idx, :hash)

-- name: node_range
-- args: level int, first int, after int
-- returns: idx int, hash blob
select idx, hash from node where level = :level and idx >= :first and idx < :after order by idx

-- name: unplaced_first
-- args: most int
-- returns: entry int, leaf blob
select u.entry, e.leaf from unplaced u join entry e on e.id = u.entry order by u.entry limit :most

-- name: unplaced_remove
-- args: high int
delete from unplaced where entry <= :high and exists (select 1 from leaf l where l.entry = unplaced.entry)

-- name: unplaced_count
-- returns: n int
select count(*) as n from unplaced

-- name: checkpoint_newest
-- returns: size int, root blob, note text, at int
select size, root, note, at from checkpoint order by size desc limit 1

-- name: checkpoint_at_least
-- args: size int, below int
-- returns: size int, root blob, note text, at int
select size, root, note, at from checkpoint where size >= :size and size <= :below order by size limit 1

-- name: checkpoint_add
-- args: size int, root blob, note text, at int
insert into checkpoint (size, root, note, at) values (:size, :root, :note, :at)

-- name: journal_mark_get
-- args: name text
-- returns: value int
select value from journal_mark where name = :name

-- name: journal_mark_set
-- args: name text, value int
insert into journal_mark (name, value) values (:name, :value) on conflict (name) do update set value = excluded.value

-- name: journal_mark_drop
-- args: name text
delete from journal_mark where name = :name
