-- name: case_last_number
-- args: prefix text
-- returns: last int
select max(cast(substr(key, length(:prefix) + 1) as bigint)) from case_file where key >= :prefix and key < :prefix || '~';

-- name: case_by_key
-- args: key text
-- returns: id int, key text, number text, title text, agency text, area text, act text, procedure text, status text, stage text, party text, secrecy text, handler text, major int, urgent int, opened int, closed int, entries int
select id, key, number, title, agency, area, act, procedure, status, stage, party, secrecy, handler, major, urgent, opened, closed, entries
from case_file where key = :key;

-- name: case_page_agency
-- args: before int, limit int, agency text, procedure text, stage text, status text, opened_from int, opened_to int, late_before int, secret int
-- returns: id int, key text, number text, title text, agency text, act text, procedure text, status text, stage text, party text, major int, urgent int, opened int, closed int, next_due int, agency_name text, handler_name text
-- plan: values
select id, key, number, title, agency, act, procedure, status, stage, party, major, urgent, opened, closed, next_due,
	coalesce((select agency.name from agency where agency.code = case_file.agency), ''),
	coalesce((select app_user.name from app_user where app_user.id = case_file.handler), case_file.handler)
from case_file
where agency = :agency and id < :before and (:procedure = '' or procedure = :procedure) and (:stage = '' or stage = :stage)
	and (:status = '' or status = :status) and opened >= :opened_from and opened < :opened_to
	and (:late_before = 0 or next_due < :late_before) and (:secret = 1 or secrecy <> '秘密')
order by id desc limit :limit;

-- What one agency owes, by the index of what is due: few of its cases owe anything.
-- name: case_page_late
-- args: before int, limit int, agency text, procedure text, stage text, status text, opened_from int, opened_to int, late_before int, secret int
-- returns: id int, key text, number text, title text, agency text, act text, procedure text, status text, stage text, party text, major int, urgent int, opened int, closed int, next_due int, agency_name text, handler_name text
-- plan: values
select id, key, number, title, agency, act, procedure, status, stage, party, major, urgent, opened, closed, next_due,
	coalesce((select agency.name from agency where agency.code = case_file.agency), ''),
	coalesce((select app_user.name from app_user where app_user.id = case_file.handler), case_file.handler)
from case_file
where agency = :agency and id < :before and (:procedure = '' or procedure = :procedure) and (:stage = '' or stage = :stage)
	and (:status = '' or status = :status) and opened >= :opened_from and opened < :opened_to
	and next_due < :late_before and (:secret = 1 or secrecy <> '秘密')
order by id desc limit :limit;

-- name: case_page_area4
-- args: before int, limit int, area text, procedure text, stage text, status text, opened_from int, opened_to int, late_before int, secret int
-- returns: id int, key text, number text, title text, agency text, act text, procedure text, status text, stage text, party text, major int, urgent int, opened int, closed int, next_due int, agency_name text, handler_name text
-- plan: values
select id, key, number, title, agency, act, procedure, status, stage, party, major, urgent, opened, closed, next_due,
	coalesce((select agency.name from agency where agency.code = case_file.agency), ''),
	coalesce((select app_user.name from app_user where app_user.id = case_file.handler), case_file.handler)
from case_file
where area4 = :area and id < :before and (:procedure = '' or procedure = :procedure) and (:stage = '' or stage = :stage)
	and (:status = '' or status = :status) and opened >= :opened_from and opened < :opened_to
	and (:late_before = 0 or next_due < :late_before) and (:secret = 1 or secrecy <> '秘密')
order by id desc limit :limit;

-- name: case_page_area6
-- args: before int, limit int, area text, procedure text, stage text, status text, opened_from int, opened_to int, late_before int, secret int
-- returns: id int, key text, number text, title text, agency text, act text, procedure text, status text, stage text, party text, major int, urgent int, opened int, closed int, next_due int, agency_name text, handler_name text
-- plan: values
select id, key, number, title, agency, act, procedure, status, stage, party, major, urgent, opened, closed, next_due,
	coalesce((select agency.name from agency where agency.code = case_file.agency), ''),
	coalesce((select app_user.name from app_user where app_user.id = case_file.handler), case_file.handler)
