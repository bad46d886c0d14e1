//! Parses YAML into a tree in which every node has a location. No other module uses a YAML parser.
//!
//! Guides use a strict subset of YAML 1.2: one document, string keys, no duplicate keys, no anchors, tags or merge
//! keys, and no scalar whose type other parsers would interpret differently. As a result, every tool reads the same
//! guide.
//!
//! **Invariant:** time and memory use are proportional to the length of the text. The reader limits the size, depth and
//! number of nodes, and does not expand aliases.

mod hidden;
mod mistake;
mod plain;

use std::borrow::Cow;

use granit_parser::{Event, Options, Parser, ScalarStyle, Span as Marked, StructureStyle};

use crate::code::{
    COMPLEX_KEY, DUPLICATE_KEY, SEVERAL_DOCUMENTS, TOO_LARGE, UNQUOTED_REFERENCE, YAML_FEATURE, YAML_SYNTAX,
};
use crate::finding::{Finding, quoted};
use crate::node::{Entry, Kind, Node};
use crate::page::CodePage;
use crate::source::{Source, Span};

/// The maximum size of a file, in bytes.
pub(crate) const MAX_BYTES: usize = 1 << 20;
/// The maximum number of nodes in a file, including keys.
const MAX_NODES: usize = 20_000;
/// The maximum nesting depth of lists and mappings.
const MAX_DEPTH: usize = 40;

/// Reads a file. If no tree is returned, `findings` contains at least one finding.
pub(crate) fn load(source: &Source, findings: &mut Vec<Finding>) -> Option<Node> {
    let hidden = hidden::find(source);
    if !hidden.is_empty() {
        findings.extend(hidden);
        return None;
    }
    let mut options = Options::default();
    options.strict_indentation = true;
    options.set_emit_comments(false);
    options.emit_unresolved_aliases = true;
    let mut loader = Loader {
        source,
        findings,
        stack: Vec::new(),
        root: None,
        nodes: 0,
        documents: 0,
        features: 0,
        aliases: Vec::new(),
    };
    for event in Parser::new_from_str_with_options(&source.text, options) {
        match event {
            Ok((event, mark)) => {
                if !loader.event(event, span_of(&mark)) {
                    return None;
                }
            }
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(0).min(source.text.len());
                match loader.reference_before(at) {
                    Some(reference) => loader.unquoted_reference(reference),
                    None => findings.push(mistake::explain(source, at, error.kind())),
                }
                return None;
            }
        }
    }
    let (root, features) = (loader.root.take(), loader.features);
    if root.is_none() && features == 0 {
        let is_blank = source.text.trim().is_empty();
        let message = if is_blank { "the file is empty" } else { "the file contains only comments" };
        let found = Finding::new(&YAML_SYNTAX, Span::new(0, 0), message);
        findings.push(found.help("begin the file with `waystone: 1`"));
    }
    root.filter(|_| features == 0)
}

fn span_of(mark: &Marked) -> Span {
    let range = mark.byte_range().unwrap_or(0..0);
    Span::new(range.start, range.end)
}

struct Loader<'s, 'f> {
    source: &'s Source,
    findings: &'f mut Vec<Finding>,
    stack: Vec<Open>,
    root: Option<Node>,
    nodes: usize,
    documents: usize,
    /// The number of anchors, aliases, tags and merge keys so far. If this number is greater than 0, no tree is
    /// returned.
    features: usize,
    /// The names of the aliases that have been reported.
    aliases: Vec<String>,
}

/// A list or mapping whose end has not been read yet.
struct Open {
    /// The items or entries so far.
    kind: Kind,
    /// In a mapping, the key whose value is read next. A duplicate key has no span, because its value is parsed and
    /// discarded.
    key: Option<(String, Option<Span>)>,
    span: Span,
    /// Whether the list or mapping is in flow style, so that a bracket marks its end.
    flow: bool,
}

