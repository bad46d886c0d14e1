-- What the Hub keeps: projects and their keys, connector configurations, sessions and attempts, and whose an account is.
-- Tokens and keys are kept as SHA-256 digests; what is secret otherwise lies in `drafts`, under seal.

create table projects (
    id         text not null primary key,
    name       text not null,
    created_at text not null
) strict;

create table api_keys (
    id          text not null primary key,
    project_id  text not null references projects (id),
    name        text not null,
    digest      blob not null unique,
    scopes_json text not null,
    kind        text not null check (kind in ('production', 'test')),
    created_at  text not null,
    revoked_at  text
) strict;

create index api_keys_project on api_keys (project_id, created_at, id);

-- Every text of a guide that an account or a session was made with.
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
    secret_fields_json text not null, -- names only; the values are under seal
    created_at         text not null,
    updated_at         text not null
) strict;

create index connector_profiles_project on connector_profiles (project_id, provider, created_at, id);

create table sessions (
    seq             integer not null primary key autoincrement,
    project_id      text not null references projects (id),
    digest          blob not null unique,
    kind            text not null check (kind in ('production', 'test')),
    owner_id        text not null,
    owner_name      text not null,
    username        text,
    provider        text,
    connector_profile_id       text,
    account_id      text,
    categories_json text not null,
    multiple        integer not null check (multiple in (0, 1)),
    once            integer not null check (once in (0, 1)),
    allow_different integer not null check (allow_different in (0, 1)),
    scopes_json     text    not null, -- those that are wanted; null: all
    label           text,
    metadata_json   text not null,
    origins_json    text not null,
    return_url      text,
    language        text,
    created_at      text not null,
    expires_at      text not null,
    goes_on_until   text, -- a step was handed on: for who is in already, and nobody else
    opened_at       text,
    revoked_at      text
) strict;

create index sessions_expiry on sessions (expires_at);

-- A browser that opened a session's link: what it has instead of the token.
create table browsers (
    digest       blob not null primary key,
    session_seq  integer not null references sessions (seq) on delete cascade,
    parent       text, -- the origin of the page that embeds it
    frame_digest blob null, -- of what a frame has that keeps no cookie
    scheme       text, -- light or dark
    language     text,
    footer       integer not null check (footer in (0, 1)),
    created_at   text not null
) strict;

create index browsers_session on browsers (session_seq);

-- Which guide of a provider a session began with: it goes on with that one.
create table pins (
    session_seq integer not null references sessions (seq) on delete cascade,
    provider    text not null,
    digest      text not null,
    primary key (session_seq, provider)
) strict;

create table attempts (
    id              text not null primary key,
    session_seq     integer not null,
    project_id      text not null,
    connector_profile_id       text not null,
    provider        text not null,
    method          text not null,
    guide_digest    text not null,
    account_id      text,
    state           text not null,
    error_code      text,
    error_text      text,
    progress_json   text not null default '[]', -- how the checks stand that are under way
    transcript_json text not null, -- what was asked and answered, without values
    version         integer not null,
    created_at      text not null,
    updated_at      text not null,
    expires_at      text not null
) strict;

create index attempts_session on attempts (session_seq, created_at);
create index attempts_expiry on attempts (expires_at);

-- A step that was handed to somebody else.
create table handoffs (
    id           text not null primary key,
    digest       blob not null unique,
    attempt_id   text not null references attempts (id) on delete cascade,
    step         text not null,
    fields_json  text not null,
    created_at   text not null,
    expires_at   text not null,
    done_at      text
) strict;

create index handoffs_attempt on handoffs (attempt_id, created_at);

-- Who is at something, of all processes, and for how long nobody else is.
create table leases (
    what   text not null primary key,
    holder text not null,
    ends   text not null
) strict;

-- How often something was tried in a span of time.
create table counters (
    bucket text not null,
    span   text not null,
    hits   integer not null,
    ends   text not null,
    primary key (bucket, span)
) strict;

create index counters_end on counters (ends);

-- Requests that were answered once and are to be answered alike again; the answer is under seal.
create table idempotency (
    project_id text not null,
    idem_key   text not null,
    digest     blob not null,
    status     integer not null, -- 0 while the first request is under way
    created_at text not null,
    expires_at text not null,
    primary key (project_id, idem_key)
) strict;

create index idempotency_expiry on idempotency (expires_at);

alter table accounts add column project_id text;
alter table accounts add column connector_profile_id text;
alter table accounts add column owner_id text;
alter table accounts add column owner_name text;
alter table accounts add column username text;
alter table accounts add column kind text not null default 'production' check (kind in ('production', 'test'));
alter table accounts add column metadata_json text not null default '{}';
alter table accounts add column hold text check (hold in ('suspended', 'archived'));
alter table accounts add column state_at text;

create index accounts_project on accounts (project_id, created_at, id);
create index accounts_owner on accounts (owner_id, provider, project_id);
create index accounts_provider on accounts (project_id, provider, created_at, id);
create index accounts_connector_profile on accounts (connector_profile_id, project_id);
-- Few accounts are not in order, and they are what is looked for.
create index accounts_state on accounts (project_id, created_at, id) where state <> 'active';
create index accounts_hold on accounts (project_id, created_at, id) where hold is not null;

alter table audit add column project_id text;
alter table outbox add column project_id text;

create index audit_project on audit (project_id, seq);

-- With the project, lest the trail of an account be looked for in that of its project.
drop index audit_account;
create index audit_account on audit (account_id, project_id, seq);

-- Signing in at a provider in a browser: what StackOne's widget calls a connection attempt.
create table sign_ins (
    id          text not null primary key,
    session_seq integer not null references sessions (seq) on delete cascade,
    attempt_id  text,  -- the attempt that it belongs to, once that is known
    digest      blob,  -- of what the browser brings back
    state       text not null check (state in ('pending', 'authenticated', 'error', 'cancelled')),
    account_id  text,
    error_code  text,
    error_text  text,
    created_at  text not null,
    expires_at  text not null
) strict;

create unique index sign_ins_digest on sign_ins (digest);
create index sign_ins_session on sign_ins (session_seq);
