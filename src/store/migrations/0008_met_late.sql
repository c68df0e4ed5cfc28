-- Duties that were met too late are counted for each agency on the supervisor's page: by an index that holds no others.
create index case_duty_met_late on case_duty (agency) where state = 'met' and met_at > due;
