-- PostgreSQL's words of the search come with their places from here on, where its parser of natural language had cut some of them in two. What was indexed before is found
-- again after `sanzhi rebuild`, which a database that has such words asks for.
-- only: postgres
insert into journal_mark (name, value) select 'rebuild', 0 where exists (select 1 from case_search);
-- end
