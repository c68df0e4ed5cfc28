-- The journal's statements. Every one is named by the function that runs it; nothing here changes or removes what was written, but the queue of
-- entries without a place and the journal's own marks.

-- name: stream_find
-- args: type text, key text
-- returns: id int, head int, recorded int
select id, head, recorded from stream where type = :type and key = :key

-- Groups of several processes are written side by side; one that is tried again, member by member and in no order, runs alone, or two such would wait for
-- each other in a ring. SQLite has one writer at a time anyway.
-- name: write_beside
-- engine: sqlite
-- returns: done int
select 1

-- name: write_beside
-- engine: postgres
-- returns: done int
select 1 from pg_advisory_xact_lock_shared(hashtext('sanzhi.journal.write'))

-- name: write_alone
-- engine: sqlite
-- returns: done int
select 1

-- name: write_alone
-- engine: postgres
-- returns: done int
select 1 from pg_advisory_xact_lock(hashtext('sanzhi.journal.write'))

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

-- Sixteen streams at once; on PostgreSQL held in the order of their names, as the sixteens are, so that two processes do not wait for each other.
-- name: stream_hold_16
-- engine: sqlite
-- args: t0 text, k0 text, t1 text, k1 text, t2 text, k2 text, t3 text, k3 text, t4 text, k4 text, t5 text, k5 text, t6 text, k6 text, t7 text, k7 text, t8 text, k8 text, t9 text, k9 text, t10 text, k10 text, t11 text, k11 text, t12 text, k12 text, t13 text, k13 text, t14 text, k14 text, t15 text, k15 text
-- returns: id int, type text, key text, head int, recorded int
select id, type, key, head, recorded from stream where (type, key) in (values (:t0, :k0), (:t1, :k1), (:t2, :k2), (:t3, :k3), (:t4, :k4), (:t5, :k5), (:t6, :k6), (:t7, :k7), (:t8, :k8), (:t9, :k9), (:t10, :k10), (:t11, :k11), (:t12, :k12), (:t13, :k13), (:t14, :k14), (:t15, :k15)) order by id

-- name: stream_hold_16
-- engine: postgres
-- args: t0 text, k0 text, t1 text, k1 text, t2 text, k2 text, t3 text, k3 text, t4 text, k4 text, t5 text, k5 text, t6 text, k6 text, t7 text, k7 text, t8 text, k8 text, t9 text, k9 text, t10 text, k10 text, t11 text, k11 text, t12 text, k12 text, t13 text, k13 text, t14 text, k14 text, t15 text, k15 text
-- returns: id int, type text, key text, head int, recorded int
select id, type, key, head, recorded from stream where (type, key) in ((:t0, :k0), (:t1, :k1), (:t2, :k2), (:t3, :k3), (:t4, :k4), (:t5, :k5), (:t6, :k6), (:t7, :k7), (:t8, :k8), (:t9, :k9), (:t10, :k10), (:t11, :k11), (:t12, :k12), (:t13, :k13), (:t14, :k14), (:t15, :k15)) order by type collate "C", key collate "C" for update

-- name: stream_add
-- args: type text, key text, recorded int
-- returns: id int
insert into stream (type, key, head, recorded) values (:type, :key, 1, :recorded) on conflict do nothing returning id

-- name: stream_grow
-- args: id int, before int, head int, recorded int
update stream set head = :head, recorded = :recorded where id = :id and head = :before

-- Sixteen at once; where there are fewer, id 0 fills the rows.
-- name: stream_grow_16
-- args: i0 int, b0 int, h0 int, r0 int, i1 int, b1 int, h1 int, r1 int, i2 int, b2 int, h2 int, r2 int, i3 int, b3 int, h3 int, r3 int, i4 int, b4 int, h4 int, r4 int, i5 int, b5 int, h5 int, r5 int, i6 int, b6 int, h6 int, r6 int, i7 int, b7 int, h7 int, r7 int, i8 int, b8 int, h8 int, r8 int, i9 int, b9 int, h9 int, r9 int, i10 int, b10 int, h10 int, r10 int, i11 int, b11 int, h11 int, r11 int, i12 int, b12 int, h12 int, r12 int, i13 int, b13 int, h13 int, r13 int, i14 int, b14 int, h14 int, r14 int, i15 int, b15 int, h15 int, r15 int
update stream set head = v.column3, recorded = v.column4 from (values (:i0, :b0, :h0, :r0), (:i1, :b1, :h1, :r1), (:i2, :b2, :h2, :r2), (:i3, :b3, :h3, :r3), (:i4, :b4, :h4, :r4), (:i5, :b5, :h5, :r5), (:i6, :b6, :h6, :r6), (:i7, :b7, :h7, :r7), (:i8, :b8, :h8, :r8), (:i9, :b9, :h9, :r9), (:i10, :b10, :h10, :r10), (:i11, :b11, :h11, :r11), (:i12, :b12, :h12, :r12), (:i13, :b13, :h13, :r13), (:i14, :b14, :h14, :r14), (:i15, :b15, :h15, :r15)) as v
where stream.id = v.column1 and stream.head = v.column2

