-- A backup's rows: everything that the entries below `size` in the log need, and the secrets beside them. What came after the cut is left out, so that rows read
-- one after the other agree with each other on both engines.

-- name: dump_streams
-- args: size int
-- returns: id int, type text, key text, head int, recorded int
select stream.id, stream.type, stream.key, max(entry.number), max(entry.recorded)
from leaf join entry on entry.id = leaf.entry join stream on stream.id = entry.stream
where leaf.idx < :size group by stream.id, stream.type, stream.key order by stream.id;

-- name: dump_entries
-- args: size int
-- returns: id int, stream int, number int, kind text, at int, recorded int, by_user text, agency text, bytes blob, salt blob, leaf blob
select entry.id, entry.stream, entry.number, entry.kind, entry.at, entry.recorded, entry.by_user, entry.agency, entry.bytes, entry.salt, entry.leaf
from leaf join entry on entry.id = leaf.entry where leaf.idx < :size order by entry.id;

-- name: dump_files
-- args: size int
-- returns: entry int, position int, name text, type text, sha256 blob, sm3 blob, size int, field text
select entry_file.entry, entry_file.position, entry_file.name, entry_file.type, entry_file.sha256, entry_file.sm3, entry_file.size, entry_file.field
from leaf join entry_file on entry_file.entry = leaf.entry where leaf.idx < :size order by entry_file.entry, entry_file.position;

-- name: file_names
-- returns: sha256 blob
select sha256 from entry_file;

-- name: dump_leaves
-- args: size int
-- returns: idx int, entry int, hash blob
select idx, entry, hash from leaf where idx < :size order by idx;

-- name: dump_nodes
-- args: n8 int, n16 int, n24 int, n32 int
-- returns: level int, idx int, hash blob
select level, idx, hash from node
where (level = 8 and idx < :n8) or (level = 16 and idx < :n16) or (level = 24 and idx < :n24) or (level = 32 and idx < :n32) order by level, idx;

-- name: dump_checkpoints
-- args: size int
-- returns: size int, root blob, note text, at int
select size, root, note, at from checkpoint where size <= :size order by size;

-- name: dump_credentials
-- returns: user_id text, password text, must_change int, totp text, totp_pending text, totp_last int, failures int, locked_until int, changed int
select user_id, password, must_change, totp, totp_pending, totp_last, failures, locked_until, changed from credential order by user_id;

-- name: dump_tokens
-- returns: id int, hash text, user_id text, title text, created int, expires int, seen int
select id, hash, user_id, title, created, expires, seen from token order by id;

-- name: restore_stream
-- args: id int, type text, key text, head int, recorded int
insert into stream (id, type, key, head, recorded) values (:id, :type, :key, :head, :recorded);

-- name: restore_entry
-- args: id int, stream int, number int, kind text, at int, recorded int, by_user text, agency text, bytes blob, salt blob, leaf blob
insert into entry (id, stream, number, kind, at, recorded, by_user, agency, bytes, salt, leaf)
values (:id, :stream, :number, :kind, :at, :recorded, :by_user, :agency, :bytes, :salt, :leaf);

-- name: restore_credential
-- args: user_id text, password text, must_change int, totp text, totp_pending text, totp_last int, failures int, locked_until int, changed int
insert into credential (user_id, password, must_change, totp, totp_pending, totp_last, failures, locked_until, changed)
values (:user_id, :password, :must_change, :totp, :totp_pending, :totp_last, :failures, :locked_until, :changed);

-- name: restore_token
-- args: id int, hash text, user_id text, title text, created int, expires int, seen int
insert into token (id, hash, user_id, title, created, expires, seen) values (:id, :hash, :user_id, :title, :created, :expires, :seen);

-- After rows with numbers of their own the engine must count on from them; SQLite does so by itself.
-- name: restore_counters
-- engine: sqlite
-- returns: done int
select 1 as done;

-- name: restore_counters
-- engine: postgres
-- returns: done int
select setval(pg_get_serial_sequence('stream', 'id'), coalesce((select max(id) from stream), 1)) +
	setval(pg_get_serial_sequence('entry', 'id'), coalesce((select max(id) from entry), 1)) +
	setval(pg_get_serial_sequence('token', 'id'), coalesce((select max(id) from token), 1)) as done;

-- name: export_streams
-- args: type text
-- returns: type text, key text
select type, key from stream where :type = '' or type = :type order by id;

-- Registers as tables: `good` is 0 for what is in force no longer. Parents come before those below them.
-- name: table_agencies
-- returns: code text, area text, good int, doc text
select code, area, 1 as good, doc from agency order by area, code;

-- name: table_officers
-- args: kind text
-- returns: id text, agency text, good int, doc text
select id, agency, case when status = '有效' then 1 else 0 end as good, doc from officer
where exists (select 1 from stream join entry on entry.stream = stream.id where stream.type = 'officer' and stream.key = officer.id and entry.kind = :kind)
order by agency, id;

-- name: table_users
-- returns: id text, agency text, good int, name text, officer text, roles text
select id, agency, case when status = '启用' then 1 else 0 end as good, name, officer, roles from app_user order by agency, id;

-- Whether a line of a table is registered already: somebody who is an officer may not be a reviewer yet.
-- name: table_known
-- args: type text, key text, kind text
-- returns: known int
select count(*) as known from stream join entry on entry.stream = stream.id where stream.type = :type and stream.key = :key and entry.kind = :kind;
