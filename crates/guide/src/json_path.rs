//! Paths into JSON: `name`, `user.name`, `items[0].id`, `[0].id`.

use std::fmt;

use crate::json::Json;

/// A path that consists of member names and array indexes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct JsonPath(Vec<Segment>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Member(String),
    Index(usize),
}

impl JsonPath {
    /// Parses a path. Returns `None` if the string is not a valid path.
    pub fn parse(text: &str) -> Option<Self> {
        let mut segments = Vec::new();
        for (n, part) in text.split('.').enumerate() {
            let (name, mut rest) = part.split_at(part.find('[').unwrap_or(part.len()));
            // A path into a top-level array begins with an index.
            let is_root = n == 0 && name.is_empty() && !rest.is_empty();
            let sound = is_root
                || !name.is_empty()
                    && name.chars().all(|ch| ch.is_alphanumeric() || matches!(ch, '_' | '-' | '@' | ':'));
            if !sound {
                return None;
            }
            if !is_root {
                segments.push(Segment::Member(name.to_owned()));
            }
            while !rest.is_empty() {
                let (index, tail) = rest.strip_prefix('[')?.split_once(']')?;
                segments.push(Segment::Index(index.parse().ok()?));
                rest = tail;
            }
        }
        Some(Self(segments))
    }

    /// Returns the path with an index for each number that follows a dot: `items[0].id` for `items.0.id`. A number after a
    /// dot is a member's name, so the original path never finds an array's item. Returns `None` if the path contains no
    /// such number.
    pub(crate) fn dotted_index(&self) -> Option<Self> {
        let index = |segment: &Segment| match segment {
            Segment::Member(name) => name.parse().map_or_else(|_| segment.clone(), Segment::Index),
            Segment::Index(_) => segment.clone(),
        };
        let right = Self(self.0.iter().map(index).collect());
        (right != *self).then_some(right)
    }

    /// Returns the value at the path, if there is one.
    pub fn find<'a>(&self, value: &'a Json) -> Option<&'a Json> {
        self.0.iter().try_fold(value, |value, segment| match (segment, value) {
            (Segment::Member(name), Json::Object(members)) => members.get(name),
            (Segment::Index(index), Json::Array(items)) => items.get(*index),
            _ => None,
        })
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Member(name) if n == 0 => f.write_str(name)?,
                Segment::Member(name) => write!(f, ".{name}")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_select_members_and_items() {
        let json = |value: serde_json::Value| Json::from(&value);
        let value = json(serde_json::json!({ "items": [{ "id": 7 }], "a-b": null }));
        let find = |path: &str| JsonPath::parse(path).expect("a path").find(&value).cloned();
        assert_eq!(find("items[0].id"), Some(json(7.into())));
        assert_eq!(find("items[1].id"), None);
        assert_eq!(find("a-b"), Some(Json::Null));
        let list = json(serde_json::json!([{ "id": 7 }]));
        assert_eq!(JsonPath::parse("[0].id").expect("a path").find(&list), Some(&json(7.into())));
        let dotted = |path: &str| JsonPath::parse(path).expect("a path").dotted_index();
        assert_eq!(dotted("data.0.id"), JsonPath::parse("data[0].id"));
        assert_eq!(dotted("data[0].v2.id"), None);
        for bad in ["", "$..id", "a..b", "a[", "a[x]", "a.[0]", "[]", "a b"] {
            assert_eq!(JsonPath::parse(bad), None, "{bad}");
        }
    }
}
