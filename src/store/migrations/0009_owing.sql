-- What an agency owes late is listed by the newest case: PostgreSQL walked the cases of all agencies to find them. SQLite reads the few by the index of what is due.
-- only: postgres
create index case_file_owing on case_file (agency, id) where next_due is not null;
-- end
