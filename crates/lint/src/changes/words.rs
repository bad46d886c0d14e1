//! Compares what people read: sections, steps, dates and evidence.

use guide::{Guide, Method, Prose, Section, Span, Step, Walkthrough};

use super::change::{Changes, Impact, pair};
use super::one_line;

pub(super) fn compare(changes: &mut Changes, old: &Method, new: &Method) {
    walkthrough(changes, &old.link, &new.link);
    match (&old.setup, &new.setup) {
        (Some(was), Some(is)) => walkthrough(changes, was, is),
        (None, Some(is)) => {
            changes.add(Impact::Words, "the setup guide was added".to_owned()).is_at(is.span);
        }
        (Some(was), None) => {
            changes.add(Impact::Words, "the setup guide was removed".to_owned()).was_at(was.span);
        }
        (None, None) => {}
    }
    let names = |method: &Method| method.scenarios.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
    let (was, is) = (names(old), names(new));
    let (gone, come) = (
        was.iter().filter(|one| !is.contains(one)).count(),
        is.iter().filter(|one| !was.contains(one)).count(),
    );
    if gone + come > 0 {
        let what = format!("scenarios: {come} added, {gone} removed");
        changes.at((old.span, new.span)).add(Impact::Words, what);
    }
    dates(changes, &old.lifecycle, &new.lifecycle, (old.span, new.span));
}

fn walkthrough(changes: &mut Changes, old: &Walkthrough, new: &Walkthrough) {
    let mut texts = changes.at((old.span, new.span));
    let (was, is) = (old.warning.as_ref().map(text), new.warning.as_ref().map(text));
    texts.differ_words("the warning", was.as_deref(), is.as_deref());
    let needs = |part: &Walkthrough| part.needs.iter().map(text).collect::<Vec<_>>().join("\n");
    texts.differ_words("the list of prerequisites", Some(&needs(old)), Some(&needs(new)));
    let pairs = pair(&old.sections, &new.sections, |section| section.key.as_str());
    for section in pairs.removed {
        changes.add(Impact::Words, format!("the section `{}` was removed", section.key)).was_at(section.span);
    }
    for section in pairs.added {
        changes.add(Impact::Words, format!("the section `{}` was added", section.key)).is_at(section.span);
    }
    for (was, is) in pairs.kept {
        section(changes, was, is);
    }
    moved(
        changes,
        "section",
        &keys(old.sections.iter().map(|one| (one.key.as_str(), one.span))),
        &keys(new.sections.iter().map(|one| (one.key.as_str(), one.span))),
    );
    let steps = |part: &Walkthrough| part.steps().map(|(_, step)| step.clone()).collect::<Vec<_>>();
    let (was, is) = (steps(old), steps(new));
    let pairs = pair(&was, &is, |step| step.key.as_str());
    for step in pairs.removed {
        changes.add(Impact::Words, format!("the step `{}` was removed", step.key)).was_at(step.span);
    }
    for step in pairs.added {
        changes.add(Impact::Words, format!("the step `{}` was added", step.key)).is_at(step.span);
    }
    for (was, is) in pairs.kept {
        step(changes, was, is);
    }
    // A step moves along with its section. Only a new section, or a new position within its section, counts as a change.
    for section in &new.sections {
        let Some(before) = old.sections.iter().find(|one| one.key == section.key) else { continue };
        let steps = |one: &'_ Section| {
            one.steps.iter().map(|step| (step.key.to_string(), step.span)).collect::<Vec<_>>()
        };
        let (was, is) = (steps(before), steps(section));
        moved(changes, "step", &borrowed(&was), &borrowed(&is));
        for (key, span) in &is {
            let elsewhere =
                old.steps().find(|(one, step)| step.key == key.as_str() && one.key != section.key);
            if let Some((_, step)) = elsewhere {
                let what = format!("the step `{key}` moved to the section `{}`", section.key);
                changes.at((step.span, *span)).add(Impact::Words, what);
            }
        }
    }
}

fn borrowed(list: &[(String, Span)]) -> Vec<(&str, Span)> {
    list.iter().map(|(key, span)| (key.as_str(), *span)).collect()
}

fn section(changes: &mut Changes, was: &Section, is: &Section) {
    let mut changes = changes.at((was.span, is.span));
    let name = format!("the section `{}`", is.key);
    changes.differ(Impact::Words, &format!("the title of {name}"), &was.title, &is.title);
    let (a, b) = (was.intro.as_ref().map(text), is.intro.as_ref().map(text));
    changes.differ_words(&format!("the introduction of {name}"), a.as_deref(), b.as_deref());
    let when =
        |one: &Section| format!("{} {}", one_line::condition(one.when.as_ref()), one.scopes.join(", "));
    changes.differ(Impact::Words, &format!("the condition of {name}"), when(was).trim(), when(is).trim());
}

