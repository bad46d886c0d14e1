//! Tests outgoing requests over real sockets, on loopback only.
//!
//! Every request contains a canary in its path, query, headers and body. `world::send` fails the test if the canary
//! appears in a failure's detail.

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
