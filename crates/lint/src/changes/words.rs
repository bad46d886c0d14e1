//! Changes of what people read: sections, steps, facts.

use guide::{Guide, Method, Prose, Section, Span, Step, Walkthrough};

use super::change::{Changes, Impact, pair};
use super::spelled;

pub(super) fn compare(changes: &mut Changes, old: &Method, new: &Method) {
    walkthrough(changes, &old.link, &new.link);
    match (&old.setup, &new.setup) {
        (Some(was), Some(is)) => walkthrough(changes, was, is),
        (None, Some(is)) => {
            changes.say(Impact::Words, "a setup guide is new".to_owned()).is_at(is.span);
        }
        (Some(was), None) => {
            changes.say(Impact::Words, "the setup guide is gone".to_owned()).was_at(was.span);
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
        changes.say(Impact::Words, format!("scenarios: {come} new, {gone} gone")).at((old.span, new.span));
    }
    dates(changes, &old.lifecycle, &new.lifecycle, (old.span, new.span));
}

fn walkthrough(changes: &mut Changes, old: &Walkthrough, new: &Walkthrough) {
    let spans = (old.span, new.span);
    let (was, is) = (old.warning.as_ref().map(text), new.warning.as_ref().map(text));
    changes.differ_words("the warning is worded otherwise", was.as_deref(), is.as_deref(), spans);
    let needs = |part: &Walkthrough| part.needs.iter().map(text).collect::<Vec<_>>().join("\n");
    changes.differ_words("what is needed is worded otherwise", Some(&needs(old)), Some(&needs(new)), spans);
    let pairs = pair(&old.sections, &new.sections, |section| section.key.as_str());
    for section in pairs.removed {
        changes.say(Impact::Words, format!("the section `{}` is gone", section.key)).was_at(section.span);
    }
    for section in pairs.added {
        changes.say(Impact::Words, format!("the section `{}` is new", section.key)).is_at(section.span);
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
        changes.say(Impact::Words, format!("the step `{}` is gone", step.key)).was_at(step.span);
    }
    for step in pairs.added {
        changes.say(Impact::Words, format!("the step `{}` is new", step.key)).is_at(step.span);
    }
    for (was, is) in pairs.kept {
        step(changes, was, is);
    }
    // A step goes with its section; what is told is only that it has another, or another place within it.
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
                changes.say(Impact::Words, what).at((step.span, *span));
            }
        }
    }
}

fn borrowed(list: &[(String, Span)]) -> Vec<(&str, Span)> {
    list.iter().map(|(key, span)| (key.as_str(), *span)).collect()
}

fn section(changes: &mut Changes, was: &Section, is: &Section) {
    let spans = (was.span, is.span);
    let name = format!("the section `{}`", is.key);
    changes.differ(Impact::Words, &format!("the title of {name}"), &was.title, &is.title, spans);
    let (a, b) = (was.intro.as_ref().map(text), is.intro.as_ref().map(text));
    changes.differ_words(&format!("{name} begins with other words"), a.as_deref(), b.as_deref(), spans);
    let when = |one: &Section| format!("{} {}", spelled::condition(one.when.as_ref()), one.scopes.join(", "));
    changes.differ(Impact::Words, &format!("for whom {name} is"), when(was).trim(), when(is).trim(), spans);
}

fn step(changes: &mut Changes, was: &Step, is: &Step) {
    let spans = (was.span, is.span);
    let name = format!("the step `{}`", is.key);
    changes.differ(Impact::Words, &format!("the title of {name}"), &was.title, &is.title, spans);
    let list = |list: &[guide::Key]| list.iter().map(guide::Key::as_str).collect::<Vec<_>>().join(", ");
    changes.differ(
        Impact::Words,
        &format!("what {name} collects"),
        &list(&was.collects),
        &list(&is.collects),
        spans,
    );
    changes.differ(
        Impact::Words,
        &format!("what {name} obtains"),
        &list(&was.obtains),
        &list(&is.obtains),
        spans,
    );
    let when = |one: &Step| format!("{} {}", spelled::condition(one.when.as_ref()), one.scopes.join(", "));
    changes.differ(Impact::Words, &format!("for whom {name} is"), when(was).trim(), when(is).trim(), spans);
    changes.differ_words(
        &format!("{name} is worded otherwise"),
        Some(&text(&was.body)),
        Some(&text(&is.body)),
        spans,
    );
}