fn step(changes: &mut Changes, was: &Step, is: &Step) {
    let mut changes = changes.at((was.span, is.span));
    let name = format!("the step `{}`", is.key);
    changes.differ(Impact::Words, &format!("the title of {name}"), &was.title, &is.title);
    let list = |list: &[guide::Key]| list.iter().map(guide::Key::as_str).collect::<Vec<_>>().join(", ");
    let what = format!("the list of fields that {name} collects");
    changes.differ(Impact::Words, &what, &list(&was.collects), &list(&is.collects));
    let what = format!("the list of fields that {name} obtains");
    changes.differ(Impact::Words, &what, &list(&was.obtains), &list(&is.obtains));
    let when = |one: &Step| format!("{} {}", one_line::condition(one.when.as_ref()), one.scopes.join(", "));
    changes.differ(Impact::Words, &format!("the condition of {name}"), when(was).trim(), when(is).trim());
    changes.differ_words(&format!("the text of {name}"), Some(&text(&was.body)), Some(&text(&is.body)));
}

fn keys<'k>(list: impl Iterator<Item = (&'k str, Span)>) -> Vec<(&'k str, Span)> {
    list.collect()
}

/// Reports which items in both lists moved: the fewest moves that explain the new order.
fn moved(changes: &mut Changes, kind: &str, old: &[(&str, Span)], new: &[(&str, Span)]) {
    let find = |list: &[(&str, Span)], key: &str| list.iter().position(|(one, _)| *one == key);
    let both: Vec<&(&str, Span)> = new.iter().filter(|(key, _)| find(old, key).is_some()).collect();
    let places: Vec<usize> = both.iter().filter_map(|(key, _)| find(old, key)).collect();
    let stays = longest_increase(&places);
    for (at, (key, span)) in both.iter().enumerate() {
        if stays.contains(&at) {
            continue;
        }
        let was = find(old, key).map_or(Span::default(), |at| old[at].1);
        let what = match at.checked_sub(1).and_then(|before| both.get(before)) {
            Some((before, _)) => format!("the {kind} `{key}` moved after `{before}`"),
            None => format!("the {kind} `{key}` moved to the beginning"),
        };
        changes.at((was, *span)).add(Impact::Words, what);
    }
}

/// The indexes of a longest increasing subsequence.
fn longest_increase(numbers: &[usize]) -> Vec<usize> {
    let mut best: Vec<Vec<usize>> = Vec::new();
    for (at, number) in numbers.iter().enumerate() {
        let before = best.iter().filter(|run| run.last().is_some_and(|last| numbers[*last] < *number));
        let mut run = before.max_by_key(|run| run.len()).cloned().unwrap_or_default();
        run.push(at);
        best.push(run);
    }
    best.into_iter().max_by_key(Vec::len).unwrap_or_default()
}

/// Compares the evidence, and the dates of the provider.
pub(super) fn evidence(changes: &mut Changes, old: &Guide, new: &Guide) {
    let claims = |guide: &Guide| guide.evidence.iter().map(|one| one.claim.clone()).collect::<Vec<_>>();
    let (was, is) = (claims(old), claims(new));
    let (gone, come) = (
        was.iter().filter(|one| !is.contains(one)).count(),
        is.iter().filter(|one| !was.contains(one)).count(),
    );
    if gone + come > 0 {
        changes.add(Impact::Words, format!("evidence: {come} added, {gone} removed"));
    }
    let days = pair(&old.evidence, &new.evidence, |one| one.claim.as_str());
    let again = days.kept.iter().filter(|(was, is)| was.checked_on != is.checked_on).count();
    if again > 0 {
        changes.add(Impact::Words, format!("evidence: {again} checked again"));
    }
    let spans = (old.provider.span, new.provider.span);
    dates(changes, &old.provider.lifecycle, &new.provider.lifecycle, spans);
}

fn dates(changes: &mut Changes, old: &[guide::Lifecycle], new: &[guide::Lifecycle], spans: (Span, Span)) {
    for event in
        new.iter().filter(|one| !old.iter().any(|other| other.on == one.on && other.event == one.event))
    {
        let what =
            format!("a date was added: {} on {}", format!("{:?}", event.event).to_lowercase(), event.on);
        changes.add(Impact::Words, what).is_at(event.span);
    }
    for event in
        old.iter().filter(|one| !new.iter().any(|other| other.on == one.on && other.event == one.event))
    {
        let what =
            format!("a date was removed: {} on {}", format!("{:?}", event.event).to_lowercase(), event.on);
        changes.at((event.span, spans.1)).add(Impact::Words, what);
    }
}

fn text(prose: &Prose) -> String {
    crate::texts::plain(prose)
}
