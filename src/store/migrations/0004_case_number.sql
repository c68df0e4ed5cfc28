-- A whole case number is what people type most: it is found by itself, not among the pieces of its text, most of which every case shares.
create index case_file_number on case_file (number);
