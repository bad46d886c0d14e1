//! The way out, tried from outside: real sockets, on loopback only.
//!
//! Every request carries a canary in its path, query, headers and body; `world::send` fails a test when one
//! turns up in a detail.

mod deflate;
mod world;

mod addresses;
mod answers;
mod bodies;
mod environment;
mod hosts;
mod proxy;
mod redirects;
mod requests;
mod tls;
