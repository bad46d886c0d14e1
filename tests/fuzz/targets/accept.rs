//! Normalizes an entered string with random `accept` steps and a random pattern.
#![no_main]

use fuzz::{quoted, read, yaml};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((n, mut rest)) = data.split_first() else { return };
    let mut accepts = Vec::new();
    for _ in 0..n % 5 {
        let Some((which, more)) = rest.split_first() else { return };
        let (argument, more) = fuzz::text(more);
        rest = more;
        accepts.push(match which % 12 {
            0 => "trim".to_owned(),
            1 => "lowercase".to_owned(),
            2 => "uppercase".to_owned(),
            3 => "digits".to_owned(),
            4 => "host".to_owned(),
            5 => format!("{{ host_label_of: {} }}", quoted(argument)),
            6 => format!("{{ path_segment: {} }}", argument.len() % 12),
            7 => format!("{{ strip_prefix: {} }}", quoted(argument)),
            8 => format!("{{ strip_suffix: {} }}", quoted(argument)),
            9 => format!("{{ before_first: {} }}", quoted(argument)),
            10 => format!("{{ after_last: {} }}", quoted(argument)),
            _ => format!("{{ json: {} }}", quoted(argument)),
        });
    }
    let (pattern, rest) = fuzz::text(rest);
    let (entered, _) = fuzz::text(rest);
    let pattern = if pattern.is_empty() { "'[ -~]*'".to_owned() } else { quoted(pattern) };
    let text = yaml(&[("ACCEPT", format!("[{}]", accepts.join(", "))), ("PATTERN", pattern)]);
    let reading = read(&text);
    let Some(guide) = reading.usable() else { return };
    let method = &guide.methods[0];
    let field = &method.fields[0];
    match field.keep(entered, &method.environments) {
        Ok(accepted) => {
            assert!(accepted.value.chars().count() <= field.max_length);
            let regex = field.pattern.as_ref().map(|pattern| &pattern.regex);
            assert!(accepted.value.is_empty() || regex.is_none_or(|regex| regex.is_match(&accepted.value)));
            assert_eq!(field.keep(entered, &method.environments), Ok(accepted), "the second run differs");
        }
        Err(rejected) => assert!(!rejected.says.is_empty() && !rejected.says.contains('\n')),
    }
    // An error message never repeats a secret.
    if let Err(rejected) = method.fields[1].keep(entered, &method.environments) {
        assert!(entered.len() < 20 || !rejected.says.contains(entered));
    }
});
