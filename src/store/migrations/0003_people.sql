-- Secrets and sessions: the only tables that entries do not make again. A rebuild leaves them alone; a backup takes them along.

create table credential (
	user_id text primary key,
	password text not null, -- Argon2id, in libsodium's form
	must_change @INT@ not null,
	totp text not null,     -- base32 secret, or empty
	totp_pending text not null,
	totp_last @INT@ not null, -- the step last used: a code counts once
	failures @INT@ not null,
	locked_until @INT@ not null,
	changed @INT@ not null
);

create table session (
	hash text primary key, -- SHA-256 of the token, hexadecimal
	user_id text not null,
	started @INT@ not null,
	seen @INT@ not null,
	origin text not null   -- address it was started from
);
create index session_of_user on session (user_id);

create table token (
	id @ID@,
	hash text not null unique,
	user_id text not null,
	title text not null,
	created @INT@ not null,
	expires @INT@ not null,
	seen @INT@
);
create index token_user on token (user_id);
