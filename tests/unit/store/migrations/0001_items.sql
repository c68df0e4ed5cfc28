-- Tables for the tests of the store; a comment with a ; in it.
create table item (
	id @ID@,
	key text not null unique,
	n @INT@,
	data @BLOB@,
	note text check (note <> 'never; ''this''')
);
create index item_n on item (n);
create table part (
	item @INT@ not null references item (id),
	place @INT@ not null,
	primary key (item, place)
);
-- only: sqlite
create trigger item_kept before delete on item
begin
	select case when old.key = 'kept' then raise(abort, 'append-only') end;
end;
create virtual table item_text using fts5(note, tokenize = 'trigram');
-- end
-- only: postgres
create function item_kept() returns trigger language plpgsql as $$
begin
	if old.key = 'kept' then
		raise exception 'append-only';
	end if;
	return old;
end;
$$;
create trigger item_kept before delete on item for each row execute function item_kept();
create table item_text (rowid @INT@ primary key, note text not null);
-- end
