//! Compares a misspelled name with the known names.

/// Returns the known name that is closest to `wrong`, or `None` if no known name is similar enough to be the intended
/// name.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    similar(wrong, known).min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// Returns whether `wrong` is a typo of `right` and cannot stand for another known name.
///
/// Such a typo changes the case of letters or the separators between words (`-` and `_`), or swaps two neighboring
/// characters. Swapped characters count only if no other known name is similar: the names in a guide often differ by
/// one character, and replacing one of them with another changes what the guide does.
pub(crate) fn is_slip<'a>(wrong: &str, right: &str, known: impl IntoIterator<Item = &'a str>) -> bool {
    let mut others = known.into_iter().filter(|name| *name != right);
    let (typed, meant) = (spelling(wrong), spelling(right));
    if typed == meant {
        others.all(|name| spelling(name) != typed)
    } else {
        is_swap(&typed, &meant) && similar(wrong, others).next().is_none()
    }
}

/// Returns the known names that are similar enough to be the intended name, each with its edit distance.
fn similar<'a>(
    wrong: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> impl Iterator<Item = (usize, &'a str)> {
    let wrong = wrong.to_lowercase();
    let length = wrong.chars().count();
    let reach = |name: &str| (name.chars().count().max(3) / 3).max(1);
    known
        .into_iter()
        // Skips names whose lengths differ too much: computing an edit distance takes time proportional to the product
        // of both lengths, and a malicious file can contain very long names.
        .filter(move |name| length.abs_diff(name.chars().count()) <= reach(name))
        .map(move |name| (strsim::osa_distance(&wrong, &name.to_lowercase()), name))
        .filter(move |(distance, name)| *distance <= reach(name))
}

fn spelling(name: &str) -> String {
    name.to_lowercase().replace('-', "_")
}

/// Returns whether two neighboring characters are swapped, and nothing else differs.
fn is_swap(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len() != other.len() {
        return false;
    }
    let different: Vec<usize> = (0..one.len()).filter(|&at| one[at] != other[at]).collect();
    matches!(*different, [a, b] if b == a + 1 && one[a] == other[b] && one[b] == other[a])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_must_be_close() {
        assert_eq!(nearest("api_tokn", ["api_token", "agent_email"]), Some("api_token"));
        assert_eq!(nearest("zebra", ["api_token", "agent_email"]), None);
        assert_eq!(nearest("Title", ["title"]), Some("title"));
    }

    #[test]
    fn only_a_slip_with_a_single_meaning_is_certain() {
        let slip = |wrong: &str, known: &[&str]| {
            let right = nearest(wrong, known.iter().copied()).expect("a similar name");
            is_slip(wrong, right, known.iter().copied())
        };
        assert!(slip("API-Key", &["api_key", "app_key"]));
        assert!(slip("titel", &["title", "body"]));
        assert!(slip("worng_secret", &["wrong_secret", "wrong_user"]));
        assert!(!slip("api_key", &["app_key"]), "another letter");
        assert!(!slip("api_tokn", &["api_token"]), "a missing letter");
        assert!(!slip("wrong_key", &["wrong_user", "wrong_secret"]), "another word");
        assert!(!slip("api_kye", &["api_key", "app_key"]), "two names are similar");
        assert!(!slip("apiKey", &["api-key", "api_key"]), "a missing separator, and two names");
        assert!(!slip("API_key", &["api-key", "api_key"]), "two names that differ in their separators");
    }
}
