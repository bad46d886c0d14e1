//! Formats findings as GitHub Actions annotations ([workflow
//! commands](https://docs.github.com/actions/reference/workflow-commands-for-github-actions)).

use guide::{Finding, Source};

/// Formats a finding as one line.
pub(super) fn line(source: &Source, finding: &Finding) -> String {
    let (start, end) = (source.place(finding.span.start), source.place(finding.span.end));
    let help = finding.help.as_deref().unwrap_or(finding.code.help);
    format!(
        "::{} file={},line={},col={},endLine={},endColumn={},title={}::{}\n",
        finding.severity(),
        property(&source.name),
        start.line,
        start.column,
        end.line,
        end.column,
        property(finding.code.code),
        data(&format!("{}\n{}\nhelp: {help}", finding.message, finding.code.why)),
    )
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
