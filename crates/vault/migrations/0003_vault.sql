-- Everything that a vault stores.
--
-- Times are RFC 3339 text in UTC with milliseconds, so that they sort as text. Columns named *_json hold JSON. Columns
-- named *_id, *_digest and seq refer to other rows even where no foreign key says so. Secret values are sealed; tokens
-- and API keys are stored as SHA-256 digests.

create table vault_keys (
    id              text not null primary key,
    state           text not null check (state in ('current', 'retiring')),
    check_value     blob not null, -- a known text under this key: distinguishes a wrong key from a damaged row
    sealed_previous blob           -- while a rotation runs: the retiring key, wrapped under this one
) strict;

-- One key seals, and at most one is retiring.
create unique index vault_keys_state on vault_keys (state);

create table accounts (
    id                   text    not null primary key,
    provider             text    not null,
    method               text    not null,
    environment          text,
    external_id          text,
    name                 text,
    label                text,
    values_json          text    not null,
    secret_fields_json   text    not null, -- the names of the fields in `credentials`
    guide_digest         text    not null,
    proved_json          text    not null,
    outcome              text    not null,
    identity_json        text    not null,
    state                text    not null check (state in ('active', 'error')),
    state_reason         text,
    version              integer not null,
    kek_id               text    not null,
    wrapped_key          blob    not null,
    created_at           text    not null,
    updated_at           text    not null,
    checked_at           text,
    project_id           text, -- null, like the owner: linked in the terminal
    connector_profile_id text,
    owner_id             text,
    owner_name           text,
    username             text,
    kind                 text    not null check (kind in ('production', 'test')),
    metadata_json        text    not null,
    hold                 text    check (hold in ('suspended', 'archived')),
    state_at             text
) strict;

create index accounts_external on accounts (provider, external_id);
create index accounts_kek on accounts (kek_id, id);
create index accounts_project on accounts (project_id, created_at, id);
create index accounts_owner on accounts (owner_id, provider, project_id);
create index accounts_provider on accounts (project_id, provider, created_at, id);
create index accounts_connector_profile on accounts (connector_profile_id, project_id);
-- Queries look for the few accounts with an error or a hold.
create index accounts_state on accounts (project_id, created_at, id) where state <> 'active';
create index accounts_hold on accounts (project_id, created_at, id) where hold is not null;

create table credentials (
    account_id text not null references accounts (id) on delete cascade,
    field      text not null,
    sealed     blob not null,
    primary key (account_id, field)
) strict;

-- Sealed data other than credentials: drafts, secrets of connector profiles, idempotent answers, snapshots and
-- transcripts of link attempts, and sign-ins. Each row has a data key of its own.
create table sealed (
    kind        text not null,
    key         text not null,
    binding     text not null, -- what else the content belongs to; authenticated, and not secret
    kek_id      text not null,
    wrapped_key blob not null,
    sealed      blob not null,
    saved_at    text not null,
    expires_at  text, -- null: kept until it is deleted
    primary key (kind, key)
) strict;

create index sealed_kek on sealed (kek_id, kind, key);
create index sealed_expiry on sealed (expires_at);

-- The audit trail. It has no foreign keys because it outlives accounts and projects.
create table audit (
    seq        integer not null primary key autoincrement,
    at         text    not null,
    actor      text    not null,
    action     text    not null,
    account_id text,
    version    integer,
    detail     text,
    project_id text,
    attempt_id text, -- the link attempt that the entry is about
    outcome    text, -- the outcome of a check or a link attempt
    count      integer not null default 1 -- how many equal uses of credentials the entry stands for
) strict;

create index audit_project on audit (project_id, seq);
-- With the project, so that the database does not search the project's whole trail for one account.
create index audit_account on audit (account_id, project_id, seq);
create index audit_action on audit (project_id, action, seq);
create index audit_age on audit (at);

create table outbox (
    seq          integer not null primary key autoincrement,
    id           text    not null unique,
    event        text    not null,
    account_id   text    not null,
    payload_json text    not null,
    created_at   text    not null,
    project_id   text
) strict;

create index outbox_age on outbox (created_at);

create table projects (
    id         text not null primary key,
    name       text not null,
    created_at text not null
) strict;

create table api_keys (
    id           text not null primary key,
    project_id   text not null references projects (id),
    name         text not null,
    digest       blob not null unique,
    scopes_json  text not null,
    kind         text not null check (kind in ('production', 'test')),
    created_at   text not null,
    expires_at   text, -- null: does not expire
    revoked_at   text,
    last_used_at text, -- updated at most once a minute
    refused_at   text  -- when the audit trail last recorded that the revoked or expired key was refused
) strict;

create index api_keys_project on api_keys (project_id, created_at, id);

-- The text of every guide edition that an account or a session uses.
create table guides (
    digest   text not null primary key,
    provider text not null,
    source   text not null,
    kept_at  text not null
) strict;

