alter table item add column word text;
create table pair (a text not null, b text not null, primary key (a, b));
insert into pair (a, b) values ('a;b', '--c');
