-- name: agency_get
-- args: code text
-- returns: code text, name text, abbreviation text, area text, parent text, kind text, doc text
select code, name, abbreviation, area, parent, kind, doc from agency where code = :code;

-- name: agency_names
-- args: limit int
-- returns: code text, name text
select code, name from agency order by area, code limit :limit;

-- name: agency_within
-- args: area text
-- returns: code text, name text, abbreviation text, area text, parent text, kind text, officers int
select code, name, abbreviation, area, parent, kind,
	(select count(*) from officer where officer.agency = agency.code and officer.kind = '执法人员' and officer.status = '有效') as officers
from agency where area >= :area and area < :area || '~' order by area, code;

-- name: officer_get
-- args: id text
-- returns: id text, agency text, name text, certificate text, kind text, valid_from int, valid_to int, status text, doc text
select id, agency, name, certificate, kind, valid_from, valid_to, status, doc from officer where id = :id;

-- Few enough for one look; '' where they are fewer.
-- name: officer_get_4
-- args: i0 text, i1 text, i2 text, i3 text
-- returns: id text, agency text, name text, certificate text, kind text, valid_from int, valid_to int, status text, doc text
select id, agency, name, certificate, kind, valid_from, valid_to, status, doc from officer where id in (:i0, :i1, :i2, :i3);

-- name: officer_of_agency
-- args: agency text
-- returns: id text, agency text, name text, certificate text, kind text, valid_from int, valid_to int, status text, doc text
select id, agency, name, certificate, kind, valid_from, valid_to, status, doc from officer where agency = :agency order by kind, id;

-- name: officer_expiring
-- args: area text, until int
-- returns: id text, agency text, agency_name text, name text, certificate text, valid_to int, status text
select officer.id, officer.agency, agency.name, officer.name, officer.certificate, officer.valid_to, officer.status
from officer join agency on agency.code = officer.agency
where officer.valid_to is not null and officer.valid_to <= :until and officer.status = '有效'
	and agency.area >= :area and agency.area < :area || '~'
order by officer.valid_to, officer.id;

-- name: officer_expiring_agency
-- args: agency text, until int
-- returns: id text, agency text, agency_name text, name text, certificate text, valid_to int, status text
select officer.id, officer.agency, agency.name, officer.name, officer.certificate, officer.valid_to, officer.status
from officer join agency on agency.code = officer.agency
where officer.valid_to is not null and officer.valid_to <= :until and officer.status = '有效' and officer.agency = :agency
order by officer.valid_to, officer.id;

-- name: list_items
-- args: agency text
-- returns: list text, item text, doc text, updated int, published int
select list, item, doc, updated, published from list_item where agency = :agency order by list, item;
