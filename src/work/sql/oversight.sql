-- Each figure by an index of its own kind (open cases; duties by agency, state and due; duties met too late), so that what is long done costs nothing.
-- name: oversight_agencies
-- args: area text, now int, amber int
-- returns: code text, name text, area text, cases int, open int, late int, near int, met_late int
select agency.code, agency.name, agency.area,
	(select count(*) from case_file where case_file.agency = agency.code and case_file.closed is null),
	(select count(*) from case_duty where case_duty.agency = agency.code and case_duty.state = 'open'),
	(select count(*) from case_duty where case_duty.agency = agency.code and case_duty.state = 'open' and case_duty.due < :now),
	(select count(*) from case_duty where case_duty.agency = agency.code and case_duty.state = 'open' and case_duty.due >= :now and case_duty.due < :amber),
	(select count(*) from case_duty where case_duty.agency = agency.code and case_duty.state = 'met' and case_duty.met_at > case_duty.due)
from agency
where agency.area >= :area and agency.area < :area || '~'
order by agency.area, agency.code;

-- name: oversight_late
-- args: agency text, before int, limit int
-- returns: stream int, key text, number text, title text, doc text, secrecy text
select case_duty.stream, case_file.key, case_file.number, case_file.title, case_duty.doc, case_file.secrecy
from case_duty join case_file on case_file.id = case_duty.stream
where case_duty.agency = :agency and case_duty.state = 'open' and case_duty.due < :before
order by case_duty.due limit :limit;
