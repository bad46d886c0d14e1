//! The end of a text, whose readings change if more text follows.

/// Returns the place at which an escape begins that more text could complete, or the length of the text. An escape has at
/// most `longest` bytes.
pub(super) fn open_tail(text: &[u8], longest: usize) -> usize {
    let length = text.len();
    let is_inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"\\%&#;{}\0".contains(byte);
    let inside = text.iter().rev().take(longest).take_while(|byte| is_inside(byte)).count();
    let tail = &text[length - inside..];
    let first = tail.iter().position(|byte| b"\\%&".contains(byte));
    // In UTF-16, the NUL can come first.
    let first = first.map(|first| if tail[..first].ends_with(b"\0") { first - 1 } else { first });
    let is_cut = tail.ends_with(b"\0");
    let escape = first.map_or(length - usize::from(is_cut), |first| length - inside + first);
    escape.min(open_quotes(text, longest))
}

/// Returns the place of quotation marks at the end of a text that could be doubled more than once, or that could be the
/// beginning of a shell's `'\''`, or the length of the text. Otherwise, one or two of them are complete.
fn open_quotes(text: &[u8], longest: usize) -> usize {
    let quotes = text.iter().rev().take(longest).take_while(|byte| b"'\"\\\0".contains(byte));
    let (run, marks) =
        quotes.fold((0, 0), |(run, marks), byte| (run + 1, marks + usize::from(b"'\"".contains(byte))));
    let is_complete = marks < 2 || marks == 2 && !text[text.len() - run..].contains(&b'\\');
    text.len() - if is_complete { 0 } else { run }
}