-- name: entry_add_6
-- engine: sqlite
-- args: stream0 int, number0 int, kind0 text, at0 int, recorded0 int, by_user0 text, agency0 text, bytes0 blob, salt0 blob, leaf0 blob, stream1 int, number1 int, kind1 text, at1 int, recorded1 int, by_user1 text, agency1 text, bytes1 blob, salt1 blob, leaf1 blob, stream2 int, number2 int, kind2 text, at2 int, recorded2 int, by_user2 text, agency2 text, bytes2 blob, salt2 blob, leaf2 blob, stream3 int, number3 int, kind3 text, at3 int, recorded3 int, by_user3 text, agency3 text, bytes3 blob, salt3 blob, leaf3 blob, stream4 int, number4 int, kind4 text, at4 int, recorded4 int, by_user4 text, agency4 text, bytes4 blob, salt4 blob, leaf4 blob, stream5 int, number5 int, kind5 text, at5 int, recorded5 int, by_user5 text, agency5 text, bytes5 blob, salt5 blob, leaf5 blob
-- returns: id int, stream int, number int
insert into entry (stream, number, kind, at, recorded, by_user, agency, bytes, salt, leaf) values
	(:stream0, :number0, :kind0, :at0, :recorded0, :by_user0, :agency0, :bytes0, :salt0, :leaf0),
	(:stream1, :number1, :kind1, :at1, :recorded1, :by_user1, :agency1, :bytes1, :salt1, :leaf1),
	(:stream2, :number2, :kind2, :at2, :recorded2, :by_user2, :agency2, :bytes2, :salt2, :leaf2),
	(:stream3, :number3, :kind3, :at3, :recorded3, :by_user3, :agency3, :bytes3, :salt3, :leaf3),
	(:stream4, :number4, :kind4, :at4, :recorded4, :by_user4, :agency4, :bytes4, :salt4, :leaf4),
	(:stream5, :number5, :kind5, :at5, :recorded5, :by_user5, :agency5, :bytes5, :salt5, :leaf5)
returning id, stream, number

-- name: entry_add_6
-- engine: postgres
-- args: stream0 int, number0 int, kind0 text, at0 int, recorded0 int, by_user0 text, agency0 text, bytes0 blob, salt0 blob, leaf0 blob, stream1 int, number1 int, kind1 text, at1 int, recorded1 int, by_user1 text, agency1 text, bytes1 blob, salt1 blob, leaf1 blob, stream2 int, number2 int, kind2 text, at2 int, recorded2 int, by_user2 text, agency2 text, bytes2 blob, salt2 blob, leaf2 blob, stream3 int, number3 int, kind3 text, at3 int, recorded3 int, by_user3 text, agency3 text, bytes3 blob, salt3 blob, leaf3 blob, stream4 int, number4 int, kind4 text, at4 int, recorded4 int, by_user4 text, agency4 text, bytes4 blob, salt4 blob, leaf4 blob, stream5 int, number5 int, kind5 text, at5 int, recorded5 int, by_user5 text, agency5 text, bytes5 blob, salt5 blob, leaf5 blob
-- returns: id int, stream int, number int
with added as (insert into entry (stream, number, kind, at, recorded, by_user, agency, bytes, salt, leaf) values
	(:stream0, :number0, :kind0, :at0, :recorded0, :by_user0, :agency0, :bytes0, :salt0, :leaf0),
	(:stream1, :number1, :kind1, :at1, :recorded1, :by_user1, :agency1, :bytes1, :salt1, :leaf1),
	(:stream2, :number2, :kind2, :at2, :recorded2, :by_user2, :agency2, :bytes2, :salt2, :leaf2),
	(:stream3, :number3, :kind3, :at3, :recorded3, :by_user3, :agency3, :bytes3, :salt3, :leaf3),
	(:stream4, :number4, :kind4, :at4, :recorded4, :by_user4, :agency4, :bytes4, :salt4, :leaf4),
	(:stream5, :number5, :kind5, :at5, :recorded5, :by_user5, :agency5, :bytes5, :salt5, :leaf5)
	returning id, stream, number
), queued as (insert into unplaced (entry) select id from added)
select id, stream, number from added

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

-- name: leaf_add_16
-- args: i0 int, e0 int, h0 blob, i1 int, e1 int, h1 blob, i2 int, e2 int, h2 blob, i3 int, e3 int, h3 blob, i4 int, e4 int, h4 blob, i5 int, e5 int, h5 blob, i6 int, e6 int, h6 blob, i7 int, e7 int, h7 blob, i8 int, e8 int, h8 blob, i9 int, e9 int, h9 blob, i10 int, e10 int, h10 blob, i11 int, e11 int, h11 blob, i12 int, e12 int, h12 blob, i13 int, e13 int, h13 blob, i14 int, e14 int, h14 blob, i15 int, e15 int, h15 blob
insert into leaf (idx, entry, hash) values (:i0, :e0, :h0), (:i1, :e1, :h1), (:i2, :e2, :h2), (:i3, :e3, :h3), (:i4, :e4, :h4), (:i5, :e5, :h5), (:i6, :e6, :h6), (:i7, :e7, :h7), (:i8, :e8, :h8), (:i9, :e9, :h9), (:i10, :e10, :h10), (:i11, :e11, :h11), (:i12, :e12, :h12), (:i13, :e13, :h13), (:i14, :e14, :h14), (:i15, :e15, :h15)

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

-- The queue is empty or short, and a planner that has never seen it full joins it with all entries and all leaves: asked for by itself, each row
-- is looked up by its key.
-- name: unplaced_first
-- args: most int
-- returns: entry int, leaf blob
select u.entry, (select e.leaf from entry e where e.id = u.entry) as leaf from (select entry from unplaced order by entry limit :most) as u order by u.entry

-- name: unplaced_remove
-- args: high int
delete from unplaced where entry <= :high and (select l.idx from leaf l where l.entry = unplaced.entry) is not null

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
