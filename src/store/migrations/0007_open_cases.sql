-- Cases under way are counted for each agency on the supervisor's page: by an index that holds no others.
create index case_file_open on case_file (agency) where closed is null;
