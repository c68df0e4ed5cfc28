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
select id, key, number, title, agency, act, procedure, status, stage, party, major, urgent, opened, closed, next_due,
	coalesce((select agency.name from agency where agency.code = case_file.agency), ''),
	coalesce((select app_user.name from app_user where app_user.id = case_file.handler), case_file.handler)
from case_file
where area >= :area and id < :before and (:procedure = '' or procedure = :procedure) and (:stage = '' or stage = :stage)
	and (:status = '' or status = :status) and opened >= :opened_from and opened < :opened_to
	and (:late_before = 0 or next_due < :late_before) and (:secret = 1 or secrecy <> '秘密')
order by id desc limit :limit;

-- Pieces are looked at from the newest backwards and gathered by case: the least piece of each and how many they were. A case that another condition
-- keeps out is null, so that who asks knows how far was looked.
-- name: case_search
-- engine: sqlite
-- args: query text, before int, looked int, each int, procedure text, stage text, status text, opened_from int, opened_to int, late_before int, secret int
-- returns: id int, key text, number text, title text, agency text, act text, procedure text, status text, stage text, party text, major int, urgent int, opened int, closed int, next_due int, agency_name text, handler_name text, piece int, pieces int
select id, key, number, title, agency, act, procedure, status, stage, party, major, urgent, opened, closed, next_due,
	coalesce((select agency.name from agency where agency.code = case_file.agency), ''),
	coalesce((select app_user.name from app_user where app_user.id = case_file.handler), case_file.handler), hit.piece, hit.pieces
from (
	select min(looked.piece) as piece, count(*) as pieces, looked.piece / :each as stream
	from (select rowid as piece from case_search where case_search match :query and rowid < :before order by rowid desc limit :looked) as looked
	group by looked.piece / :each
) as hit left join case_file on case_file.id = hit.stream and (:procedure = '' or procedure = :procedure) and (:stage = '' or stage = :stage)
	and (:status = '' or status = :status) and opened >= :opened_from and opened < :opened_to
	and (:late_before = 0 or next_due < :late_before) and (:secret = 1 or secrecy <> '秘密')
order by hit.piece desc;

-- name: case_search
-- engine: postgres
-- args: query text, before int, looked int, each int, procedure text, stage text, status text, opened_from int, opened_to int, late_before int, secret int
-- returns: id int, key text, number text, title text, agency text, act text, procedure text, status text, stage text, party text, major int, urgent int, opened int, closed int, next_due int, agency_name text, handler_name text, piece int, pieces int
select id, key, number, title, agency, act, procedure, status, stage, party, major, urgent, opened, closed, next_due,
	coalesce((select agency.name from agency where agency.code = case_file.agency), ''),
	coalesce((select app_user.name from app_user where app_user.id = case_file.handler), case_file.handler), hit.piece, hit.pieces
from (
	select min(looked.piece) as piece, count(*) as pieces, looked.piece / :each as stream
	from (select rowid as piece from case_search where tokens @@ to_tsquery('simple', :query) and rowid < :before order by rowid desc limit :looked) as looked
	group by looked.piece / :each
) as hit left join case_file on case_file.id = hit.stream and (:procedure = '' or procedure = :procedure) and (:stage = '' or stage = :stage)
	and (:status = '' or status = :status) and opened >= :opened_from and opened < :opened_to
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

-- name: duties_of_agency
-- args: agency text, limit int
-- returns: stream int, key text, number text, title text, doc text, rule text, clause text, duty_title text, duty text, who text, from_at int, due int, secrecy text
select case_duty.stream, case_file.key, case_file.number, case_file.title, case_duty.doc, case_duty.rule, case_duty.clause, case_duty.title,
	case_duty.duty, case_duty.who, case_duty.from_at, case_duty.due, case_file.secrecy
from case_duty join case_file on case_file.id = case_duty.stream
where case_duty.agency = :agency and case_duty.state = 'open' order by case_duty.due limit :limit;

-- name: states_open
-- args: agency text
-- returns: key text, state text
select stream_state.key, stream_state.state from case_file join stream_state on stream_state.stream = case_file.id
where case_file.agency = :agency and case_file.closed is null order by case_file.id desc limit 400;
