-- name: publication_get
-- args: id text
-- returns: id text, stream int, entry int, agency text, agency_name text, act text, title text, party text, number text, published int, withdrawn int, reason text, doc text
select publication.id, stream, entry, publication.agency, coalesce(agency.name, ''), act, title, party, number, published, withdrawn, reason, publication.doc
from publication left join agency on agency.code = publication.agency where publication.id = :id;

-- name: publication_page
-- args: before int, limit int, agency text, area text, act text
-- returns: id text, entry int, agency text, agency_name text, act text, title text, party text, number text, published int, withdrawn int
select publication.id, entry, publication.agency, coalesce(agency.name, ''), act, title, party, number, published, withdrawn
from publication left join agency on agency.code = publication.agency
where entry < :before and (:agency = '' or publication.agency = :agency) and (:act = '' or act = :act)
	and (:area = '' or area6 = :area or area4 = :area or area2 = :area)
order by entry desc limit :limit;

-- name: publication_by_entry
-- args: entry int
-- returns: id text, entry int, agency text, agency_name text, act text, title text, party text, number text, published int, withdrawn int, area6 text
select publication.id, entry, publication.agency, coalesce(agency.name, ''), act, title, party, number, published, withdrawn, area6
from publication left join agency on agency.code = publication.agency where entry = :entry;

-- name: publication_search
-- engine: sqlite
-- args: query text, before int, limit int
-- returns: entry int
select rowid from publication_search where publication_search match :query and rowid < :before order by rowid desc limit :limit;

-- name: publication_search
-- engine: postgres
-- args: query text, before int, limit int
-- returns: entry int
select rowid from publication_search where tokens @@ cast(:query as tsquery) and rowid < :before order by rowid desc limit :limit;

-- name: publication_figures
-- args: from_at int, to_at int
-- returns: act text, n int
select act, count(*) from publication where published >= :from_at and published < :to_at group by act order by act;

-- name: file_entry
-- args: sha256 blob
-- returns: entry int
select entry from entry_file where sha256 = :sha256 order by entry limit 1;

-- name: checkpoint_recent
-- args: limit int
-- returns: size int, root blob, at int
select size, root, at from checkpoint order by size desc limit :limit;
