-- What waits for somebody's hand is kept with the case (src/work/waiting.h): who opens the day's work reads it without reading every case's state.
-- Cases of before this are filled in by their next entry, or all at once by a rebuild.
alter table case_file add column waiting text not null default '';
create index case_file_waiting on case_file (agency, id) where waiting <> '';