from case_file
where area6 = :area and id < :before and (:procedure = '' or procedure = :procedure) and (:stage = '' or stage = :stage)
	and (:status = '' or status = :status) and opened >= :opened_from and opened < :opened_to
	and (:late_before = 0 or next_due < :late_before) and (:secret = 1 or secrecy <> '秘密')
order by id desc limit :limit;

-- name: case_page_all
-- args: before int, limit int, area text, procedure text, stage text, status text, opened_from int, opened_to int, late_before int, secret int
-- returns: id int, key text, number text, title text, agency text, act text, procedure text, status text, stage text, party text, major int, urgent int, opened int, closed int, next_due int, agency_name text, handler_name text
-- plan: values
select id, key, number, title, agency, act, procedure, status, stage, party, major, urgent, opened, closed, next_due,
	coalesce((select agency.name from agency where agency.code = case_file.agency), ''),
	coalesce((select app_user.name from app_user where app_user.id = case_file.handler), case_file.handler)
from case_file
where area >= :area and id < :before and (:procedure = '' or procedure = :procedure) and (:stage = '' or stage = :stage)
	and (:status = '' or status = :status) and opened >= :opened_from and opened < :opened_to
	and (:late_before = 0 or next_due < :late_before) and (:secret = 1 or secrecy <> '秘密')
order by id desc limit :limit;

-- Pieces are looked at from the newest backwards and gathered by case: the least piece of each and how many they were. A case that another condition
-- keeps out is null, so that who asks knows how far was looked. An agency ('' for all) stands among the query's words too; here it is checked.
-- name: case_search
-- engine: sqlite
-- args: query text, before int, looked int, each int, agency text, procedure text, stage text, status text, opened_from int, opened_to int, late_before int, secret int
-- returns: id int, key text, number text, title text, agency text, act text, procedure text, status text, stage text, party text, major int, urgent int, opened int, closed int, next_due int, agency_name text, handler_name text, piece int, pieces int
select id, key, number, title, agency, act, procedure, status, stage, party, major, urgent, opened, closed, next_due,
	coalesce((select agency.name from agency where agency.code = case_file.agency), ''),
	coalesce((select app_user.name from app_user where app_user.id = case_file.handler), case_file.handler), hit.piece, hit.pieces
from (
	select min(looked.piece) as piece, count(*) as pieces, looked.piece / :each as stream
	from (select rowid as piece from case_search where case_search match :query and rowid < :before order by rowid desc limit :looked) as looked
	group by looked.piece / :each
) as hit left join case_file on case_file.id = hit.stream and (:agency = '' or agency = :agency) and (:procedure = '' or procedure = :procedure)
	and (:stage = '' or stage = :stage) and (:status = '' or status = :status) and opened >= :opened_from and opened < :opened_to
	and (:late_before = 0 or next_due < :late_before) and (:secret = 1 or secrecy <> '秘密')
order by hit.piece desc;

-- PostgreSQL's index knows nothing of order, and reads each row that might hold a phrase: common words are found by walking the newest pieces (of the agency's newest cases), and
-- only where these do not suffice the index is asked. "offset 0" and "+ 0" keep the planner to that, whatever it thinks of words it does not know.
-- name: case_search
-- engine: postgres
-- args: query text, before int, looked int, each int, agency text, procedure text, stage text, status text, opened_from int, opened_to int, late_before int, secret int
-- returns: id int, key text, number text, title text, agency text, act text, procedure text, status text, stage text, party text, major int, urgent int, opened int, closed int, next_due int, agency_name text, handler_name text, piece int, pieces int
with walked as materialized (
	(select newest.rowid as piece from (select rowid, tokens from case_search where rowid < :before order by rowid desc limit 2000) as newest
	where :agency = '' and newest.tokens @@ cast(:query as tsquery) order by newest.rowid desc limit :looked)
	union all
	(select found.piece from (select id from case_file where agency = :agency and id <= :before / :each order by id desc limit 600) as own
	cross join lateral (select near.rowid as piece from (select rowid, tokens from case_search where rowid >= own.id * :each and rowid < least(:before, (own.id + 1) * :each) offset 0) as near
		where near.tokens @@ cast(:query as tsquery)) as found
	order by own.id desc, found.piece desc limit :looked)
), indexed as materialized (
	select rowid as piece from case_search where (select count(*) from walked) < :looked and tokens @@ cast(:query as tsquery) and rowid + 0 < :before
)
select id, key, number, title, agency, act, procedure, status, stage, party, major, urgent, opened, closed, next_due,
	coalesce((select agency.name from agency where agency.code = case_file.agency), ''),
	coalesce((select app_user.name from app_user where app_user.id = case_file.handler), case_file.handler), hit.piece, hit.pieces
