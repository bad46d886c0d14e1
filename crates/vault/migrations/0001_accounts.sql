-- Accounts, their credentials under seal, and what goes with them in the same transaction.
-- Times are RFC 3339 text in UTC with milliseconds, so that they sort as text; columns named *_json hold JSON.

create table vault_keys (
    id              text not null primary key,
    state           text not null check (state in ('current', 'retiring')),
    check_value     blob not null, -- a known text under this key: tells a wrong key from damage
    sealed_previous blob           -- while a rotation runs: the retiring key under this one
) strict;

-- One key seals; at most one is on its way out.
create unique index vault_keys_state on vault_keys (state);

create table accounts (
    id                 text    not null primary key,
    provider           text    not null,
    method             text    not null,
    environment        text,
    external_id        text,
    name               text,
    label              text,
    values_json        text    not null,
    secret_fields_json text    not null, -- names only
    guide_digest       text    not null,
    proved_json        text    not null,
    outcome            text    not null,
    identity_json      text    not null,
    state              text    not null check (state in ('active', 'error')),
    state_reason       text,
    version            integer not null,
    kek_id             text    not null,
    wrapped_key        blob    not null,
    created_at         text    not null,
    updated_at         text    not null,
    checked_at         text
) strict;

create index accounts_external on accounts (provider, external_id);
create index accounts_kek on accounts (kek_id, id);

create table credentials (
    account_id text not null references accounts (id) on delete cascade,
    field      text not null,
    sealed     blob not null,
    primary key (account_id, field)
) strict;

create table drafts (
    draft_key    text not null primary key,
    guide_digest text not null,
    kek_id       text not null,
    wrapped_key  blob not null,
    sealed       blob not null,
    saved_at     text not null,
    expires_at   text not null
) strict;

create index drafts_kek on drafts (kek_id, draft_key);
create index drafts_expiry on drafts (expires_at);

-- No foreign key: the trail outlives the account.
create table audit (
    seq        integer not null primary key autoincrement,
    at         text    not null,
    actor      text    not null,
    action     text    not null,
    account_id text,
    version    integer,
    detail     text
) strict;

create index audit_account on audit (account_id, seq);

create table outbox (
    seq          integer not null primary key autoincrement,
    id           text    not null unique,
    event        text    not null,
    account_id   text    not null,
    payload_json text    not null,
    created_at   text    not null
) strict;