create table connector_profiles (
    id                 text not null primary key,
    project_id         text not null references projects (id),
    provider           text not null,
    method             text not null,
    name               text not null,
    active             integer not null check (active in (0, 1)),
    values_json        text not null,
    secret_fields_json text not null, -- the names of the secret fields, whose values are in `sealed`
    created_at         text not null,
    updated_at         text not null
) strict;

create index connector_profiles_project on connector_profiles (project_id, provider, created_at, id);

create table sessions (
    seq                  integer not null primary key autoincrement,
    project_id           text not null references projects (id),
    digest               blob not null unique,
    kind                 text not null check (kind in ('production', 'test')),
    owner_id             text not null,
    owner_name           text not null,
    username             text,
    provider             text,
    connector_profile_id text,
    account_id           text,
    categories_json      text not null,
    multiple             integer not null check (multiple in (0, 1)),
    once                 integer not null check (once in (0, 1)),
    allow_different      integer not null check (allow_different in (0, 1)),
    scopes_json          text not null, -- the provider's scopes to request; JSON null: all
    label                text,
    metadata_json        text not null,
    origins_json         text not null,
    return_url           text,
    language             text,
    created_at           text not null,
    expires_at           text not null,
    extended_until        text, -- set when a step is handed off: how long browsers that are already in may continue
    opened_at            text,
    widget_at            text, -- when StackOne's widget first used the token of a single-use session
    used_at              text, -- when a single-use session linked its account, which ended it
    revoked_at           text
) strict;

create index sessions_expiry on sessions (expires_at);
create index sessions_owner on sessions (project_id, owner_id);

-- A browser that opened a session's link, and the secret that it has instead of the session's token.
create table browsers (
    digest       blob not null primary key,
    session_seq  integer not null references sessions (seq) on delete cascade,
    parent       text, -- the origin of the page that embeds it
    frame_digest blob null, -- of the token of a frame whose browser keeps no cookie
    scheme       text, -- light or dark
    language     text,
    footer       integer not null check (footer in (0, 1)),
    created_at   text not null
) strict;

create index browsers_session on browsers (session_seq);

-- The guide edition with which a session started to link a provider. The session keeps that edition.
create table pins (
    session_seq integer not null references sessions (seq) on delete cascade,
    provider    text not null,
    digest      text not null,
    primary key (session_seq, provider)
) strict;

create table attempts (
    id                   text not null primary key,
    session_seq          integer not null,
    project_id           text not null,
    connector_profile_id text not null,
    provider             text not null,
    method               text not null,
    guide_digest         text not null,
    account_id           text,
    state                text not null,
    error_code           text,
    error_text           text,
    progress_json        text not null default '[]', -- the state of checks that are running
    version              integer not null,
    created_at           text not null,
    updated_at           text not null,
    expires_at           text not null
) strict;

create index attempts_session on attempts (session_seq, created_at);
create index attempts_expiry on attempts (expires_at);
create index attempts_account on attempts (account_id);

-- A step that was handed off to another person.
create table handoffs (
    id           text not null primary key,
    digest       blob not null unique,
    attempt_id   text not null references attempts (id) on delete cascade,
    step         text not null,
    fields_json  text not null,
    created_at   text not null,
    expires_at   text not null,
    done_at      text,
    done_by      blob null -- of the secret of the browser that submitted the values
) strict;

create index handoffs_attempt on handoffs (attempt_id, created_at);

-- A sign-in to a provider in a browser, which StackOne's widget calls a connection attempt.
create table sign_ins (
    id          text not null primary key,
    session_seq integer not null references sessions (seq) on delete cascade,
    attempt_id  text,  -- null until a link attempt uses it
    digest      blob,  -- of the `state` parameter that the browser brings back; null before and after that
    state       text not null check (state in ('pending', 'authenticated', 'error', 'cancelled')),
    account_id  text,
    error_code  text,
    error_text  text,
    created_at  text not null,
    expires_at  text not null
) strict;

create unique index sign_ins_digest on sign_ins (digest);
create index sign_ins_session on sign_ins (session_seq);

-- What one task of one process does exclusively, and until when.
create table leases (
    what   text not null primary key,
    holder text not null,
    ends   text not null
) strict;

-- Hits per bucket in a span of time.
create table counters (
    bucket text not null,
    span   text not null,
    hits   integer not null,
    ends   text not null,
    primary key (bucket, span)
) strict;

create index counters_end on counters (ends);

-- Requests with an idempotency key, by the API key that made them. Their answers are in `sealed`.
create table idempotency (
    api_key_id text not null,
    idem_key   text not null,
    digest     blob not null,
    status     integer not null, -- the answer's HTTP status; 0 while the first request is under way
    created_at text not null,
    expires_at text not null,
    primary key (api_key_id, idem_key)
) strict;

create index idempotency_expiry on idempotency (expires_at);
