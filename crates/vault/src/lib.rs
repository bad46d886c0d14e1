//! Accounts, and their credentials under seal.
