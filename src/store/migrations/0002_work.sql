-- Projections: computed from entries, emptied and made again by `sanzhi rebuild`. Nothing here is the only place of anything.

create table stream_state (
	stream @INT@ primary key,
	type text not null,
	key text not null,
	head @INT@ not null,
	agency text not null,
	state text not null
);
create unique index stream_state_key on stream_state (type, key);

create table case_file (
	id @INT@ primary key, -- the stream's id: ascending with the opening
	key text not null,
	number text not null,
	title text not null,
	agency text not null,
	area text not null,
	area2 text not null, -- province
	area4 text not null, -- prefecture
	area6 text not null, -- county
	act text not null,
	procedure text not null,
	status text not null,
	stage text not null,
	party text not null,
	party_type text not null,
	secrecy text not null,
	handler text not null,
	major @INT@ not null,
	urgent @INT@ not null,
	opened @INT@ not null,
	closed @INT@,
	updated @INT@ not null,
	next_due @INT@, -- the earliest open duty
	entries @INT@ not null
);
create unique index case_file_key on case_file (key);
create index case_file_agency on case_file (agency, id);
create index case_file_area4 on case_file (area4, id);
create index case_file_area6 on case_file (area6, id);
create index case_file_due on case_file (agency, next_due) where next_due is not null;

create table case_duty (
	stream @INT@ not null,
	duty text not null,
	agency text not null,
	area4 text not null,
	area6 text not null,
	rule text not null,
	clause text not null,
	topic text not null,
	title text not null,
	who text not null,
	opened_by @INT@ not null,
	from_at @INT@ not null,
	due @INT@ not null,
	state text not null, -- open, suspended, met, excused
	met_at @INT@,
	doc text not null,
	primary key (stream, duty)
);
create index case_duty_due on case_duty (agency, state, due);

create table agency (
	code text primary key,
	name text not null,
	abbreviation text not null,
	area text not null,
	parent text not null,
	kind text not null,
	doc text not null -- its facts as registered
);
create index agency_area on agency (area);

create table officer (
	id text primary key,
	agency text not null,
	name text not null,
	certificate text not null,
	kind text not null, -- 执法人员, 辅助人员, 法制审核人员
	valid_from @INT@,
	valid_to @INT@,
	status text not null,
	doc text not null
);
create index officer_agency on officer (agency, id);
create index officer_valid on officer (valid_to);

create table app_user (
	id text primary key,
	name text not null,
	agency text not null,
	roles text not null, -- JSON array
	officer text not null,
	status text not null
);
create index app_user_agency on app_user (agency, id);

create table list_item (
	agency text not null,
	list text not null,
	item text not null,
	entry @INT@ not null,
	doc text not null,
	updated @INT@ not null,
	published @INT@,
	primary key (agency, list, item)
);

create table publication (
	id text primary key, -- the case's key, a point, and the number of the entry that published it
	stream @INT@ not null,
	entry @INT@ not null,
	agency text not null,
	area2 text not null,
	area4 text not null,
	area6 text not null,
	act text not null,
	title text not null,
	party text not null,
	number text not null,
	published @INT@ not null,
	withdrawn @INT@,
	reason text not null,
	doc text not null -- what may be shown, and nothing else
);
create unique index publication_entry on publication (entry);
create index publication_agency on publication (agency, entry);
create index publication_stream on publication (stream);

-- only: sqlite
create virtual table case_search using fts5(tokens, content='', tokenize='ascii');
create virtual table publication_search using fts5(tokens, content='', tokenize='ascii');
-- end
-- only: postgres
create table case_search (rowid bigint primary key, tokens tsvector not null);
create index case_search_tokens on case_search using gin (tokens);
create table publication_search (rowid bigint primary key, tokens tsvector not null);
create index publication_search_tokens on publication_search using gin (tokens);
-- end
