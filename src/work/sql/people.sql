-- name: user_get
-- args: id text
-- returns: id text, name text, agency text, roles text, officer text, status text
select id, name, agency, roles, officer, status from app_user where id = :id;

-- name: user_of_agency
-- args: agency text
-- returns: id text, name text, agency text, agency_name text, roles text, officer text, status text, seen int, area text
select app_user.id, app_user.name, app_user.agency, coalesce(agency.name, ''), app_user.roles, app_user.officer, app_user.status,
	(select max(session.seen) from session where session.user_id = app_user.id), coalesce(agency.area, '')
from app_user left join agency on agency.code = app_user.agency where app_user.agency = :agency order by app_user.id;

-- name: user_all
-- returns: id text, name text, agency text, agency_name text, roles text, officer text, status text, seen int, area text
select app_user.id, app_user.name, app_user.agency, coalesce(agency.name, ''), app_user.roles, app_user.officer, app_user.status,
	(select max(session.seen) from session where session.user_id = app_user.id), coalesce(agency.area, '')
from app_user left join agency on agency.code = app_user.agency order by app_user.agency, app_user.id;

-- Who holds an office (the role in quotes) and may sign in: this user, and how many others.
-- name: user_holders
-- args: id text, role text
-- returns: own int, others int
select count(case when id = :id then 1 end), count(case when id <> :id then 1 end) from app_user where status <> '停用' and roles like '%' || :role || '%';

-- name: user_with_area
-- args: id text
-- returns: id text, name text, agency text, roles text, officer text, status text, area text, must_change int, agency_name text
select app_user.id, app_user.name, app_user.agency, app_user.roles, app_user.officer, app_user.status, coalesce(agency.area, ''),
	coalesce((select must_change from credential where user_id = app_user.id), 0), coalesce(agency.name, '')
from app_user left join agency on agency.code = app_user.agency where app_user.id = :id;

-- name: credential_get
-- args: user text
-- returns: password text, must_change int, totp text, totp_pending text, totp_last int, failures int, locked_until int
select password, must_change, totp, totp_pending, totp_last, failures, locked_until from credential where user_id = :user;

-- name: credential_put
-- args: user text, password text, must_change int, changed int
insert into credential (user_id, password, must_change, totp, totp_pending, totp_last, failures, locked_until, changed)
values (:user, :password, :must_change, '', '', 0, 0, 0, :changed)
on conflict (user_id) do update set password = excluded.password, must_change = excluded.must_change, changed = excluded.changed,
	failures = 0, locked_until = 0;

-- One failure more, below the lock; counted by the engine, so that guesses made at once count each.
-- name: credential_failed
-- args: user text, most int, now int
update credential set failures = failures + 1 where user_id = :user and failures + 1 < :most and locked_until <= :now;

-- name: credential_lock
-- args: user text, most int, now int, until int
update credential set failures = 0, locked_until = :until where user_id = :user and failures + 1 >= :most and locked_until <= :now;

-- name: credential_passed
-- args: user text, now int
update credential set failures = 0, locked_until = 0 where user_id = :user and locked_until <= :now;

-- name: credential_totp_pending
-- args: user text, secret text
update credential set totp_pending = :secret where user_id = :user;

-- name: credential_totp_set
-- args: user text, secret text, step int
update credential set totp = :secret, totp_pending = '', totp_last = :step where user_id = :user;

-- name: credential_totp_used
-- args: user text, step int
update credential set totp_last = :step where user_id = :user and totp_last < :step;

-- name: session_put
-- args: hash text, user text, started int, origin text
insert into session (hash, user_id, started, seen, origin) values (:hash, :user, :started, :started, :origin);

-- A session's columns, then those of user_with_area; those of a user that is not there are null.
-- name: session_get
-- args: hash text
-- returns: user_id text, started int, seen int, id text, name text, agency text, roles text, officer text, status text, area text, must_change int, agency_name text
select session.user_id, session.started, session.seen,
	app_user.id, app_user.name, app_user.agency, app_user.roles, app_user.officer, app_user.status, coalesce(agency.area, ''),
	coalesce((select must_change from credential where user_id = app_user.id), 0), coalesce(agency.name, '')
from session left join app_user on app_user.id = session.user_id left join agency on agency.code = app_user.agency where session.hash = :hash;

-- name: session_seen
-- args: hash text, seen int
update session set seen = :seen where hash = :hash;

-- name: session_end
-- args: hash text
delete from session where hash = :hash;

-- name: session_end_user
-- args: user text
delete from session where user_id = :user;

-- name: session_end_others
-- args: user text, keep text
delete from session where user_id = :user and hash <> :keep;

-- name: session_purge
-- args: idle_before int, started_before int
delete from session where seen < :idle_before or started < :started_before;

-- name: session_of_user
-- args: user text
-- returns: hash text, started int, seen int, origin text
select hash, started, seen, origin from session where user_id = :user order by seen desc;

-- name: token_put
-- args: hash text, user text, title text, created int, expires int
insert into token (hash, user_id, title, created, expires, seen) values (:hash, :user, :title, :created, :expires, null);

-- As session_get.
-- name: token_get
-- args: hash text
-- returns: token int, user_id text, expires int, id text, name text, agency text, roles text, officer text, status text, area text, must_change int, agency_name text
select token.id, token.user_id, token.expires,
	app_user.id, app_user.name, app_user.agency, app_user.roles, app_user.officer, app_user.status, coalesce(agency.area, ''),
	coalesce((select must_change from credential where user_id = app_user.id), 0), coalesce(agency.name, '')
from token left join app_user on app_user.id = token.user_id left join agency on agency.code = app_user.agency where token.hash = :hash;

-- name: token_of_user
-- args: user text
-- returns: id int, title text, created int, expires int
select id, title, created, expires from token where user_id = :user order by id;

-- name: token_end
-- args: id int, user text
delete from token where id = :id and user_id = :user;

-- name: token_end_user
-- args: user text
delete from token where user_id = :user;
