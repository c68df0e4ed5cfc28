-- The journal: the only place that holds the truth (docs/formats/entry.md, docs/formats/log.md). Ascending keys only; the engine itself refuses
-- to change or remove what was written.

create table stream (
	id @ID@,
	type text not null,
	key text not null,
	head @INT@ not null check (head >= 0),     -- number of its newest entry
	recorded @INT@ not null                    -- when that was recorded
);
create unique index stream_key on stream (type, key);

-- `bytes` is what counts; the columns beside it are copies for the use of queries, held against it by `sanzhi log verify`.
create table entry (
	id @ID@,
	stream @INT@ not null references stream (id),
	number @INT@ not null check (number >= 1),
	kind text not null,
	at @INT@ not null,                         -- microseconds, UTC, as all instants
	recorded @INT@ not null,
	by_user text not null,
	agency text not null,
	bytes @BLOB@ not null,                     -- canonical form
	salt @BLOB@ not null,
	leaf @BLOB@ not null                       -- SHA-256(salt || bytes)
);
create unique index entry_number on entry (stream, number);

create table entry_file (
	entry @INT@ not null references entry (id),
	position @INT@ not null,                   -- 0, 1, …
	name text not null,
	type text not null,
	sha256 @BLOB@ not null,
	sm3 @BLOB@ not null,
	size @INT@ not null,
	field text,
	primary key (entry, position)
);

-- The log: which entry has which place.
create table leaf (
	idx @INT@ primary key,
	entry @INT@ not null references entry (id),
	hash @BLOB@ not null                       -- RFC 6962 leaf hash of the entry's leaf
);
create unique index leaf_entry on leaf (entry);

-- Entries that wait for their place: a queue, empty on SQLite, short-lived on PostgreSQL.
create table unplaced (
	entry @INT@ primary key references entry (id)
);

-- Complete subtrees of 2^8, 2^16, … leaves.
create table node (
	level @INT@ not null,
	idx @INT@ not null,
	hash @BLOB@ not null,
	primary key (level, idx)
);

create table checkpoint (
	size @INT@ primary key,
	root @BLOB@ not null,
	note text not null,
	at @INT@ not null
);

-- What the journal notes for itself, such as a rebuilding that was begun.
create table journal_mark (
	name text primary key,
	value @INT@ not null
);

-- only: sqlite
create trigger stream_update before update on stream
	when new.id <> old.id or new.type <> old.type or new.key <> old.key or new.head <= old.head or new.recorded < old.recorded
	begin select raise(abort, 'journal: a stream only grows'); end;
create trigger stream_delete before delete on stream begin select raise(abort, 'journal: nothing is removed'); end;
create trigger entry_update before update on entry begin select raise(abort, 'journal: nothing is changed'); end;
create trigger entry_delete before delete on entry begin select raise(abort, 'journal: nothing is removed'); end;
create trigger entry_file_update before update on entry_file begin select raise(abort, 'journal: nothing is changed'); end;
create trigger entry_file_delete before delete on entry_file begin select raise(abort, 'journal: nothing is removed'); end;
create trigger leaf_update before update on leaf begin select raise(abort, 'journal: nothing is changed'); end;
create trigger leaf_delete before delete on leaf begin select raise(abort, 'journal: nothing is removed'); end;
create trigger node_update before update on node begin select raise(abort, 'journal: nothing is changed'); end;
create trigger node_delete before delete on node begin select raise(abort, 'journal: nothing is removed'); end;
create trigger checkpoint_update before update on checkpoint begin select raise(abort, 'journal: nothing is changed'); end;
create trigger checkpoint_delete before delete on checkpoint begin select raise(abort, 'journal: nothing is removed'); end;
-- end

-- only: postgres
create function journal_refuse() returns trigger language plpgsql as $$
begin
	raise exception 'journal: nothing is changed or removed' using errcode = 'restrict_violation';
end
$$;
create function journal_stream_grows() returns trigger language plpgsql as $$
begin
	if new.id <> old.id or new.type <> old.type or new.key <> old.key or new.head <= old.head or new.recorded < old.recorded then
		raise exception 'journal: a stream only grows' using errcode = 'restrict_violation';
	end if;
	return new;
end
$$;
create trigger stream_update before update on stream for each row execute function journal_stream_grows();
create trigger stream_remove before delete or truncate on stream for each statement execute function journal_refuse();
create trigger entry_refuse before update or delete or truncate on entry for each statement execute function journal_refuse();
create trigger entry_file_refuse before update or delete or truncate on entry_file for each statement execute function journal_refuse();
create trigger leaf_refuse before update or delete or truncate on leaf for each statement execute function journal_refuse();
create trigger node_refuse before update or delete or truncate on node for each statement execute function journal_refuse();
create trigger checkpoint_refuse before update or delete or truncate on checkpoint for each statement execute function journal_refuse();
-- end