fn keys<'k>(list: impl Iterator<Item = (&'k str, Span)>) -> Vec<(&'k str, Span)> {
    list.collect()
}

/// Says which of those in both lists stand elsewhere: as few of them as explain the new order.
fn moved(changes: &mut Changes, kind: &str, old: &[(&str, Span)], new: &[(&str, Span)]) {
    let find = |list: &[(&str, Span)], key: &str| list.iter().position(|(one, _)| *one == key);
    let both: Vec<&(&str, Span)> = new.iter().filter(|(key, _)| find(old, key).is_some()).collect();
    let places: Vec<usize> = both.iter().filter_map(|(key, _)| find(old, key)).collect();
    let stays = longest_rise(&places);
    for (at, (key, span)) in both.iter().enumerate() {
        if stays.contains(&at) {
            continue;
        }
        let was = find(old, key).map_or(Span::default(), |at| old[at].1);
        let what = match at.checked_sub(1).and_then(|before| both.get(before)) {
            Some((before, _)) => format!("the {kind} `{key}` moved: it comes after `{before}`"),
            None => format!("the {kind} `{key}` moved: it comes first"),
        };
        changes.say(Impact::Words, what).at((was, *span));
    }
}

/// The indexes of a longest rising run of numbers, not all neighbours.
fn longest_rise(numbers: &[usize]) -> Vec<usize> {
    let mut best: Vec<Vec<usize>> = Vec::new();
    for (at, number) in numbers.iter().enumerate() {
        let before = best.iter().filter(|run| run.last().is_some_and(|last| numbers[*last] < *number));
        let mut run = before.max_by_key(|run| run.len()).cloned().unwrap_or_default();
        run.push(at);
        best.push(run);
    }
    best.into_iter().max_by_key(Vec::len).unwrap_or_default()
}

/// Evidence and dates of the provider.
pub(super) fn evidence(changes: &mut Changes, old: &Guide, new: &Guide) {
    let claims = |guide: &Guide| guide.evidence.iter().map(|one| one.claim.clone()).collect::<Vec<_>>();
    let (was, is) = (claims(old), claims(new));
    let (gone, come) = (
        was.iter().filter(|one| !is.contains(one)).count(),
        is.iter().filter(|one| !was.contains(one)).count(),
    );
    if gone + come > 0 {
        changes.say(Impact::Words, format!("evidence: {come} new, {gone} gone"));
    }
    let days = pair(&old.evidence, &new.evidence, |one| one.claim.as_str());
    let again = days.kept.iter().filter(|(was, is)| was.checked_on != is.checked_on).count();
    if again > 0 {
        changes.say(Impact::Words, format!("evidence: {again} looked up again"));
    }
    let spans = (old.provider.span, new.provider.span);
    dates(changes, &old.provider.lifecycle, &new.provider.lifecycle, spans);
}

fn dates(changes: &mut Changes, old: &[guide::Lifecycle], new: &[guide::Lifecycle], spans: (Span, Span)) {
    for event in
        new.iter().filter(|one| !old.iter().any(|other| other.on == one.on && other.event == one.event))
    {
        let what = format!("a date is new: {} on {}", format!("{:?}", event.event).to_lowercase(), event.on);
        changes.say(Impact::Words, what).is_at(event.span);
    }
    for event in
        old.iter().filter(|one| !new.iter().any(|other| other.on == one.on && other.event == one.event))
    {
        let what = format!("a date is gone: {} on {}", format!("{:?}", event.event).to_lowercase(), event.on);
        changes.say(Impact::Words, what).at((event.span, spans.1));
    }
}

/// Prose as its words.
fn text(prose: &Prose) -> String {
    crate::texts::plain(prose)
}
