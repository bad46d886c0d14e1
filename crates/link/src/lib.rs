//! One person's attempt to connect one account: a state machine.
