//! Compares what people read: sections, steps, dates and evidence.

use guide::{Evidence, Guide, Lifecycle, Method, Section, Span, Step, Walkthrough};

use super::change::{Changes, Impact, Pairs, pair};
use super::one_line;
use crate::texts::plain;

pub(super) fn compare(changes: &mut Changes, old: &Method, new: &Method) {
    walkthrough(changes, &old.link, &new.link);
    match (&old.setup, &new.setup) {
        (Some(old), Some(new)) => walkthrough(changes, old, new),
        (None, Some(new)) => changes.added(Impact::Words, "the setup guide", new.span),
        (Some(old), None) => changes.removed(Impact::Words, "the setup guide", old.span),
        (None, None) => {}
    }
    if let Some(what) = counted("scenarios", &pair(&old.scenarios, &new.scenarios, |one| &one.name)) {
        changes.compare(old, new, |method| method.span).add(Impact::Words, what);
    }
    dates(changes, &old.lifecycle, &new.lifecycle, new.span);
}

/// Counts the items that were added and removed. `None` if no items were added or removed.
fn counted<T>(kind: &str, pairs: &Pairs<'_, T>) -> Option<String> {
    let (added, removed) = (pairs.added.len(), pairs.removed.len());
    (added + removed > 0).then(|| format!("{kind}: {added} added, {removed} removed"))
}

fn walkthrough(changes: &mut Changes, old: &Walkthrough, new: &Walkthrough) {
    let mut texts = changes.compare(old, new, |part| part.span);
    texts.differ_words("the warning", |part| part.warning.as_ref().map(plain));
    texts.differ_words("the list of prerequisites", |part| part.needs.iter().map(plain).collect::<Vec<_>>());
    let lists = [old.sections.as_slice(), &new.sections];
    let sections = changes.lists("section", lists, [Impact::Words; 2], id_of_section);
    for (old, new) in &sections {
        section(changes, old, new);
    }
    moved(changes, "section", lists, id_of_section);
    let [old_steps, new_steps] =
        [old, new].map(|part| part.steps().map(|(_, step)| step).collect::<Vec<_>>());
    let lists = [old_steps.as_slice(), &new_steps];
    for (old, new) in changes.lists("step", lists, [Impact::Words; 2], |step| id_of_step(step)) {
        step(changes, old, new);
    }
    // If a section moves, its steps move with it and are not reported. A step is reported only if it moved within its
    // section or to another section.
    for (before, section) in sections {
        moved(changes, "step", [&before.steps, &section.steps], id_of_step);
        for step in &section.steps {
            let elsewhere = old.steps().find(|(other, old)| old.key == step.key && other.key != section.key);
            if let Some((_, old)) = elsewhere {
                let what = format!("the step `{}` moved to the section `{}`", step.key, section.key);
                changes.compare(old, step, |step| step.span).add(Impact::Words, what);
            }
        }
    }
}

fn id_of_section(section: &Section) -> (&str, Span) {
    (section.key.as_str(), section.span)
}

fn id_of_step(step: &Step) -> (&str, Span) {
    (step.key.as_str(), step.span)
}

fn section(changes: &mut Changes, old: &Section, new: &Section) {
    let mut changes = changes.compare(old, new, |section| section.span);
    let name = format!("the section `{}`", new.key);
    changes.differ(Impact::Words, &format!("the title of {name}"), |section| &section.title);
    changes.differ(Impact::Words, &format!("the purpose of {name}"), |section| {
        format!("{:?}", section.purpose).to_lowercase()
    });
    changes.differ_words(&format!("the introduction of {name}"), |section| section.intro.as_ref().map(plain));
    changes.differ(Impact::Words, &format!("the condition of {name}"), |section| {
        one_line::condition_and_scopes(section.when.as_ref(), &section.scopes)
    });
}

fn step(changes: &mut Changes, old: &Step, new: &Step) {
    let mut changes = changes.compare(old, new, |step| step.span);
    let name = format!("the step `{}`", new.key);
    changes.differ(Impact::Words, &format!("the title of {name}"), |step| &step.title);
    changes.differ(Impact::Words, &format!("the list of fields that {name} collects"), |step| {
        step.collects.join(", ")
    });
    changes.differ(Impact::Words, &format!("the list of fields that {name} obtains"), |step| {
        step.obtains.join(", ")
    });
    changes.differ(Impact::Words, &format!("the condition of {name}"), |step| {
        one_line::condition_and_scopes(step.when.as_ref(), &step.scopes)
    });
    changes.differ_words(&format!("the text of {name}"), |step| plain(&step.body));
}

/// Reports which of the items in both lists moved, using the fewest moves that explain the new order. `id` returns an
/// item's key and span.
fn moved<'a, T>(
    changes: &mut Changes,
    kind: &str,
    [old, new]: [&'a [T]; 2],
    id: impl Fn(&'a T) -> (&'a str, Span),
) {
    let kept = pair(old, new, |item| id(item).0).kept;
    let position = |before: &T| old.iter().position(|item| std::ptr::eq(item, before));
    let positions: Vec<usize> = kept.iter().filter_map(|(before, _)| position(before)).collect();
    let stays = longest_increase(&positions);
    for (at, (before, after)) in kept.iter().enumerate().filter(|(at, _)| !stays.contains(at)) {
        let (key, span) = id(after);
        let what = match at.checked_sub(1) {
            Some(at) => format!("the {kind} `{key}` moved after `{}`", id(kept[at].1).0),
            None => format!("the {kind} `{key}` moved to the beginning"),
        };
        changes.add(Impact::Words, what, Some(id(before).1), Some(span));
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

/// Compares the evidence and the provider's dates.
pub(super) fn evidence(changes: &mut Changes, old: &Guide, new: &Guide) {
    let facts = pair(&old.evidence, &new.evidence, |fact| &fact.claim);
    if let Some(what) = counted("evidence", &facts) {
        changes.add(Impact::Words, what, None, None);
    }
    let is_reworded =
        |old: &Evidence, new: &Evidence| (old.standing, &old.source) != (new.standing, &new.source);
    let reworded = facts.kept.iter().filter(|(old, new)| is_reworded(old, new)).count();
    if reworded > 0 {
        changes.add(
            Impact::Words,
            format!("evidence: {reworded} with another source or standing"),
            None,
            None,
        );
    }
    let rechecked = facts.kept.iter().filter(|(old, new)| old.checked_on != new.checked_on).count();
    if rechecked > 0 {
        changes.add(Impact::Words, format!("evidence: {rechecked} checked again"), None, None);
    }
    dates(changes, &old.provider.lifecycle, &new.provider.lifecycle, new.provider.span);
}

/// Compares lists of dated events. `span` is the span, in the new version, of the node that contains the list.
fn dates(changes: &mut Changes, old: &[Lifecycle], new: &[Lifecycle], span: Span) {
    let pairs = pair(old, new, |event| (&event.on, event.event));
    let shown =
        |event: &Lifecycle| format!("{} on {}", format!("{:?}", event.event).to_lowercase(), event.on);
    for (old, new) in &pairs.kept {
        if (&old.says, &old.source) != (&new.says, &new.source) {
            let what = format!("the wording of a date changed: {}", shown(new));
            changes.add(Impact::Words, what, Some(old.span), Some(new.span));
        }
    }
    for event in pairs.added {
        changes.add(Impact::Words, format!("a date was added: {}", shown(event)), None, Some(event.span));
    }
    for event in pairs.removed {
        let what = format!("a date was removed: {}", shown(event));
        changes.add(Impact::Words, what, Some(event.span), Some(span));
    }
}