from (
	select min(looked.piece) as piece, count(*) as pieces, looked.piece / :each as stream
	from (select piece from walked where (select count(*) from walked) >= :looked
		union all (select piece from indexed order by piece desc limit :looked)) as looked
	group by looked.piece / :each
) as hit left join case_file on case_file.id = hit.stream and (:agency = '' or agency = :agency) and (:procedure = '' or procedure = :procedure)
	and (:stage = '' or stage = :stage) and (:status = '' or status = :status) and opened >= :opened_from and opened < :opened_to
	and (:late_before = 0 or next_due < :late_before) and (:secret = 1 or secrecy <> '秘密')
order by hit.piece desc;

-- Several agencies may use one short form.
-- name: case_by_number
-- args: number text, limit int, procedure text, stage text, status text, opened_from int, opened_to int, late_before int, secret int
-- returns: id int, key text, number text, title text, agency text, act text, procedure text, status text, stage text, party text, major int, urgent int, opened int, closed int, next_due int, agency_name text, handler_name text, area text
select id, key, number, title, agency, act, procedure, status, stage, party, major, urgent, opened, closed, next_due,
	coalesce((select agency.name from agency where agency.code = case_file.agency), ''),
	coalesce((select app_user.name from app_user where app_user.id = case_file.handler), case_file.handler), area
from case_file
where number = :number and (:procedure = '' or procedure = :procedure) and (:stage = '' or stage = :stage)
	and (:status = '' or status = :status) and opened >= :opened_from and opened < :opened_to
	and (:late_before = 0 or next_due < :late_before) and (:secret = 1 or secrecy <> '秘密')
order by id desc limit :limit;

-- What an agency owes, of what these roles (",handler,unit-head,") owe, and of what its handler owes in this user's own cases, whatever the user's roles. Own: what a handler owes
-- in others' cases is left out.
-- name: duties_owed
-- args: agency text, roles text, user text, own int, secret int, limit int
-- returns: stream int, key text, number text, title text, doc text
select case_duty.stream, case_file.key, case_file.number, case_file.title, case_duty.doc
from case_duty join case_file on case_file.id = case_duty.stream
where case_duty.agency = :agency and case_duty.state = 'open' and (:secret = 1 or case_file.secrecy <> '秘密')
	and (:roles like '%,' || case when case_duty.who = '' then 'handler' else case_duty.who end || ',%'
		or (case_duty.who in ('', 'handler') and case_file.handler = :user))
	and (:own = 0 or case_duty.who not in ('', 'handler') or case_file.handler = :user)
order by case_duty.due limit :limit;

-- The same, counted: all, and those of own cases.
-- name: duties_counted
-- args: agency text, roles text, user text, secret int
-- returns: everything int, own int
select count(*), count(case when case_duty.who not in ('', 'handler') or case_file.handler = :user then 1 end)
from case_duty join case_file on case_file.id = case_duty.stream
where case_duty.agency = :agency and case_duty.state = 'open' and (:secret = 1 or case_file.secrecy <> '秘密')
	and (:roles like '%,' || case when case_duty.who = '' then 'handler' else case_duty.who end || ',%'
		or (case_duty.who in ('', 'handler') and case_file.handler = :user));

-- name: cases_waiting
-- args: agency text, secret int
-- returns: key text, number text, title text, waiting text
select key, number, title, waiting from case_file
where agency = :agency and waiting <> '' and (:secret = 1 or secrecy <> '秘密') order by id desc;