impl Loader<'_, '_> {
    /// Adds an event to the tree. Returns false if parsing must stop.
    fn event(&mut self, event: Event<'_>, span: Span) -> bool {
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return self.stop(&SEVERAL_DOCUMENTS, span, "a second document starts here");
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.plain_yaml(anchor, tag.is_some(), span);
                let span = match style {
                    // The parser's span for a block scalar extends to the next token, so trailing whitespace is
                    // removed.
                    ScalarStyle::Literal | ScalarStyle::Folded => {
                        Span::new(span.start, span.start + self.source.slice(span).trim_end().len())
                    }
                    _ => span,
                };
                return self.count(span) && self.scalar(text, style, span);
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.plain_yaml(anchor, tag.is_some(), span);
                return self.open(Kind::Sequence(Vec::new()), style, span);
            }
            Event::MappingStart(style, anchor, tag) => {
                self.plain_yaml(anchor, tag.is_some(), span);
                return self.open(Kind::Mapping(Vec::new()), style, span);
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { kind, span: start, flow, .. }) = self.stack.pop() else { return true };
                let last = match &kind {
                    Kind::Sequence(items) => items.last(),
                    Kind::Mapping(entries) => entries.last().map(|entry| &entry.value),
                    _ => None,
                };
                // The parser's span for a block extends to the next token, so the end of the last value is used
                // instead.
                let end = last.filter(|_| !flow).map_or(span.end, |last| last.span.end);
                self.value(Node { kind, span: Span::new(start.start, end) });
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                let name = self.source.slice(span).to_owned();
                // Each alias name is reported only once, because the author will probably replace all its uses at once.
                if !self.aliases.contains(&name) {
                    let found = Finding::new(&YAML_FEATURE, span, format!("{} is an alias", quoted(&name)));
                    let advice =
                        format!("repeat the value here; if this is a string, put it in quotes: '{name}'");
                    self.feature(found.help(advice));
                    self.aliases.push(name.clone());
                }
                return self.count(span) && self.scalar(name.into(), ScalarStyle::SingleQuoted, span);
            }
            _ => {}
        }
        true
    }

    /// Begins a list or mapping. Returns false if parsing must stop.
    fn open(&mut self, kind: Kind, style: StructureStyle, span: Span) -> bool {
        if !self.count(span) {
            return false;
        }
        if let Some(Open { kind: Kind::Mapping(_), key: None, .. }) = self.stack.last() {
            let reference = self.source.text[span.start..].starts_with('{')
                && span.start > 0
                && self.source.text[..span.start].ends_with('{');
            if reference {
                let at = span.start - 1;
                self.unquoted_reference(at);
                return false;
            }
            return self.stop(&COMPLEX_KEY, span, "a list or mapping cannot be a key");
        }
        if self.stack.len() >= MAX_DEPTH {
            let message = format!("this is nested more than {MAX_DEPTH} levels deep");
            let found =
                Finding::new(&TOO_LARGE, self.source.first_line(span), message).help("reduce the nesting");
            self.findings.push(found);
            return false;
        }
        self.stack.push(Open { kind, key: None, span, flow: style == StructureStyle::Flow });
        true
    }

    /// Reports a node's anchor and tag, which guides cannot contain.
    fn plain_yaml(&mut self, anchor: usize, tag: bool, node: Span) {
        for (is_there, sign, kind) in [(anchor != 0, '&', "an anchor"), (tag, '!', "a tag")] {
            if is_there {
                let span = self.before(node, sign);
                let name = quoted(self.source.slice(span));
                self.feature(Finding::new(&YAML_FEATURE, span, format!("{name} is {kind}")));
            }
        }
    }

    /// Returns the location of the word that precedes a node and begins with this sign. If the word is on another line,
    /// returns the node's first line.
    fn before(&self, node: Span, sign: char) -> Span {
        let line = self.source.text[..node.start].rfind('\n').map_or(0, |n| n + 1);
        let front = &self.source.text[line..node.start];
        let Some(start) = front.rfind(sign) else { return self.source.first_line(node) };
        let start = front[..=start].trim_end_matches(sign).len();
        let length = front[start..].find(char::is_whitespace).unwrap_or(front.len() - start);
        Span::new(line + start, line + start + length)
    }

    fn feature(&mut self, found: Finding) {
        const MOST: usize = 10;
        self.features += 1;
        if self.features <= MOST {
            self.findings.push(found);
        }
    }

    fn count(&mut self, span: Span) -> bool {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let message = format!("the file has more than {MAX_NODES} values");
            return self.stop(&TOO_LARGE, span, &message);
        }
        true
    }

    fn scalar(&mut self, text: Cow<'_, str>, style: ScalarStyle, span: Span) -> bool {
        if let Some(Open { kind: Kind::Mapping(entries), key, .. }) = self.stack.last_mut()
            && key.is_none()
        {
            if text == "<<" && style == ScalarStyle::Plain {
                *key = Some((text.into_owned(), None));
                self.feature(Finding::new(&YAML_FEATURE, span, "`<<` is a merge key"));
                return true;
            }
            let first = entries.iter().find(|entry| entry.key == text).map(|entry| entry.key_span);
            if let Some(first) = first {
                let message = format!("the key {} is already used in this mapping", quoted(&text));
                let found = Finding::new(&DUPLICATE_KEY, span, message).label("used again here");
                self.findings.push(found.also(first, "first used here"));
            }
            *key = Some((text.into_owned(), first.is_none().then_some(span)));
            return true;
        }
        let kind = match style {
            ScalarStyle::Plain => plain::read(self.source, &text, span, self.findings),
            _ => Kind::Text(text.into_owned()),
        };
        self.value(Node { kind, span });
        true
    }

    fn value(&mut self, node: Node) {
        let Some(Open { kind, key, .. }) = self.stack.last_mut() else {
            self.root = Some(node);
            return;
        };
        match (kind, key.take()) {
            (Kind::Sequence(items), _) => items.push(node),
            (Kind::Mapping(entries), Some((key, Some(key_span)))) => {
                entries.push(Entry { key, key_span, value: node });
            }
            _ => {}
        }
    }

    fn stop(&mut self, code: &'static CodePage, span: Span, message: &str) -> bool {
        let span = self.source.first_line(span);
        self.findings.push(Finding::new(code, span, message));
        false
    }

    /// Returns the offset of the braces in `key: {{` or `- {{`, at or shortly before the point where the parser failed.
    fn reference_before(&self, at: usize) -> Option<usize> {
        let text = &self.source.text;
        let at = text.floor_char_boundary(at);
        let end = text[at..].find('\n').map_or(text.len(), |n| at + n);
        let window = text[..at].rmatch_indices('\n').nth(2).map_or(0, |(n, _)| n);
        text[window..end].rmatch_indices("{{").map(|(n, _)| window + n).find(|&n| {
            let before = text[..n].trim_end_matches(' ');
            before.len() < n && (before.ends_with(':') || before.ends_with('-') || before.ends_with(','))
        })
    }

    fn unquoted_reference(&mut self, at: usize) {
        let line = self.source.first_line(Span::new(at, self.source.text.len()));
        let before = &self.source.text[self.source.text[..at].rfind('\n').map_or(0, |n| n + 1)..at];
        let value = reference_value(self.source.slice(line), before);
        let span = Span::new(at, at + value.len());
        let quoted = plain::in_quotes(value);
        let found =
            Finding::new(&UNQUOTED_REFERENCE, span, "a value that begins with `{{` must be in quotes")
                .label("YAML reads this as a mapping")
                .help(format!("write {quoted}"))
                .fix(span, quoted);
        self.findings.push(found);
    }
}

/// Extracts a value that begins with a reference from the rest of the line. `before` is the beginning of the line.
fn reference_value<'l>(rest: &'l str, before: &str) -> &'l str {
    let closed = rest.find("}}").map_or(rest.len(), |n| n + 2);
    let is_in_flow =
        before.trim_start().strip_prefix("- ").unwrap_or(before.trim_start()).contains(['[', '{']);
    let end = if is_in_flow {
        rest[closed..].find([',', ']', '}']).map_or(closed, |n| closed + n)
    } else {
        rest[closed..].find(" #").map_or(rest.len(), |n| closed + n)
    };
    rest[..end].trim_end()
}
