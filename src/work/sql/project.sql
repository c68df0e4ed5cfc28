-- name: case_put
-- args: id int, key text, number text, title text, agency text, area text, area2 text, area4 text, area6 text, act text, procedure text, status text, stage text, party text, party_type text, secrecy text, handler text, major int, urgent int, opened int, closed int, updated int, next_due int, entries int, waiting text
insert into case_file (id, key, number, title, agency, area, area2, area4, area6, act, procedure, status, stage, party, party_type,
	secrecy, handler, major, urgent, opened, closed, updated, next_due, entries, waiting)
values (:id, :key, :number, :title, :agency, :area, :area2, :area4, :area6, :act, :procedure, :status, :stage, :party, :party_type,
	:secrecy, :handler, :major, :urgent, :opened, :closed, :updated, :next_due, :entries, :waiting)
on conflict (id) do update set title = excluded.title, number = excluded.number, act = excluded.act, status = excluded.status,
	stage = excluded.stage, party = excluded.party, party_type = excluded.party_type, secrecy = excluded.secrecy,
	handler = excluded.handler, major = excluded.major, urgent = excluded.urgent, closed = excluded.closed,
	updated = excluded.updated, next_due = excluded.next_due, entries = excluded.entries,
	waiting = excluded.waiting;

-- name: duty_put
-- args: stream int, duty text, agency text, area4 text, area6 text, rule text, clause text, topic text, title text, who text, opened_by int, from_at int, due int, state text, met_at int, doc text
insert into case_duty (stream, duty, agency, area4, area6, rule, clause, topic, title, who, opened_by, from_at, due, state, met_at, doc)
values (:stream, :duty, :agency, :area4, :area6, :rule, :clause, :topic, :title, :who, :opened_by, :from_at, :due, :state, :met_at, :doc)
on conflict (stream, duty) do update set due = excluded.due, state = excluded.state, met_at = excluded.met_at, doc = excluded.doc;

-- name: agency_put
-- args: code text, name text, abbreviation text, area text, parent text, kind text, doc text
insert into agency (code, name, abbreviation, area, parent, kind, doc)
values (:code, :name, :abbreviation, :area, :parent, :kind, :doc)
on conflict (code) do update set name = excluded.name, abbreviation = excluded.abbreviation, area = excluded.area,
	parent = excluded.parent, kind = excluded.kind, doc = excluded.doc;

-- name: officer_put
-- args: id text, agency text, name text, certificate text, kind text, valid_from int, valid_to int, status text, doc text
insert into officer (id, agency, name, certificate, kind, valid_from, valid_to, status, doc)
values (:id, :agency, :name, :certificate, :kind, :valid_from, :valid_to, :status, :doc)
on conflict (id) do update set agency = excluded.agency, name = excluded.name, certificate = excluded.certificate, kind = excluded.kind,
	valid_from = excluded.valid_from, valid_to = excluded.valid_to, status = excluded.status, doc = excluded.doc;

-- name: user_put
-- args: id text, name text, agency text, roles text, officer text, status text
insert into app_user (id, name, agency, roles, officer, status) values (:id, :name, :agency, :roles, :officer, :status)
on conflict (id) do update set name = excluded.name, agency = excluded.agency, roles = excluded.roles, officer = excluded.officer,
	status = excluded.status;

-- name: list_put
-- args: agency text, list text, item text, entry int, doc text, updated int
insert into list_item (agency, list, item, entry, doc, updated, published) values (:agency, :list, :item, :entry, :doc, :updated, null)
on conflict (agency, list, item) do update set entry = excluded.entry, doc = excluded.doc, updated = excluded.updated, published = null;

-- name: list_remove
-- args: agency text, list text, item text
delete from list_item where agency = :agency and list = :list and item = :item;

-- name: list_published
-- args: agency text, list text, at int
update list_item set published = :at where agency = :agency and list = :list and published is null;

-- name: publication_put
-- args: id text, stream int, entry int, agency text, area2 text, area4 text, area6 text, act text, title text, party text, number text, published int, doc text
insert into publication (id, stream, entry, agency, area2, area4, area6, act, title, party, number, published, withdrawn, reason, doc)
values (:id, :stream, :entry, :agency, :area2, :area4, :area6, :act, :title, :party, :number, :published, null, '', :doc)
on conflict (id) do update set title = excluded.title, doc = excluded.doc;

-- name: publication_withdraw
-- args: stream int, at int, reason text
update publication set withdrawn = :at, reason = :reason, title = '', party = '', doc = '{}' where stream = :stream and withdrawn is null;

-- name: search_add
-- engine: sqlite
-- args: piece int, tokens text
insert into case_search (rowid, tokens) values (:piece, :tokens);

-- name: search_add
-- engine: postgres
-- args: piece int, tokens text
insert into case_search (rowid, tokens) values (:piece, cast(:tokens as tsvector)) on conflict (rowid) do nothing;

-- name: publication_search_add
-- engine: sqlite
-- args: piece int, tokens text
insert into publication_search (rowid, tokens) values (:piece, :tokens);

-- name: publication_search_add
-- engine: postgres
-- args: piece int, tokens text
insert into publication_search (rowid, tokens) values (:piece, cast(:tokens as tsvector)) on conflict (rowid) do nothing;
