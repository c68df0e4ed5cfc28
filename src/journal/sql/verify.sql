-- The full check reads everything in pages, each by a key that ascends.

-- name: verify_entries
-- args: after int, most int
-- returns: id int, stream int, type text, key text, number int, kind text, at int, recorded int, by_user text, agency text, bytes blob, salt blob, leaf blob, idx int, hash blob, waits int
select e.id, e.stream, s.type, s.key, e.number, e.kind, e.at, e.recorded, e.by_user, e.agency, e.bytes, e.salt, e.leaf, l.idx, l.hash, u.entry as waits
from entry e left join stream s on s.id = e.stream left join leaf l on l.entry = e.id left join unplaced u on u.entry = e.id
where e.id > :after order by e.id limit :most

-- name: verify_files
-- args: low int, high int, entry int, position int, most int
-- returns: entry int, position int, name text, type text, sha256 blob, sm3 blob, size int, field text
select entry, position, name, type, sha256, sm3, size, field from entry_file
where entry >= :low and entry <= :high and (entry > :entry or (entry = :entry and position > :position)) order by entry, position limit :most

-- Files of entries that are not there (any more).
-- name: verify_lost_files
-- args: most int
-- returns: entry int, position int, name text
select f.entry, f.position, f.name from entry_file f left join entry e on e.id = f.entry where e.id is null order by f.entry, f.position limit :most

-- name: verify_streams
-- args: stream int, number int, most int
-- returns: stream int, number int, id int, recorded int, head int, head_recorded int, idx int
select e.stream, e.number, e.id, e.recorded, s.head, s.recorded as head_recorded, l.idx
from entry e left join stream s on s.id = e.stream left join leaf l on l.entry = e.id
where e.stream > :stream or (e.stream = :stream and e.number > :number) order by e.stream, e.number limit :most

-- name: verify_empty_streams
-- args: most int
-- returns: id int, type text, key text, head int
select s.id, s.type, s.key, s.head from stream s where not exists (select 1 from entry e where e.stream = s.id) order by s.id limit :most

-- name: verify_leaves
-- args: first int, most int
-- returns: idx int, entry int, hash blob, leaf blob, stream int, number int
select l.idx, l.entry, l.hash, e.leaf, e.stream, e.number from leaf l left join entry e on e.id = l.entry
where l.idx >= :first order by l.idx limit :most

-- name: verify_checkpoints
-- args: after int, most int
-- returns: size int, root blob, note text
select size, root, note from checkpoint where size > :after order by size limit :most

-- name: verify_nodes
-- args: level int, idx int, most int
-- returns: level int, idx int, hash blob
select level, idx, hash from node where level > :level or (level = :level and idx > :idx) order by level, idx limit :most

-- name: verify_stream_name
-- args: id int
-- returns: type text, key text
select type, key from stream where id = :id
