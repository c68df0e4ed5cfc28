-- name: state_get
-- args: type text, key text
-- returns: stream int, head int, agency text, state text
select stream, head, agency, state from stream_state where type = :type and key = :key;

-- name: state_head
-- args: type text, key text
-- returns: stream int, head int, agency text
select stream, head, agency from stream_state where type = :type and key = :key;

-- name: case_glance
-- args: key text
-- returns: head int, agency text, agency_name text, area text, secrecy text
select stream_state.head, stream_state.agency, coalesce(agency.name, ''), case_file.area, case_file.secrecy
from stream_state join case_file on case_file.id = stream_state.stream left join agency on agency.code = stream_state.agency
where stream_state.type = 'case' and stream_state.key = :key;

-- name: state_by_id
-- args: stream int
-- returns: state text
select state from stream_state where stream = :stream;

-- name: state_put
-- args: stream int, type text, key text, head int, agency text, state text
insert into stream_state (stream, type, key, head, agency, state) values (:stream, :type, :key, :head, :agency, :state)
on conflict (stream) do update set head = excluded.head, agency = excluded.agency, state = excluded.state;

-- name: state_clear
delete from stream_state;

-- name: case_clear
delete from case_file;

-- name: duty_clear
delete from case_duty;

-- name: agency_clear
delete from agency;

-- name: officer_clear
delete from officer;

-- name: user_clear
delete from app_user;

-- name: list_clear
delete from list_item;

-- name: publication_clear
delete from publication;

-- name: search_clear
-- engine: sqlite
insert into case_search (case_search) values ('delete-all');

-- name: search_clear
-- engine: postgres
delete from case_search;

-- name: publication_search_clear
-- engine: sqlite
insert into publication_search (publication_search) values ('delete-all');

-- name: publication_search_clear
-- engine: postgres
delete from publication_search;
