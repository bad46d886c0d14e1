//! A folder of guides as one value.
